using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DistRec.Numerics.Linear;

/// <summary>
/// A dense table of float32 factor vectors, one row an entity: [rows, rank], stored with a stride of whole 16-lane
/// vectors and aligned to 64 bytes, so that kernels load full cache lines. The padding lanes hold zero and stay zero.
/// </summary>
public sealed class FactorTable
{
    /// <summary>Lanes of the one vector shape every kernel is written in.</summary>
    public const int Lanes = 16;

    private const int AlignmentBytes = 64;

    private readonly float[] _storage;
    private readonly int _offset;

    /// <summary>Allocates a table of zeros.</summary>
    /// <param name="rows">Number of rows, at least 0.</param>
    /// <param name="rank">Number of factors a row; 0 for a model of biases alone.</param>
    /// <exception cref="ArgumentOutOfRangeException">Either is out of range, or the table would pass 2³¹ values.</exception>
    public FactorTable(int rows, int rank)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(rank);
        Rows = rows;
        Rank = rank;
        Stride = StrideOf(rank);
        long length = (long)rows * Stride;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Array.MaxLength - AlignmentBytes, nameof(rows));

        // Pinned, so that the aligned start found here stays where it is.
        _storage = GC.AllocateArray<float>((int)length + AlignmentBytes / sizeof(float), pinned: true);
        long address = AddressOf(_storage);
        _offset = (int)((AlignmentBytes - address % AlignmentBytes) % AlignmentBytes / sizeof(float));
        Length = (int)length;
    }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Number of factors in a row, k.</summary>
    public int Rank { get; }

    /// <summary>Floats from one row to the next: <see cref="Rank"/> rounded up to whole vectors.</summary>
    public int Stride { get; }

    /// <summary>Floats in the table with its padding: <see cref="Rows"/> × <see cref="Stride"/>.</summary>
    public int Length { get; }

    /// <summary>The whole table with its padding, [rows, stride].</summary>
    public Span<float> Values => _storage.AsSpan(_offset, Length);

    /// <summary>The whole table with its padding, [rows, stride], for code that waits between uses.</summary>
    public Memory<float> Memory => _storage.AsMemory(_offset, Length);

    /// <summary>Address of the first value, aligned to 64 bytes. Valid as long as the table is reachable.</summary>
    public unsafe float* Pointer => (float*)AddressOf(_storage) + _offset;

    /// <summary>The factors of one row without the padding, [rank].</summary>
    public Span<float> Row(int row) => Values.Slice(row * Stride, Rank);

    /// <summary>The same, for code that keeps it.</summary>
    public Memory<float> RowMemory(int row) => Memory.Slice(row * Stride, Rank);

    /// <summary>Floats from one row to the next for a given rank.</summary>
    public static int StrideOf(int rank) => (rank + Lanes - 1) / Lanes * Lanes;

    /// <summary>Copies all values of a table of the same shape.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public void CopyFrom(FactorTable source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (source.Rows != Rows || source.Rank != Rank)
        {
            throw new ArgumentException($"expected a table of [{Rows}, {Rank}], found [{source.Rows}, {source.Rank}]", nameof(source));
        }

        source.Values.CopyTo(Values);
    }

    /// <summary>Copies what is above the diagonal of the first <see cref="Rank"/> rows to below it: a Gram matrix is gathered above it alone.</summary>
    public void Mirror()
    {
        for (int i = 1; i < Rank; i++)
        {
            for (int j = 0; j < i; j++)
            {
                Values[(i * Stride) + j] = Values[(j * Stride) + i];
            }
        }
    }

    private static unsafe long AddressOf(float[] pinned) =>
        (long)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
}
