using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DistRec.Numerics.Linear;

/// <summary>Products of a few rows with the matrix of a dense layer, and the sums of outer products that its gradient is.</summary>
/// <remarks>
/// Every element of a product is one chain of fused multiply-adds, so it has the same bits however rows are taken together. Sums of
/// outer products are exact
/// (<see cref="ExactSum"/>), so they have the same bits in whatever order and by how many workers they are added up.
/// </remarks>
public static unsafe class LayerProducts
{
    private const int Lanes = FactorTable.Lanes;

    /// <summary>z_t = b + Σ_i x_ti w_i.</summary>
    /// <param name="x">[at least count, inputs].</param>
    /// <param name="count">Rows to take.</param>
    /// <param name="w">[inputs, outputs].</param>
    /// <param name="b">b in its only row, [1, outputs]; null for zeros.</param>
    /// <param name="z">Receives z, [at least count, outputs].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(FactorTable x, int count, FactorTable w, FactorTable? b, FactorTable z)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(w);
        ArgumentNullException.ThrowIfNull(z);
        if (x.Rank != w.Rows || z.Rank != w.Rank || count > x.Rows || count > z.Rows
            || (b is not null && (b.Rows != 1 || b.Rank != w.Rank)))
        {
            throw new ArgumentException(
                $"expected tables of {count} rows for a matrix of [{w.Rows}, {w.Rank}], found [{x.Rows}, {x.Rank}] and [{z.Rows}, {z.Rank}]",
                nameof(x));
        }

        for (int o = 0; o < w.Stride; o += Lanes)
        {
            Vector512<float> start = b is null ? Vector512<float>.Zero : Vector512.Load(b.Pointer + o);
            int t = 0;
            for (; t <= count - 4; t += 4)
            {
                float* a0 = x.Pointer + ((long)t * x.Stride), a1 = a0 + x.Stride, a2 = a1 + x.Stride, a3 = a2 + x.Stride;
                Vector512<float> z0 = start, z1 = start, z2 = start, z3 = start;
                float* of = w.Pointer + o;
                for (int i = 0; i < w.Rows; i++, of += w.Stride)
                {
                    Vector512<float> weights = Vector512.Load(of);
                    z0 = Vector512.FusedMultiplyAdd(Vector512.Create(a0[i]), weights, z0);
                    z1 = Vector512.FusedMultiplyAdd(Vector512.Create(a1[i]), weights, z1);
                    z2 = Vector512.FusedMultiplyAdd(Vector512.Create(a2[i]), weights, z2);
                    z3 = Vector512.FusedMultiplyAdd(Vector512.Create(a3[i]), weights, z3);
                }

                float* to = z.Pointer + ((long)t * z.Stride) + o;
                z0.Store(to);
                z1.Store(to + z.Stride);
                z2.Store(to + (2 * z.Stride));
                z3.Store(to + (3 * z.Stride));
            }

            for (; t < count; t++)
            {
                float* a = x.Pointer + ((long)t * x.Stride);
                Vector512<float> sum = start;
                float* of = w.Pointer + o;
                for (int i = 0; i < w.Rows; i++, of += w.Stride)
                {
                    sum = Vector512.FusedMultiplyAdd(Vector512.Create(a[i]), Vector512.Load(of), sum);
                }

                sum.Store(z.Pointer + ((long)t * z.Stride) + o);
            }
        }

        GC.KeepAlive(x);
        GC.KeepAlive(w);
        GC.KeepAlive(b);
        GC.KeepAlive(z);
    }

    /// <summary>S += Σ_t x_t z_tᵀ, exactly, each product rounded as <see cref="ExactSum"/> says.</summary>
    /// <param name="x">[at least count, inputs].</param>
    /// <param name="z">[at least count, outputs].</param>
    /// <param name="count">Rows to take.</param>
    /// <param name="sums">S, [inputs, outputs rounded up to whole vectors of 16], as <see cref="FactorTable.StrideOf"/> says.</param>
    /// <param name="wide">Scratch, [count, outputs rounded up].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddOuter(FactorTable x, FactorTable z, int count, Span<double> sums, Span<double> wide)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(z);
        int stride = z.Stride;
        if (count > x.Rows || count > z.Rows || sums.Length != x.Rank * stride || wide.Length < count * stride)
        {
            throw new ArgumentException(
                $"expected {x.Rank * stride} sums, and room for {count * stride} values, found {sums.Length} and {wide.Length}",
                nameof(sums));
        }

        Widen(z.Values[..(count * stride)], wide);
        fixed (double* start = wide, total = sums)
        {
            Vector512<double> shift = Vector512.Create(ExactSum.Shift);
            for (int i = 0; i < x.Rank; i++)
            {
                for (int o = 0; o < stride; o += 16)
                {
                    double* to = total + (i * (long)stride) + o;
                    Vector512<double> lower = Vector512.Load(to), upper = Vector512.Load(to + 8);
                    float* input = x.Pointer + i;
                    double* of = start + o;
                    for (int t = 0; t < count; t++, input += x.Stride, of += stride)
                    {
                        float value = *input;
                        if (value == 0)
                        {
                            continue;
                        }

                        Vector512<double> factor = Vector512.Create((double)value);
                        lower += Vector512.FusedMultiplyAdd(factor, Vector512.Load(of), shift) - shift;
                        upper += Vector512.FusedMultiplyAdd(factor, Vector512.Load(of + 8), shift) - shift;
                    }

                    lower.Store(to);
                    upper.Store(to + 8);
                }
            }
        }

        GC.KeepAlive(x);
        GC.KeepAlive(z);
    }

    private static void Widen(ReadOnlySpan<float> values, Span<double> wide)
    {
        ReadOnlySpan<Vector512<float>> from = MemoryMarshal.Cast<float, Vector512<float>>(values);
        Span<Vector512<double>> to = MemoryMarshal.Cast<double, Vector512<double>>(wide);
        for (int index = 0; index < from.Length; index++)
        {
            (to[2 * index], to[(2 * index) + 1]) = Vector512.Widen(from[index]);
        }
    }
}
