using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DistRec.Numerics.Vectors;

namespace DistRec.Numerics.Linear;

/// <summary>
/// y += Σ_t w_t (x_tᵀx) x_t: what a weighted sum of squares of rows does to a vector. Rows of up to 64 floats are read once: each waits in
/// registers for its own score.
/// </summary>
/// <remarks>Every sum has the order of its plain loop, so results do not depend on where rows are or how they are taken together here.</remarks>
public static unsafe class WeightedProducts
{
    private const int Lanes = FactorTable.Lanes;
    private const int PrefetchDistance = 12; // rows

    // Each is compiled into loops of its own.
    private interface IWidth
    {
        static abstract int Vectors { get; }
    }

    private interface IPlaces
    {
        // Whether rows are scattered over memory.
        static abstract bool AreApart { get; }

        float* Of(int row);
    }

    /// <summary>Of rows that stand side by side.</summary>
    /// <param name="rows">x_t, [count, stride].</param>
    /// <param name="stride">Floats from row to row, a multiple of 16.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="weights">w, [count]; null for ones.</param>
    /// <param name="x">x, [stride].</param>
    /// <param name="y">y, [stride]; not x.</param>
    public static void Add(float* rows, int stride, int count, float* weights, float* x, float* y) =>
        Add(new Together(rows, stride), stride, count, weights, x, y, null, null, null);

    /// <summary>Of rows wherever they are.</summary>
    /// <param name="rows">Where each x_t is, [count].</param>
    /// <param name="stride">Floats of a row, a multiple of 16.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="weights">w, [count]; null for ones.</param>
    /// <param name="x">x, [stride].</param>
    /// <param name="y">y, [stride]; not x.</param>
    /// <param name="scales">s, [count], where <paramref name="scaled"/> is wanted; null where not.</param>
    /// <param name="scaled">scaled += Σ_t s_t x_t, [stride]; neither x nor y.</param>
    /// <param name="copy">Receives x_t side by side, [count, stride]; null where that is not wanted.</param>
    public static void Add(
        float** rows, int stride, int count, float* weights, float* x, float* y, float* scales = null, float* scaled = null, float* copy = null) =>
        Add(new Apart(rows), stride, count, weights, x, y, scales, scaled, copy);

    private static void Add<TPlaces>(
        TPlaces rows, int stride, int count, float* weights, float* x, float* y, float* scales, float* scaled, float* copy)
        where TPlaces : struct, IPlaces
    {
        switch (stride / Lanes)
        {
            case 1:
                AddNarrow<TPlaces, One>(rows, count, weights, x, y, scales, scaled, copy);
                break;
            case 2:
                AddNarrow<TPlaces, Two>(rows, count, weights, x, y, scales, scaled, copy);
                break;
            case 3:
                AddNarrow<TPlaces, Three>(rows, count, weights, x, y, scales, scaled, copy);
                break;
            case 4:
                AddNarrow<TPlaces, Four>(rows, count, weights, x, y, scales, scaled, copy);
                break;
            default:
                AddWide(rows, stride, count, weights, x, y, scales, scaled, copy);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddNarrow<TPlaces, TWidth>(
        TPlaces rows, int count, float* weights, float* x, float* y, float* scales, float* scaled, float* copy)
        where TPlaces : struct, IPlaces
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
            if (TPlaces.AreApart && t + PrefetchDistance < count)
            {
                Prefetch(rows.Of(t + PrefetchDistance), TWidth.Vectors * Lanes);
            }

            float* row = rows.Of(t);
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
            float score = Lanes16.Sum(sum);
            Vector512<float> weight = Vector512.Create(weights is null ? score : score * weights[t]);
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

    // Block by block: what does not fit the registers fits a first-level cache.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddWide<TPlaces>(
        TPlaces rows, int stride, int count, float* weights, float* x, float* y, float* scales, float* scaled, float* copy)
        where TPlaces : struct, IPlaces
    {
        int block = RowProducts.BlockOf(stride);
        float* products = stackalloc float[block];
        float* own = stackalloc float[TPlaces.AreApart && copy is null ? block * stride : 0];
        for (int from = 0; from < count; from += block)
        {
            int length = Math.Min(block, count - from);
            float* together = rows.Of(from);
            if (TPlaces.AreApart)
            {
                together = copy is null ? own : copy + ((long)from * stride);
                Copy(rows, from, length, count, stride, together);
            }

            if (scales is not null)
            {
                RowProducts.AddScaled(together, stride, length, scales + from, scaled);
            }

            RowProducts.Score(together, stride, length, x, products);
            for (int t = 0; t < length && weights is not null; t++)
            {
                products[t] *= weights[from + t];
            }

            RowProducts.AddScaled(together, stride, length, products, y);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy<TPlaces>(TPlaces rows, int from, int length, int count, int stride, float* target)
        where TPlaces : struct, IPlaces
    {
        for (int t = from; t < from + length; t++, target += stride)
        {
            if (t + PrefetchDistance < count)
            {
                Prefetch(rows.Of(t + PrefetchDistance), stride);
            }

            float* source = rows.Of(t);
            for (int j = 0; j < stride; j += Lanes)
            {
                Vector512.Load(source + j).Store(target + j);
            }
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

    private readonly struct Together(float* rows, int stride) : IPlaces
    {
        private readonly float* _rows = rows;
        private readonly int _stride = stride;

        public static bool AreApart => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public float* Of(int row) => _rows + ((long)row * _stride);
    }

    private readonly struct Apart(float** rows) : IPlaces
    {
        private readonly float** _rows = rows;

        public static bool AreApart => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public float* Of(int row) => _rows[row];
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
