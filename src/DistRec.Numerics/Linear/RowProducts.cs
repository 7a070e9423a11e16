using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DistRec.Numerics.Vectors;

namespace DistRec.Numerics.Linear;

/// <summary>Products with rows that stand one after the other: X x, Xᵀs and XᵀWX x, without a chain of stores from row to row.</summary>
/// <remarks>Every sum has the order of its plain loop, so results do not depend on how rows are taken together here.</remarks>
public static unsafe class RowProducts
{
    private const int Lanes = FactorTable.Lanes;

    /// <summary>Floats of a block of rows that stay in a first-level cache from one product to the next.</summary>
    private const int BlockFloats = 4096;

    private const int PrefetchDistance = 12; // rows

    /// <summary>Numbers of vectors in a row that one method is compiled for each.</summary>
    private interface IWidth
    {
        static abstract int Vectors { get; }
    }

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

    /// <summary>y += Σ_t w_t (x_tᵀx) x_t.</summary>
    /// <param name="rows">x_t, [count, stride].</param>
    /// <param name="stride">Floats from row to row, a multiple of 16.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="weights">w, [count]; null for ones.</param>
    /// <param name="x">x, [stride].</param>
    /// <param name="y">y, [stride]; not x.</param>
    public static void AddWeighted(float* rows, int stride, int count, float* weights, float* x, float* y)
    {
        switch (stride / Lanes)
        {
            case 1:
                AddWeightedNarrow<One>(rows, count, weights, x, y);
                break;
            case 2:
                AddWeightedNarrow<Two>(rows, count, weights, x, y);
                break;
            case 3:
                AddWeightedNarrow<Three>(rows, count, weights, x, y);
                break;
            case 4:
                AddWeightedNarrow<Four>(rows, count, weights, x, y);
                break;
            default:
                AddWeightedWide(rows, stride, count, weights, x, y);
                break;
        }
    }

    /// <summary>y += Σ_t w_t (x_tᵀx) x_t of rows wherever they are.</summary>
    /// <param name="sources">Where each x_t is, [count].</param>
    /// <param name="stride">Floats of a row, a multiple of 16.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="weights">w, [count].</param>
    /// <param name="x">x, [stride].</param>
    /// <param name="y">y, [stride]; not x.</param>
    /// <param name="scales">s, [count], where <paramref name="scaled"/> is wanted; null where not.</param>
    /// <param name="scaled">scaled += Σ_t s_t x_t, [stride]; neither x nor y.</param>
    /// <param name="copy">Receives x_t side by side, [count, stride]; null where that is not wanted.</param>
    public static void AddWeighted(
        float** sources, int stride, int count, float* weights, float* x, float* y, float* scales = null, float* scaled = null, float* copy = null)
    {
        switch (stride / Lanes)
        {
            case 1:
                AddWeightedNarrow<One>(sources, count, weights, x, y, scales, scaled, copy);
                break;
            case 2:
                AddWeightedNarrow<Two>(sources, count, weights, x, y, scales, scaled, copy);
                break;
            case 3:
                AddWeightedNarrow<Three>(sources, count, weights, x, y, scales, scaled, copy);
                break;
            case 4:
                AddWeightedNarrow<Four>(sources, count, weights, x, y, scales, scaled, copy);
                break;
            default:
                AddWeightedWide(sources, stride, count, weights, x, y, scales, scaled, copy);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddWeightedNarrow<TWidth>(
        float** sources, int count, float* weights, float* x, float* y, float* scales, float* scaled, float* copy)
        where TWidth : struct, IWidth
    {
        Vector512<float> x0 = Load<TWidth>(x, 0), x1 = Load<TWidth>(x, 1), x2 = Load<TWidth>(x, 2), x3 = Load<TWidth>(x, 3);
        Vector512<float> y0 = Load<TWidth>(y, 0), y1 = Load<TWidth>(y, 1), y2 = Load<TWidth>(y, 2), y3 = Load<TWidth>(y, 3);
        Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
        if (scales is not null)
        {
            (s0, s1, s2, s3) = (Load<TWidth>(scaled, 0), Load<TWidth>(scaled, 1), Load<TWidth>(scaled, 2), Load<TWidth>(scaled, 3));
        }

        for (int t = 0; t < count; t++)
        {
            if (t + PrefetchDistance < count)
            {
                Prefetch(sources[t + PrefetchDistance], TWidth.Vectors * Lanes);
            }

            float* row = sources[t];
            Vector512<float> r0 = Load<TWidth>(row, 0), r1 = Load<TWidth>(row, 1), r2 = Load<TWidth>(row, 2), r3 = Load<TWidth>(row, 3);
            if (copy is not null)
            {
                Store<TWidth>(r0, copy, 0);
                Store<TWidth>(r1, copy, 1);
                Store<TWidth>(r2, copy, 2);
                Store<TWidth>(r3, copy, 3);
                copy += TWidth.Vectors * Lanes;
            }

            if (scales is not null)
            {
                Vector512<float> scale = Vector512.Create(scales[t]);
                s0 = Add<TWidth>(0, scale, r0, s0);
                s1 = Add<TWidth>(1, scale, r1, s1);
                s2 = Add<TWidth>(2, scale, r2, s2);
                s3 = Add<TWidth>(3, scale, r3, s3);
            }

            Vector512<float> sum = Add<TWidth>(0, r0, x0, Vector512<float>.Zero);
            sum = Add<TWidth>(1, r1, x1, sum);
            sum = Add<TWidth>(2, r2, x2, sum);
            sum = Add<TWidth>(3, r3, x3, sum);
            Vector512<float> weight = Vector512.Create(Lanes16.Sum(sum) * weights[t]);
            y0 = Add<TWidth>(0, weight, r0, y0);
            y1 = Add<TWidth>(1, weight, r1, y1);
            y2 = Add<TWidth>(2, weight, r2, y2);
            y3 = Add<TWidth>(3, weight, r3, y3);
        }

        Store<TWidth>(y0, y, 0);
        Store<TWidth>(y1, y, 1);
        Store<TWidth>(y2, y, 2);
        Store<TWidth>(y3, y, 3);
        if (scales is not null)
        {
            Store<TWidth>(s0, scaled, 0);
            Store<TWidth>(s1, scaled, 1);
            Store<TWidth>(s2, scaled, 2);
            Store<TWidth>(s3, scaled, 3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddWeightedWide(
        float** sources, int stride, int count, float* weights, float* x, float* y, float* scales, float* scaled, float* copy)
    {
        int block = BlockOf(stride);
        float* own = stackalloc float[copy is null ? block * stride : 0];
        for (int from = 0; from < count; from += block)
        {
            int length = Math.Min(block, count - from);
            float* rows = copy is null ? own : copy + ((long)from * stride);
            for (int t = 0; t < length; t++)
            {
                if (from + t + PrefetchDistance < count)
                {
                    Prefetch(sources[from + t + PrefetchDistance], stride);
                }

                float* source = sources[from + t];
                float* target = rows + ((long)t * stride);
                for (int j = 0; j < stride; j += Lanes)
                {
                    Vector512.Load(source + j).Store(target + j);
                }
            }

            if (scales is not null)
            {
                AddScaled(rows, stride, length, scales + from, scaled);
            }

            AddWeightedWide(rows, stride, length, weights + from, x, y);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(float* row, int length)
    {
        if (Sse.IsSupported)
        {
            for (int j = 0; j < length; j += Lanes)
            {
                Sse.Prefetch0(row + j);
            }
        }
    }

    // A row is read once: it waits in registers for its own score.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddWeightedNarrow<TWidth>(float* rows, int count, float* weights, float* x, float* y)
        where TWidth : struct, IWidth
    {
        Vector512<float> x0 = Load<TWidth>(x, 0), x1 = Load<TWidth>(x, 1), x2 = Load<TWidth>(x, 2), x3 = Load<TWidth>(x, 3);
        Vector512<float> y0 = Load<TWidth>(y, 0), y1 = Load<TWidth>(y, 1), y2 = Load<TWidth>(y, 2), y3 = Load<TWidth>(y, 3);
        for (int t = 0; t < count; t++, rows += TWidth.Vectors * Lanes)
        {
            Vector512<float> r0 = Load<TWidth>(rows, 0), r1 = Load<TWidth>(rows, 1), r2 = Load<TWidth>(rows, 2), r3 = Load<TWidth>(rows, 3);
            Vector512<float> sum = Add<TWidth>(0, r0, x0, Vector512<float>.Zero);
            sum = Add<TWidth>(1, r1, x1, sum);
            sum = Add<TWidth>(2, r2, x2, sum);
            sum = Add<TWidth>(3, r3, x3, sum);
            float score = Lanes16.Sum(sum);
            Vector512<float> scale = Vector512.Create(weights is null ? score : score * weights[t]);
            y0 = Add<TWidth>(0, scale, r0, y0);
            y1 = Add<TWidth>(1, scale, r1, y1);
            y2 = Add<TWidth>(2, scale, r2, y2);
            y3 = Add<TWidth>(3, scale, r3, y3);
        }

        Store<TWidth>(y0, y, 0);
        Store<TWidth>(y1, y, 1);
        Store<TWidth>(y2, y, 2);
        Store<TWidth>(y3, y, 3);
    }

    [SkipLocalsInit]
    private static void AddWeightedWide(float* rows, int stride, int count, float* weights, float* x, float* y)
    {
        int block = BlockOf(stride);
        float* scores = stackalloc float[block];
        for (int from = 0; from < count; from += block, rows += (long)block * stride)
        {
            int length = Math.Min(block, count - from);
            Score(rows, stride, length, x, scores);
            for (int t = 0; t < length && weights is not null; t++)
            {
                scores[t] *= weights[from + t];
            }

            AddScaled(rows, stride, length, scores, y);
        }
    }

    // What a row has no vector for is nothing, and is not compiled.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Load<TWidth>(float* row, int vector)
        where TWidth : struct, IWidth => TWidth.Vectors > vector ? Vector512.Load(row + (vector * Lanes)) : Vector512<float>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Add<TWidth>(int vector, Vector512<float> a, Vector512<float> b, Vector512<float> sum)
        where TWidth : struct, IWidth => TWidth.Vectors > vector ? Vector512.FusedMultiplyAdd(a, b, sum) : sum;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<TWidth>(Vector512<float> value, float* row, int vector)
        where TWidth : struct, IWidth
    {
        if (TWidth.Vectors > vector)
        {
            value.Store(row + (vector * Lanes));
        }
    }

    private readonly struct One : IWidth
    {
        public static int Vectors => 1;
    }

    private readonly struct Two : IWidth
    {
        public static int Vectors => 2;
    }

    private readonly struct Three : IWidth
    {
        public static int Vectors => 3;
    }

    private readonly struct Four : IWidth
    {
        public static int Vectors => 4;
    }
}
