using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DistRec.Numerics.Vectors;

namespace DistRec.Numerics.Linear;

/// <summary>Squared distances between a vector and rows that stand one after the other.</summary>
/// <remarks>
/// They are sums of squared differences and not |a|² + |b|² − 2aᵀb, which loses every digit where a and b are close to each other and far
/// from the origin. So equal rows are 0 apart, and a is as far from b as b from a, to the bit.
/// </remarks>
public static unsafe class RowDistances
{
    private const int Lanes = FactorTable.Lanes;

    /// <summary>d_t = |x_t − x|².</summary>
    /// <param name="rows">x_t, [count, stride].</param>
    /// <param name="stride">Floats from row to row, a multiple of 16.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="x">x, [stride].</param>
    /// <param name="distances">Receives d, [count].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compute(float* rows, int stride, int count, float* x, float* distances)
    {
        int t = 0;
        for (; t <= count - 4; t += 4)
        {
            float* row = rows + ((long)t * stride);
            float* second = row + stride;
            float* third = second + stride;
            float* fourth = third + stride;
            Vector512<float> a = Vector512<float>.Zero, b = a, c = a, d = a;
            for (int j = 0; j < stride; j += Lanes)
            {
                Vector512<float> from = Vector512.Load(x + j);
                a = AddSquare(Vector512.Load(row + j) - from, a);
                b = AddSquare(Vector512.Load(second + j) - from, b);
                c = AddSquare(Vector512.Load(third + j) - from, c);
                d = AddSquare(Vector512.Load(fourth + j) - from, d);
            }

            distances[t] = Lanes16.Sum(a);
            distances[t + 1] = Lanes16.Sum(b);
            distances[t + 2] = Lanes16.Sum(c);
            distances[t + 3] = Lanes16.Sum(d);
        }

        for (; t < count; t++)
        {
            float* row = rows + ((long)t * stride);
            Vector512<float> sum = Vector512<float>.Zero;
            for (int j = 0; j < stride; j += Lanes)
            {
                sum = AddSquare(Vector512.Load(row + j) - Vector512.Load(x + j), sum);
            }

            distances[t] = Lanes16.Sum(sum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> AddSquare(Vector512<float> difference, Vector512<float> sum) =>
        Vector512.FusedMultiplyAdd(difference, difference, sum);
}
