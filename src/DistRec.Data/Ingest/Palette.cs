namespace DistRec.Data;

/// <summary>The distinct values of a block where there are few, so that a value can be stored as its place among them.</summary>
internal sealed class Palette
{
    private const int SlotCount = 1024;

    private readonly uint[] _slotBits = new uint[SlotCount];
    private readonly int[] _slotCodes = new int[SlotCount]; // code + 1
    private readonly List<float> _values = [];

    /// <summary>The distinct values in order of first appearance.</summary>
    public float[] Values => [.. _values];

    /// <summary>The palette of some values, or null where they have more than <paramref name="most"/> distinct ones.</summary>
    public static Palette? Of(ReadOnlySpan<float> values, int most)
    {
        var palette = new Palette();
        foreach (float value in values)
        {
            if (palette.CodeOf(value) >= most)
            {
                return null;
            }
        }

        return palette;
    }

    /// <summary>Place of a value, adding it where it is new.</summary>
    public int CodeOf(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        uint slot = (bits * 0x9E3779B1u) >> 22;
        while (_slotCodes[slot] != 0)
        {
            if (_slotBits[slot] == bits)
            {
                return _slotCodes[slot] - 1;
            }

            slot = (slot + 1) % SlotCount;
        }

        _values.Add(value);
        _slotBits[slot] = bits;
        _slotCodes[slot] = _values.Count;
        return _values.Count - 1;
    }
}
