using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DistRec.Numerics.Vectors;

namespace DistRec.Numerics.Linear;

/// <summary>Products with rows that stand one after the other: X x and Xᵀs, without a chain of stores from row to row.</summary>
/// <remarks>Every sum has the order of its plain loop, so results do not depend on how rows are taken together here.</remarks>
public static unsafe class RowProducts
{
    private const int Lanes = FactorTable.Lanes;

    /// <summary>Floats of a block of rows that stay in a first-level cache from one product to the next.</summary>
    private const int BlockFloats = 4096;

    /// <summary>How many rows to take at a time where products follow each other: at least 4, at most 256.</summary>
    /// <param name="stride">Floats from row to row, a multiple of 16.</param>
    public static int BlockOf(int stride) => Math.Max(4, BlockFloats / stride);

    /// <summary>s_t = x_tᵀx.</summary>
    /// <param name="rows">x_t, [count, stride].</param>
    /// <param name="stride">Floats from row to row, a multiple of 16.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="x">x, [stride].</param>
    /// <param name="scores">Receives s, [count].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Score(float* rows, int stride, int count, float* x, float* scores)
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
                Vector512<float> of = Vector512.Load(x + j);
                a = Vector512.FusedMultiplyAdd(Vector512.Load(row + j), of, a);
                b = Vector512.FusedMultiplyAdd(Vector512.Load(second + j), of, b);
                c = Vector512.FusedMultiplyAdd(Vector512.Load(third + j), of, c);
                d = Vector512.FusedMultiplyAdd(Vector512.Load(fourth + j), of, d);
            }

            scores[t] = Lanes16.Sum(a);
            scores[t + 1] = Lanes16.Sum(b);
            scores[t + 2] = Lanes16.Sum(c);
            scores[t + 3] = Lanes16.Sum(d);
        }

        for (; t < count; t++)
        {
            float* row = rows + ((long)t * stride);
            Vector512<float> sum = Vector512<float>.Zero;
            for (int j = 0; j < stride; j += Lanes)
            {
                sum = Vector512.FusedMultiplyAdd(Vector512.Load(row + j), Vector512.Load(x + j), sum);
            }

            scores[t] = Lanes16.Sum(sum);
        }
    }

    /// <summary>y += Σ_t s_t x_t.</summary>
    /// <param name="rows">x_t, [count, stride].</param>
    /// <param name="stride">Floats from row to row, a multiple of 16.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="scales">s, [count].</param>
    /// <param name="y">y, [stride].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(float* rows, int stride, int count, float* scales, float* y)
    {
        int j = 0;
        for (; j <= stride - (4 * Lanes); j += 4 * Lanes)
        {
            float* row = rows + j;
            float* at = y + j;
            Vector512<float> a = Vector512.Load(at), b = Vector512.Load(at + Lanes);
            Vector512<float> c = Vector512.Load(at + (2 * Lanes)), d = Vector512.Load(at + (3 * Lanes));
            for (int t = 0; t < count; t++, row += stride)
            {
                Vector512<float> scale = Vector512.Create(scales[t]);
                a = Vector512.FusedMultiplyAdd(scale, Vector512.Load(row), a);
                b = Vector512.FusedMultiplyAdd(scale, Vector512.Load(row + Lanes), b);
                c = Vector512.FusedMultiplyAdd(scale, Vector512.Load(row + (2 * Lanes)), c);
                d = Vector512.FusedMultiplyAdd(scale, Vector512.Load(row + (3 * Lanes)), d);
            }

            a.Store(at);
            b.Store(at + Lanes);
            c.Store(at + (2 * Lanes));
            d.Store(at + (3 * Lanes));
        }

        for (; j < stride; j += Lanes)
        {
            float* row = rows + j;
            Vector512<float> sum = Vector512.Load(y + j);
            for (int t = 0; t < count; t++, row += stride)
            {
                sum = Vector512.FusedMultiplyAdd(Vector512.Create(scales[t]), Vector512.Load(row), sum);
            }

            sum.Store(y + j);
        }
    }
}
