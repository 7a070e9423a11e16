using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DistRec.Numerics.Quantization;

/// <summary>The inner loop of <see cref="QuantizedRows"/>: one query against a block of 128 rows of 8-bit codes.</summary>
/// <remarks>
/// A block is [groups][128 rows][4 codes], so that one load has four codes of 16 rows, then [128] scales and [128] offsets. Products are
/// integers and exact, so that they are the same in every form below.
/// </remarks>
internal static unsafe class QuantizedKernel
{
    /// <summary>Rows of a block: eight vectors of 16 lanes, as many accumulators as hide the latency of an addition.</summary>
    public const int BlockRows = 128;

    /// <summary>Codes that one lane of a load holds.</summary>
    public const int GroupCodes = 4;

    private const int Lanes = 16;
    private const int VectorBytes = 64;
    private const int GroupBytes = BlockRows * GroupCodes;

    /// <summary>e_i = (start + Σ_j c_ij y_j) · s_i · t + a_i for the rows of a block.</summary>
    /// <param name="block">The block; c_ij from 1 to 255.</param>
    /// <param name="groups">⌈rank / 4⌉.</param>
    /// <param name="query">y, [groups], four signed codes each; those of two neighbours have magnitudes of at most 128 together.</param>
    /// <param name="start">What the sums begin with.</param>
    /// <param name="scale">t.</param>
    /// <param name="cut">What is looked for.</param>
    /// <param name="estimates">Receives e, [128], aligned to 64 bytes.</param>
    /// <returns>Whether any e_i is at least <paramref name="cut"/>.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Estimate(byte* block, int groups, int* query, int start, float scale, float cut, float* estimates)
    {
        Vector512<int> a = Vector512.Create(start), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
        byte* codes = block;
        for (int group = 0; group < groups; group++, codes += GroupBytes)
        {
            Vector512<sbyte> y = Vector512.Create(query[group]).AsSByte();
            a = AddProducts(a, codes, y);
            b = AddProducts(b, codes + VectorBytes, y);
            c = AddProducts(c, codes + (2 * VectorBytes), y);
            d = AddProducts(d, codes + (3 * VectorBytes), y);
            e = AddProducts(e, codes + (4 * VectorBytes), y);
            f = AddProducts(f, codes + (5 * VectorBytes), y);
            g = AddProducts(g, codes + (6 * VectorBytes), y);
            h = AddProducts(h, codes + (7 * VectorBytes), y);
        }

        float* scales = (float*)codes;
        Vector512<float> t = Vector512.Create(scale);
        Vector512<float> largest = Vector512.MaxNative(
            Vector512.MaxNative(
                Vector512.MaxNative(Finish(a, scales, t, estimates, 0), Finish(b, scales, t, estimates, 1)),
                Vector512.MaxNative(Finish(c, scales, t, estimates, 2), Finish(d, scales, t, estimates, 3))),
            Vector512.MaxNative(
                Vector512.MaxNative(Finish(e, scales, t, estimates, 4), Finish(f, scales, t, estimates, 5)),
                Vector512.MaxNative(Finish(g, scales, t, estimates, 6), Finish(h, scales, t, estimates, 7))));
        return Vector512.GreaterThanOrEqualAny(largest, Vector512.Create(cut));
    }

    // Pairs of products of codes up to 255 and up to 128 in all fit 16 bits, so nothing saturates.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> AddProducts(Vector512<int> sum, byte* codes, Vector512<sbyte> query)
    {
        Vector512<byte> rows = Vector512.Load(codes);
        if (Avx512BW.IsSupported)
        {
            return sum + Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(rows, query), Vector512<short>.One);
        }

        if (Avx2.IsSupported)
        {
            return sum + Vector512.Create(Half(rows.GetLower(), query.GetLower()), Half(rows.GetUpper(), query.GetUpper()));
        }

        Vector512<short> even = (rows.AsInt16() & Vector512.Create((short)255)) * Vector512.ShiftRightArithmetic(query.AsInt16() << 8, 8);
        Vector512<short> odd = Vector512.ShiftRightLogical(rows.AsInt16(), 8) * Vector512.ShiftRightArithmetic(query.AsInt16(), 8);
        Vector512<int> pairs = (even + odd).AsInt32();
        return sum + Vector512.ShiftRightArithmetic(pairs << 16, 16) + Vector512.ShiftRightArithmetic(pairs, 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Half(Vector256<byte> rows, Vector256<sbyte> query) =>
        Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(rows, query), Vector256<short>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Finish(Vector512<int> sums, float* scales, Vector512<float> scale, float* estimates, int vector)
    {
        float* own = scales + (vector * Lanes);
        Vector512<float> estimate = Vector512.FusedMultiplyAdd(
            Vector512.ConvertToSingle(sums) * Vector512.Load(own), scale, Vector512.Load(own + BlockRows));
        estimate.StoreAligned(estimates + (vector * Lanes));
        return estimate;
    }
}
