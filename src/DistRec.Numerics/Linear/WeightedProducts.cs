using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DistRec.Numerics.Vectors;

namespace DistRec.Numerics.Linear;

/// <summary>
/// y += Σ_t w_t (x_tᵀx) x_t: what a weighted sum of squares of rows does to a vector. Rows of up to 128 floats are read once: each waits in
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
            case 5:
                AddNarrow<TPlaces, Five>(rows, count, weights, x, y, scales, scaled, copy);
                break;
            case 6:
                AddNarrow<TPlaces, Six>(rows, count, weights, x, y, scales, scaled, copy);
                break;
            case 7:
                AddNarrow<TPlaces, Seven>(rows, count, weights, x, y, scales, scaled, copy);
                break;
            case 8:
                AddNarrow<TPlaces, Eight>(rows, count, weights, x, y, scales, scaled, copy);
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
        Quad x0 = Quad.Load<TWidth>(x, 0), x1 = Quad.Load<TWidth>(x, 4);
        Quad y0 = Quad.Load<TWidth>(y, 0), y1 = Quad.Load<TWidth>(y, 4);
        Quad s0 = default, s1 = default;
        if (scales is not null)
        {
            s0 = Quad.Load<TWidth>(scaled, 0);
            s1 = Quad.Load<TWidth>(scaled, 4);
        }

        for (int t = 0; t < count; t++)
        {
            if (TPlaces.AreApart && t + PrefetchDistance < count)
            {
                Prefetch(rows.Of(t + PrefetchDistance), TWidth.Vectors * Lanes);
            }

            float* row = rows.Of(t);
            Quad r0 = Quad.Load<TWidth>(row, 0), r1 = Quad.Load<TWidth>(row, 4);
            if (copy is not null)
            {
                r0.Store<TWidth>(copy, 0);
                r1.Store<TWidth>(copy, 4);
                copy += TWidth.Vectors * Lanes;
            }

            if (scales is not null)
            {
                Vector512<float> scale = Vector512.Create(scales[t]);
                s0 = s0.Add<TWidth>(scale, r0, 0);
                s1 = s1.Add<TWidth>(scale, r1, 4);
            }

            float score = Lanes16.Sum(r1.Multiply<TWidth>(x1, r0.Multiply<TWidth>(x0, Vector512<float>.Zero, 0), 4));
            Vector512<float> weight = Vector512.Create(weights is null ? score : score * weights[t]);
            y0 = y0.Add<TWidth>(weight, r0, 0);
            y1 = y1.Add<TWidth>(weight, r1, 4);
        }

        y0.Store<TWidth>(y, 0);
        y1.Store<TWidth>(y, 4);
        if (scales is not null)
        {
            s0.Store<TWidth>(scaled, 0);
            s1.Store<TWidth>(scaled, 4);
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

    // Four vectors of a row, from one of its vectors on. Those that a row does not have are nothing, and are not compiled.
    private readonly struct Quad(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        private readonly Vector512<float> _a = a;
        private readonly Vector512<float> _b = b;
        private readonly Vector512<float> _c = c;
        private readonly Vector512<float> _d = d;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Quad Load<TWidth>(float* row, int first)
            where TWidth : struct, IWidth => new(
                TWidth.Vectors > first ? Vector512.Load(row + (first * Lanes)) : default,
                TWidth.Vectors > first + 1 ? Vector512.Load(row + ((first + 1) * Lanes)) : default,
                TWidth.Vectors > first + 2 ? Vector512.Load(row + ((first + 2) * Lanes)) : default,
                TWidth.Vectors > first + 3 ? Vector512.Load(row + ((first + 3) * Lanes)) : default);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Store<TWidth>(float* row, int first)
            where TWidth : struct, IWidth
        {
            if (TWidth.Vectors > first)
            {
                _a.Store(row + (first * Lanes));
            }

            if (TWidth.Vectors > first + 1)
            {
                _b.Store(row + ((first + 1) * Lanes));
            }

            if (TWidth.Vectors > first + 2)
            {
                _c.Store(row + ((first + 2) * Lanes));
            }

            if (TWidth.Vectors > first + 3)
            {
                _d.Store(row + ((first + 3) * Lanes));
            }
        }

        // this + scale · other
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Quad Add<TWidth>(Vector512<float> scale, Quad other, int first)
            where TWidth : struct, IWidth => new(
                TWidth.Vectors > first ? Vector512.FusedMultiplyAdd(scale, other._a, _a) : _a,
                TWidth.Vectors > first + 1 ? Vector512.FusedMultiplyAdd(scale, other._b, _b) : _b,
                TWidth.Vectors > first + 2 ? Vector512.FusedMultiplyAdd(scale, other._c, _c) : _c,
                TWidth.Vectors > first + 3 ? Vector512.FusedMultiplyAdd(scale, other._d, _d) : _d);

        // sum + this · other, vector by vector
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector512<float> Multiply<TWidth>(Quad other, Vector512<float> sum, int first)
            where TWidth : struct, IWidth
        {
            sum = TWidth.Vectors > first ? Vector512.FusedMultiplyAdd(_a, other._a, sum) : sum;
            sum = TWidth.Vectors > first + 1 ? Vector512.FusedMultiplyAdd(_b, other._b, sum) : sum;
            sum = TWidth.Vectors > first + 2 ? Vector512.FusedMultiplyAdd(_c, other._c, sum) : sum;
            return TWidth.Vectors > first + 3 ? Vector512.FusedMultiplyAdd(_d, other._d, sum) : sum;
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

    private readonly struct Five : IWidth
    {
        public static int Vectors => 5;
    }

    private readonly struct Six : IWidth
    {
        public static int Vectors => 6;
    }

    private readonly struct Seven : IWidth
    {
        public static int Vectors => 7;
    }

    private readonly struct Eight : IWidth
    {
        public static int Vectors => 8;
    }
}
