using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;

namespace DistRec.Data;

/// <summary>
/// A growing table of ids and their indices in order of first appearance. Numbers below a million sit in a plain array, larger
/// ones in an open-addressing table, text in a byte pool: no object an id.
/// </summary>
internal sealed class IdTable
{
    /// <summary>Longest id in bytes.</summary>
    public const int MaxTextLength = ushort.MaxValue;

    private const ulong TextFlag = 1UL << 63;
    private const int DirectLimit = 1 << 20;

    // By index: the number itself, or TextFlag | offset in the pool << 16 | length.
    private ulong[] _entries = new ulong[16];
    private int _count;

    // Each table holds index + 1, so that zero means free.
    private int[] _direct = new int[1024];
    private NumberSlot[] _numbers = [];
    private int _numberCount;
    private int[] _texts = [];
    private int _textCount;
    private byte[] _pool = [];
    private int _poolLength;

    public int Count => _count;

    /// <summary>Index of an id, adding it where it is new.</summary>
    public int GetOrAdd(ReadOnlySpan<byte> id) =>
        CanonicalNumber.TryParse(id, out ulong number) ? GetOrAddNumber(number) : GetOrAddText(id);

    /// <summary>Index of a canonical number, adding it where it is new.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int GetOrAddNumber(ulong number)
    {
        int[] direct = _direct;
        if (number < (ulong)direct.Length)
        {
            int known = direct[number];
            if (known != 0)
            {
                return known - 1;
            }
        }

        return AddNumber(number);
    }

    /// <summary>Index here of an id of another table, adding it where it is new.</summary>
    public int GetOrAddFrom(IdTable other, int index)
    {
        ulong entry = other._entries[index];
        return (entry & TextFlag) == 0 ? GetOrAddNumber(entry) : GetOrAddText(other.Text(entry));
    }

    /// <summary>Index of an id, or −1.</summary>
    public int Find(ReadOnlySpan<byte> id)
    {
        if (!CanonicalNumber.TryParse(id, out ulong number))
        {
            return _textCount == 0 ? -1 : _texts[FindTextSlot(id)] - 1;
        }

        if (number < DirectLimit)
        {
            return number < (ulong)_direct.Length ? _direct[number] - 1 : -1;
        }

        return _numberCount == 0 ? -1 : _numbers[FindNumberSlot(number)].IndexPlusOne - 1;
    }

    /// <summary>A table with the same ids that can grow on its own.</summary>
    public IdTable Copy()
    {
        var copy = new IdTable();
        for (int index = 0; index < _count; index++)
        {
            copy.GetOrAddFrom(this, index);
        }

        return copy;
    }

    /// <summary>Forgets all ids and keeps the memory.</summary>
    public void Clear()
    {
        for (int index = 0; index < _count; index++)
        {
            if (_entries[index] < (ulong)_direct.Length)
            {
                _direct[_entries[index]] = 0;
            }
        }

        if (_numberCount > 0)
        {
            Array.Clear(_numbers);
        }

        if (_textCount > 0)
        {
            Array.Clear(_texts);
        }

        _count = _numberCount = _textCount = _poolLength = 0;
    }

    /// <summary>The id as text.</summary>
    public string Format(int index)
    {
        ulong entry = Entry(index);
        return (entry & TextFlag) == 0 ? entry.ToString() : Encoding.UTF8.GetString(Text(entry));
    }

    /// <summary>Writes the id as UTF-8 and returns how many bytes it takes; at most <see cref="MaxTextLength"/>.</summary>
    public int Format(int index, Span<byte> destination)
    {
        ulong entry = Entry(index);
        if ((entry & TextFlag) == 0)
        {
            Utf8Formatter.TryFormat(entry, destination, out int written);
            return written;
        }

        ReadOnlySpan<byte> text = Text(entry);
        text.CopyTo(destination);
        return text.Length;
    }

    /// <summary>64 bits that depend on the id alone: not on its index, nor on the other ids.</summary>
    public ulong StableHash(int index)
    {
        ulong entry = Entry(index);
        return (entry & TextFlag) == 0 ? IdHash.OfNumber(entry) : IdHash.OfText(Text(entry));
    }

    private ulong Entry(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, _count);
        return _entries[index];
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private int AddNumber(ulong number)
    {
        if (number < DirectLimit)
        {
            if (number >= (ulong)_direct.Length)
            {
                Array.Resize(ref _direct, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)number + 1));
            }

            _direct[number] = Append(number) + 1;
            return _count - 1;
        }

        if ((_numberCount + 1) * 2 > _numbers.Length)
        {
            GrowNumbers();
        }

        int slot = FindNumberSlot(number);
        if (_numbers[slot].IndexPlusOne == 0)
        {
            _numbers[slot] = new NumberSlot(number, Append(number) + 1);
            _numberCount++;
        }

        return _numbers[slot].IndexPlusOne - 1;
    }

    private int GetOrAddText(ReadOnlySpan<byte> text)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, MaxTextLength);
        if ((_textCount + 1) * 2 > _texts.Length)
        {
            GrowTexts();
        }

        int slot = FindTextSlot(text);
        if (_texts[slot] == 0)
        {
            int needed = checked(_poolLength + text.Length);
            if (needed > _pool.Length)
            {
                Array.Resize(ref _pool, (int)Math.Min(Array.MaxLength, Math.Max(1024L, Math.Max(needed, 2L * _pool.Length))));
            }

            text.CopyTo(_pool.AsSpan(_poolLength));
            _texts[slot] = Append(TextFlag | ((ulong)_poolLength << 16) | (uint)text.Length) + 1;
            _poolLength = needed;
            _textCount++;
        }

        return _texts[slot] - 1;
    }

    private int Append(ulong entry)
    {
        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, checked(_count * 2));
        }

        _entries[_count] = entry;
        return _count++;
    }

    private ReadOnlySpan<byte> Text(ulong entry) =>
        _pool.AsSpan((int)((entry & ~TextFlag) >> 16), (int)(entry & 0xFFFF));

    private int FindNumberSlot(ulong number)
    {
        int mask = _numbers.Length - 1;
        int slot = (int)(IdHash.Scramble(number) >> 32) & mask;
        while (_numbers[slot].IndexPlusOne != 0 && _numbers[slot].Number != number)
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private int FindTextSlot(ReadOnlySpan<byte> text)
    {
        int mask = _texts.Length - 1;
        int slot = (int)(IdHash.OfText(text) >> 32) & mask;
        while (_texts[slot] != 0 && !Text(_entries[_texts[slot] - 1]).SequenceEqual(text))
        {
            slot = (slot + 1) & mask;
        }

        return slot;
    }

    private void GrowNumbers()
    {
        NumberSlot[] old = _numbers;
        _numbers = new NumberSlot[Math.Max(64, checked(old.Length * 2))];
        foreach (NumberSlot filled in old)
        {
            if (filled.IndexPlusOne != 0)
            {
                _numbers[FindNumberSlot(filled.Number)] = filled;
            }
        }
    }

    private void GrowTexts()
    {
        int[] old = _texts;
        _texts = new int[Math.Max(64, checked(old.Length * 2))];
        foreach (int indexPlusOne in old)
        {
            if (indexPlusOne != 0)
            {
                _texts[FindTextSlot(Text(_entries[indexPlusOne - 1]))] = indexPlusOne;
            }
        }
    }

    private readonly record struct NumberSlot(ulong Number, int IndexPlusOne);
}
