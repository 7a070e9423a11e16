using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using DistRec.Numerics.Linear;
using DistRec.Numerics.Vectors;

namespace DistRec.Numerics.Quantization;

/// <summary>
/// Rows x_i with offsets a_i as 8-bit codes, from which x_iᵀy + a_i is estimated with a proven bound of the error: a search for the
/// rows with the largest sums computes only those exactly that the estimate cannot rule out. Immutable.
/// </summary>
/// <remarks>
/// <para>
/// Row i is x_i = s_i c_i + δ_i, where c_i has whole numbers from −127 to 127 and δ_i is what rounding left; a query is
/// y = t d + η. In exact arithmetic x_iᵀy = s_i t·c_iᵀd + s_i c_iᵀη + δ_iᵀy. The estimate e_i ≈ s_i t·c_iᵀd + a_i leaves out the
/// last two terms, by Cauchy and Schwarz at most ‖s_i c_i‖‖η‖ + ‖δ_i‖‖y‖.
/// </para>
/// <para>
/// The sum c_iᵀd is an integer and exact. Its conversion, its product with s_i and the multiply-add with t and a_i are three
/// roundings to float32, so they change e_i by at most γ₃ (‖s_i c_i‖‖t d‖ + |a_i|), where γ_n = n u/(1 − n u) and u = 2⁻²⁴ (Higham,
/// "Accuracy and stability of numerical algorithms", 2nd edition, lemma 3.1). The scale s_i is a normal number or 0, so the
/// product with it does not underflow; where the multiply-add does, it adds at most 2⁻¹⁵⁰. Norms are measured from what was
/// stored, and rounded up.
/// </para>
/// <para>
/// Rows are ordered by what a query of common length can get from them at most, a_i + ‖x_i‖‖y‖, largest first: those that
/// matter come early, and rows of a block are alike, so that the block's bounds, the largest of its rows', are close to each of them.
/// </para>
/// </remarks>
public sealed unsafe class QuantizedRows
{
    /// <summary>Rows of a block.</summary>
    public const int BlockRows = QuantizedKernel.BlockRows;

    /// <summary>γ₃.</summary>
    public const double Rounding = 3 * Unit / (1 - (3 * Unit));

    /// <summary>
    /// Lengths and offsets from here on are too large for any claim: products of two smaller ones stay far from where float32 overflows.
    /// </summary>
    internal const double Largest = 1e15;

    /// <summary>Factor by which norms are rounded up: more than is lost in δ_i, rounded once to float32, and then in float64.</summary>
    internal const double Up = 1 + 1e-6;

    // Sums of products of codes stay below 2³¹ up to here. Longer rows are claimed nothing of.
    private const int LargestRank = 1 << 16;

    // What a core may find in a cache that it shares with others: 8 MiB.
    private const int CacheFloats = 2 * 1024 * 1024;
    private const double Unit = 1.0 / (1 << 24);
    private const int Zero = RowCoder.LargestCode + 1;
    private const int GroupCodes = QuantizedKernel.GroupCodes;
    private const int LineBytes = 64;

    private readonly int[] _order;
    private readonly FactorTable _blocks;
    private readonly BlockBounds[] _bounds;
    private readonly int _groups;

    /// <param name="rows">x, [rows, rank].</param>
    /// <param name="offsets">a, [rows].</param>
    /// <param name="included">Which rows to code, each at most once.</param>
    /// <param name="queryNorm">A common length of queries.</param>
    /// <exception cref="ArgumentException">There is not an offset for each row.</exception>
    public QuantizedRows(FactorTable rows, float[] offsets, ReadOnlySpan<int> included, double queryNorm)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(offsets);
        if (offsets.Length != rows.Rows)
        {
            throw new ArgumentException($"expected an offset for each of {rows.Rows} rows, found {offsets.Length}", nameof(offsets));
        }

        _order = included.ToArray();
        double[] keys = new double[_order.Length];
        for (int index = 0; index < keys.Length; index++)
        {
            Span<float> row = rows.Row(_order[index]);
            keys[index] = -offsets[_order[index]] - (queryNorm * Math.Sqrt(Dot.Double(row, row)));
        }

        Array.Sort(keys, _order);
        _groups = GroupsOf(rows.Rank);
        _bounds = new BlockBounds[(_order.Length + BlockRows - 1) / BlockRows];
        _blocks = new FactorTable(_bounds.Length, BlockRows * (_groups + 2));
        Parallel.For(0, _bounds.Length, block => _bounds[block] = Encode(block, rows, offsets));
    }

    /// <summary>How many rows are coded.</summary>
    public int Count => _order.Length;

    /// <summary>⌈<see cref="Count"/> / <see cref="BlockRows"/>⌉.</summary>
    public int BlockCount => _bounds.Length;

    /// <summary>Bytes of a block.</summary>
    public int BlockBytes => _blocks.Stride * sizeof(float);

    /// <summary>⌈rank / 4⌉: how many times four codes a row has.</summary>
    internal static int GroupsOf(int rank) => (rank + GroupCodes - 1) / GroupCodes;

    /// <summary>The row at a position of a block.</summary>
    public int RowAt(int block, int position) => _order[(block * BlockRows) + position];

    /// <summary>What is known of the rows of a block.</summary>
    public ref readonly BlockBounds BoundsOf(int block) => ref _bounds[block];

    /// <summary>Estimates x_iᵀy + a_i for the rows of a block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="query">y.</param>
    /// <param name="cut">What is looked for.</param>
    /// <param name="estimates">Receives e, [128], −∞ where the last block has no row. Aligned to 64 bytes.</param>
    /// <returns>
    /// Whether any estimate is at least <paramref name="cut"/>. Means nothing where <see cref="QuantizedQuery.ErrorIn"/> is not finite.
    /// </returns>
    public bool Estimate(int block, QuantizedQuery query, float cut, float* estimates)
    {
        ArgumentNullException.ThrowIfNull(query);
        float* at = _blocks.Pointer + ((long)block * _blocks.Stride);
        bool any = QuantizedKernel.Estimate((byte*)at, _groups, query.Codes, query.Start, query.Scale, cut, estimates);
        GC.KeepAlive(_blocks);
        return any;
    }

    /// <summary>Asks for a part of a block early, where the table is so large that it comes from memory.</summary>
    /// <param name="block">The block; nothing happens if there is none such.</param>
    /// <param name="part">Which part.</param>
    /// <param name="parts">How many parts there are.</param>
    public void Prefetch(int block, int part, int parts)
    {
        if (!Sse.IsSupported || block >= _bounds.Length || _blocks.Length < CacheFloats)
        {
            return;
        }

        long lines = BlockBytes / LineBytes;
        byte* at = (byte*)(_blocks.Pointer + ((long)block * _blocks.Stride));
        for (long line = lines * part / parts; line < lines * (part + 1) / parts; line++)
        {
            Sse.Prefetch0(at + (line * LineBytes));
        }
    }

    private BlockBounds Encode(int block, FactorTable rows, float[] offsets)
    {
        Span<float> at = _blocks.Row(block);
        Span<byte> codes = MemoryMarshal.AsBytes(at[..(BlockRows * _groups)]);
        Span<float> scales = at.Slice(BlockRows * _groups, BlockRows), addends = at.Slice(BlockRows * (_groups + 1), BlockRows);
        codes.Fill(Zero);
        addends.Fill(float.NegativeInfinity);
        RowCoder coder = new(rows.Stride);
        BlockBounds bounds = BlockBounds.None;
        int count = Math.Min(BlockRows, Count - (block * BlockRows));
        for (int position = 0; position < count; position++)
        {
            int row = RowAt(block, position);
            coder.Encode(rows.Values.Slice(row * rows.Stride, rows.Stride));
            for (int j = 0; j < rows.Rank; j++)
            {
                codes[(((j / GroupCodes * BlockRows) + position) * GroupCodes) + (j % GroupCodes)] = (byte)(coder.Codes[j] + Zero);
            }

            scales[position] = coder.Scale;
            addends[position] = offsets[row];
            bounds = bounds.With(coder.CodedNorm * Up, coder.ResidualNorm * Up, offsets[row]);
        }

        return rows.Rank <= LargestRank ? bounds : bounds with { Coded = double.PositiveInfinity };
    }
}
