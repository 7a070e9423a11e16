using System.Buffers.Binary;
using System.Numerics;
using DistRec.Training.Blocks;
using DistRec.Training.Partitions;

namespace DistRec.Training.Transfer;

/// <summary>
/// Which rows of a block: a bitmap, one bit a row, lowest bit of the first byte first, padded with zeros to whole 64-bit
/// words. It is never changed.
/// </summary>
public sealed class RowSet
{
    private const int WordBits = 64;

    private readonly byte[] _bytes;

    private RowSet(int rows, byte[] bytes)
    {
        Rows = rows;
        _bytes = bytes;
        for (int word = 0; word < WordCount; word++)
        {
            Count += BitOperations.PopCount(WordAt(word));
        }
    }

    /// <summary>Rows of the block, in the set or not.</summary>
    public int Rows { get; }

    /// <summary>Rows in the set.</summary>
    public int Count { get; }

    /// <summary>The bitmap; what <see cref="FromBytes"/> takes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>CRC-32C of the bitmap: tells whether two nodes speak of the same rows.</summary>
    public uint Checksum => Crc32C.Add(0, _bytes);

    private int WordCount => _bytes.Length / sizeof(ulong);

    /// <summary>No row.</summary>
    public static RowSet None(int rows) => new(rows, new byte[LengthFor(rows)]);

    /// <summary>Every row.</summary>
    public static RowSet All(int rows) => First(rows, rows);

    /// <summary>The first rows.</summary>
    /// <param name="rows">Rows of the block.</param>
    /// <param name="count">How many of them, at most all.</param>
    public static RowSet First(int rows, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, rows);
        byte[] bytes = new byte[LengthFor(rows)];
        bytes.AsSpan(0, count / 8).Fill(byte.MaxValue);
        if (count % 8 != 0)
        {
            bytes[count / 8] = (byte)((1 << count % 8) - 1);
        }

        return new RowSet(rows, bytes);
    }

    /// <summary>The named rows.</summary>
    /// <param name="rows">Rows of the block.</param>
    /// <param name="sortedRows">Strictly ascending, each from 0 up to, not including, <paramref name="rows"/>.</param>
    /// <exception cref="ArgumentException">They do not ascend, or one is outside the block.</exception>
    public static RowSet FromSorted(int rows, ReadOnlySpan<int> sortedRows)
    {
        byte[] bytes = new byte[LengthFor(rows)];
        int last = -1;
        foreach (int row in sortedRows)
        {
            if (row <= last || row >= rows)
            {
                throw new ArgumentException($"rows of a set: expected ascending rows below {rows}, found {row} after {last}", nameof(sortedRows));
            }

            bytes[row >> 3] |= (byte)(1 << (row & 7));
            last = row;
        }

        return new RowSet(rows, bytes);
    }

    /// <summary>Reads a bitmap that came from another node, into memory of its own.</summary>
    /// <exception cref="InvalidDataException">It has another length, or names rows that the block does not have.</exception>
    public static RowSet FromBytes(int rows, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != LengthFor(rows))
        {
            throw new InvalidDataException($"a bitmap of {rows} rows: expected {LengthFor(rows)} bytes, found {bytes.Length}");
        }

        RowSet set = new(rows, bytes.ToArray());
        int last = set.NextRow(rows);
        return last < 0 ? set : throw new InvalidDataException($"a bitmap of {rows} rows: expected rows below {rows}, found row {last}");
    }

    /// <summary>Bytes of a bitmap over that many rows.</summary>
    public static int LengthFor(int rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        return (int)(((long)rows + WordBits - 1) / WordBits * sizeof(ulong));
    }

    /// <summary>Whether the row is in the set; false for rows that the block does not have.</summary>
    public bool Contains(int row) => (uint)row < (uint)Rows && (_bytes[row >> 3] >> (row & 7) & 1) != 0;

    /// <summary>Rows of either set.</summary>
    public RowSet Union(RowSet other) => Combine(other, static (mine, theirs) => mine | theirs);

    /// <summary>Rows of this set that are not in the other.</summary>
    public RowSet Except(RowSet other) => Combine(other, static (mine, theirs) => mine & ~theirs);

    /// <summary>The next run of neighbouring rows in the set.</summary>
    /// <param name="from">Where to begin to look.</param>
    /// <param name="first">The run's first row.</param>
    /// <param name="end">The row after its last.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryNextRun(int from, out int first, out int end)
    {
        first = NextRow(from);
        end = first < 0 ? first : NextGap(first);
        return first >= 0;
    }

    // The first row in the set from there on, padding included; -1 for none.
    private int NextRow(int from)
    {
        int word = from / WordBits;
        ulong mask = ulong.MaxValue << from % WordBits;
        for (; word < WordCount; word++, mask = ulong.MaxValue)
        {
            ulong found = WordAt(word) & mask;
            if (found != 0)
            {
                return word * WordBits + BitOperations.TrailingZeroCount(found);
            }
        }

        return -1;
    }

    private int NextGap(int from)
    {
        int word = from / WordBits;
        ulong mask = ulong.MaxValue << from % WordBits;
        for (; word < WordCount; word++, mask = ulong.MaxValue)
        {
            ulong found = ~WordAt(word) & mask;
            if (found != 0)
            {
                return word * WordBits + BitOperations.TrailingZeroCount(found);
            }
        }

        return Rows;
    }

    private RowSet Combine(RowSet other, Func<ulong, ulong, ulong> combine)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Rows != Rows)
        {
            throw new ArgumentException($"two sets of rows: expected both over {Rows} rows, found one over {other.Rows}", nameof(other));
        }

        byte[] bytes = new byte[_bytes.Length];
        for (int word = 0; word < WordCount; word++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(word * sizeof(ulong)), combine(WordAt(word), other.WordAt(word)));
        }

        return new RowSet(Rows, bytes);
    }

    private ulong WordAt(int word) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(word * sizeof(ulong)));
}
