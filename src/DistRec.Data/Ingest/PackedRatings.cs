using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DistRec.Data;

/// <summary>
/// The ratings of one block, packed while the rest of the file is read: as many bits for user, item and value as the block
/// needs, rounded up to bytes. Twenty million ratings of the usual half stars take 5 bytes each rather than 12. Outside the garbage
/// collector's heap, so that a block's memory is returned the moment it has been used.
/// </summary>
internal sealed unsafe class PackedRatings : IDisposable
{
    private const int Slack = 8; // the last key is read as eight bytes
    private const int MaxPalette = 256;

    private readonly int _keyBytes;
    private readonly int _stride;
    private readonly int _userBits;
    private readonly int _itemBits;
    private readonly float[]? _palette;
    private byte* _bytes;

    private PackedRatings(int count, int userBits, int itemBits, float[]? palette, bool hasTimestamps)
    {
        Count = count;
        HasTimestamps = hasTimestamps;
        _userBits = userBits;
        _itemBits = itemBits;
        _palette = palette;
        int paletteBits = palette is null ? 0 : Bits(palette.Length);
        _keyBytes = (userBits + itemBits + paletteBits + 7) / 8;
        _stride = _keyBytes + (palette is null ? sizeof(float) : 0) + (hasTimestamps ? sizeof(long) : 0);
        _bytes = (byte*)NativeMemory.Alloc((nuint)count * (nuint)_stride + Slack);
    }

    ~PackedRatings() => Free();

    public int Count { get; }

    public bool HasTimestamps { get; }

    /// <summary>Packs a block under its final indices.</summary>
    /// <param name="block">The block.</param>
    /// <param name="userMap">Final index of each of the block's users.</param>
    /// <param name="itemMap">Final index of each of the block's items.</param>
    /// <param name="inheritedItem">Final index of the item that was open before the block.</param>
    /// <param name="userCount">Above every final user index.</param>
    /// <param name="itemCount">Above every final item index.</param>
    /// <param name="hasTimestamps">Whether the block's timestamps count.</param>
    public static PackedRatings Pack(
        ParsedBlock block, ReadOnlySpan<int> userMap, ReadOnlySpan<int> itemMap, int inheritedItem, int userCount, int itemCount, bool hasTimestamps)
    {
        int userBits = Bits(userCount);
        int itemBits = Bits(itemCount);
        Palette? palette = userBits + itemBits + 8 > 64 ? null : Palette.Of(block.Values.AsSpan(0, block.Count), MaxPalette);
        var packed = new PackedRatings(block.Count, userBits, itemBits, palette?.Values, hasTimestamps);
        byte* next = packed._bytes;
        for (int index = 0; index < block.Count; index++)
        {
            int item = block.ItemIndices[index];
            ulong key = (uint)userMap[block.UserIndices[index]]
                | ((ulong)(uint)(item == ParsedBlock.InheritedItem ? inheritedItem : itemMap[item]) << userBits);
            if (palette is not null)
            {
                key |= (ulong)(uint)palette.CodeOf(block.Values[index]) << (userBits + itemBits);
            }

            // Writes into the next record's place, which is written after.
            Unsafe.WriteUnaligned(next, key);
            byte* rest = next + packed._keyBytes;
            if (palette is null)
            {
                Unsafe.WriteUnaligned(rest, block.Values[index]);
                rest += sizeof(float);
            }

            if (hasTimestamps)
            {
                Unsafe.WriteUnaligned(rest, block.Timestamps[index]);
            }

            next += packed._stride;
        }

        return packed;
    }

    /// <summary>Final user index of a rating.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int User(int index) => (int)(Key(index) & ((1UL << _userBits) - 1));

    /// <summary>Final item index of a rating.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Item(int index) => (int)((Key(index) >> _userBits) & ((1UL << _itemBits) - 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Value(int index)
    {
        byte* record = _bytes + (long)index * _stride;
        return _palette is null
            ? Unsafe.ReadUnaligned<float>(record + _keyBytes)
            : _palette[(int)((Unsafe.ReadUnaligned<ulong>(record) & KeyMask) >> (_userBits + _itemBits))];
    }

    public long Timestamp(int index) =>
        Unsafe.ReadUnaligned<long>(_bytes + (long)index * _stride + _stride - sizeof(long));

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private ulong KeyMask => _keyBytes == 8 ? ulong.MaxValue : (1UL << (8 * _keyBytes)) - 1;

    private static int Bits(int count) => Math.Max(1, 32 - BitOperations.LeadingZeroCount((uint)Math.Max(0, count - 1)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ulong Key(int index) => Unsafe.ReadUnaligned<ulong>(_bytes + (long)index * _stride);

    private void Free()
    {
        NativeMemory.Free(_bytes);
        _bytes = null;
    }
}
