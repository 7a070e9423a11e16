using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DistRec.Numerics.Linear;

/// <summary>
/// Σ x and Σ x xᵀ over rows of factors, with the same bits however the rows are ordered and grouped: over threads,
/// partitions or nodes. What alternating models reduce over a whole side.
/// </summary>
/// <remarks>
/// <para>Products of two float32 values are exact in float64. Each is split into a multiple of 2⁻¹⁰ and a multiple of 2⁻³⁸
/// (adding and subtracting 1.5·2^(52−q) rounds to a multiple of 2⁻q), and the two are summed apart: sums of such multiples are exact
/// in float64 as long as they stay below 2⁴² and 2¹⁴, and exact additions are associative (Demmel, Nguyen, "Fast reproducible
/// floating-point summation", ARITH 2013, with fixed bins).</para>
/// <para>Range: sums up to 2⁴¹ in magnitude and 2²⁵ rows; each product is off by at most 2⁻³⁹ ≈ 2·10⁻¹². One instance serves one thread.</para>
/// </remarks>
public sealed unsafe class MomentSums
{
    /// <summary>Most rows that can be summed.</summary>
    public const long MaximumCount = 1L << 25;

    private const int Lanes = 8; // of float64 in one vector
    private const int TileRows = 32; // so many stay in a first-level cache
    private const double Largest = 1L << 41;
    private const double Coarse = 1.5 * (1L << 42); // rounds to multiples of 2⁻¹⁰
    private const double Fine = 1.5 * (1L << 14); // rounds to multiples of 2⁻³⁸

    private readonly double[] _values; // [2, rank + 1, stride], pinned: coarse, then fine; row rank has Σ x
    private readonly double[] _tile; // [TileRows, stride + Lanes], pinned: rows as float64, a 1 behind each

    /// <param name="rank">Number of factors, k, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="rank"/> is not positive.</exception>
    public MomentSums(int rank)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rank);
        Rank = rank;
        Stride = FactorTable.StrideOf(rank);
        _values = GC.AllocateArray<double>(LengthFor(rank), pinned: true);
        _tile = GC.AllocateArray<double>(TileRows * (Stride + Lanes), pinned: true);
        for (int t = 0; t < TileRows; t++)
        {
            _tile[t * (Stride + Lanes) + Stride] = 1;
        }
    }

    /// <summary>Number of factors, k.</summary>
    public int Rank { get; }

    /// <summary>Values from one row of the sums to the next.</summary>
    public int Stride { get; }

    /// <summary>Rows summed.</summary>
    public long Count { get; private set; }

    /// <summary>All sums in their two parts, [2, rank + 1, stride]; for messages.</summary>
    public Memory<double> Values => _values;

    /// <summary>Whether every sum is a number in the range in which sums are exact.</summary>
    public bool IsExact
    {
        get
        {
            // Beside the diagonal and Σ x nothing is larger than the larger of two diagonal elements.
            bool exact = Count <= MaximumCount;
            for (int j = 0; j < Rank; j++)
            {
                exact &= Math.Abs(_values[j * Stride + j]) < Largest && Math.Abs(_values[Rank * Stride + j]) < Largest;
            }

            return exact;
        }
    }

    /// <summary>Length of <see cref="Values"/> for a rank.</summary>
    public static int LengthFor(int rank) => 2 * (rank + 1) * FactorTable.StrideOf(rank);

    /// <summary>Adds rows [<paramref name="from"/>, <paramref name="to"/>) of a table, its first columns as many as the rank.</summary>
    public void Add(FactorTable table, int from, int to)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (table.Rank < Rank)
        {
            throw new ArgumentException($"expected factors of rank {Rank} or more, found {table.Rank}", nameof(table));
        }

        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(to, table.Rows);
        for (int first = from; first < to; first += TileRows)
        {
            int count = Math.Min(TileRows, to - first);
            for (int t = 0; t < count; t++)
            {
                float* source = table.Pointer + (long)(first + t) * table.Stride;
                double* target = Tile + (long)t * (Stride + Lanes);
                for (int j = 0; j < Rank; j++)
                {
                    target[j] = source[j];
                }
            }

            AddTile(count);
        }

        Count += Math.Max(0, to - from);
        GC.KeepAlive(table); // it is read by address
    }

    /// <summary>Adds what another instance of the same rank has summed.</summary>
    public void Merge(MomentSums other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Rank != Rank)
        {
            throw new ArgumentException($"expected sums of rank {Rank}, found {other.Rank}", nameof(other));
        }

        Merge(other._values, other.Count);
    }

    /// <summary>Adds the <see cref="Values"/> of sums over more rows.</summary>
    public void Merge(ReadOnlySpan<double> values, long count)
    {
        if (values.Length != _values.Length)
        {
            throw new ArgumentException($"expected {_values.Length} sums for rank {Rank}, found {values.Length}", nameof(values));
        }

        for (int j = 0; j < _values.Length; j++)
        {
            _values[j] += values[j];
        }

        Count += count;
    }

    /// <summary>Σ x_j.</summary>
    public double Sum(int j) => At(Rank, j);

    /// <summary>Σ x_i x_j.</summary>
    public double Product(int i, int j) => At(Math.Min(i, j), Math.Max(i, j));

    /// <summary>Copies the upper triangle of Σ x xᵀ, rounded to float32.</summary>
    /// <param name="gram">Receives it, [at least rank, rank]; below the diagonal it is left as it was.</param>
    public void CopyTo(FactorTable gram)
    {
        ArgumentNullException.ThrowIfNull(gram);
        for (int i = 0; i < Rank; i++)
        {
            Span<float> row = gram.Row(i);
            for (int j = i; j < Rank; j++)
            {
                row[j] = (float)At(i, j);
            }
        }
    }

    private double At(int i, int j) => _values[i * Stride + j] + _values[(Rank + 1 + i) * Stride + j];

    private double* Tile => (double*)Unsafe.AsPointer(ref _tile[0]);

    private void AddTile(int count)
    {
        double* coarse = (double*)Unsafe.AsPointer(ref _values[0]);
        double* fine = coarse + (Rank + 1) * Stride;
        for (int i = 0; i < Rank; i++)
        {
            AddScaled(i, count, coarse + i * Stride, fine + i * Stride, i / Lanes * Lanes);
        }

        // times the ones
        AddScaled(Stride, count, coarse + Rank * Stride, fine + Rank * Stride, 0);
    }

    // Each product is exact, also inside a fused operation, so what is rounded to a multiple is the product itself.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddScaled(int column, int count, double* coarse, double* fine, int from)
    {
        Vector512<double> toCoarse = Vector512.Create(Coarse);
        Vector512<double> toFine = Vector512.Create(Fine);
        int stride = Stride + Lanes;
        for (int j = from; j < Stride; j += Lanes)
        {
            Vector512<double> coarseSum = Vector512.Load(coarse + j);
            Vector512<double> fineSum = Vector512.Load(fine + j);
            double* row = Tile;
            for (int t = 0; t < count; t++, row += stride)
            {
                Vector512<double> scale = Vector512.Create(row[column]);
                Vector512<double> values = Vector512.Load(row + j);
                Vector512<double> high = Vector512.FusedMultiplyAdd(scale, values, toCoarse) - toCoarse;
                Vector512<double> low = Vector512.FusedMultiplyAdd(scale, values, -high) + toFine - toFine;
                coarseSum += high;
                fineSum += low;
            }

            coarseSum.Store(coarse + j);
            fineSum.Store(fine + j);
        }
    }
}
