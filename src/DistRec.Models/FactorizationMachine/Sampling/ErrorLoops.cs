using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using DistRec.Numerics.Vectors;

namespace DistRec.Models.FactorizationMachine.Sampling;

/// <summary>
/// The loops over rows: changes of e, and sums of e and q_out in float64. Within a run of at most a thousand rows products are added in 16 lanes of float32: about as
/// many roundings as a lane has numbers, so a relative error below 10⁻⁵ of the terms' absolute sum, far below the noise of e.
/// </summary>
internal static unsafe class ErrorLoops
{
    private const int Lanes = FactorTable.Lanes;

    /// <summary>Adds Σe and Σe².</summary>
    public static void Overall(float* errors, int count, Span<double> totals)
    {
        double sum = 0, squares = 0;
        for (int i = 0; i < count; i++)
        {
            double error = errors[i];
            sum += error;
            squares += error * error;
        }

        totals[0] += sum;
        totals[1] += squares;
    }

    /// <summary>Adds the sums of rows that share a block row.</summary>
    /// <param name="errors">e.</param>
    /// <param name="outside">q_out.</param>
    /// <param name="count">Rows.</param>
    /// <param name="sums">The numbers of the block row.</param>
    /// <param name="width">How many they are.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddRun(float* errors, float* outside, int count, double* sums, int width)
    {
        Vector512<float> e = Vector512<float>.Zero, qe = e, q = e, qq = e;
        int i = 0;
        for (; i <= count - Lanes; i += Lanes)
        {
            Vector512<float> error = Vector512.Load(errors + i);
            e += error;
            if (width > 1)
            {
                Vector512<float> other = Vector512.Load(outside + i);
                q += other;
                qe = Vector512.FusedMultiplyAdd(other, error, qe);
                qq = Vector512.FusedMultiplyAdd(other, other, qq);
            }
        }

        Add((double)Lanes16.Sum(e), Lanes16.Sum(qe), Lanes16.Sum(q), Lanes16.Sum(qq), sums, width);
        double e1 = 0, qe1 = 0, q1 = 0, qq1 = 0;
        for (; i < count; i++)
        {
            double error = errors[i], other = width > 1 ? outside[i] : 0;
            e1 += error;
            qe1 += other * error;
            q1 += other;
            qq1 += other * other;
        }

        Add(e1, qe1, q1, qq1, sums, width);
    }

    /// <summary>Adds every row to the sums of its block row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scatter(float* errors, float* outside, int* rows, int count, double* sums, int width)
    {
        switch (width)
        {
            case 1:
                for (int i = 0; i < count; i++)
                {
                    sums[rows[i]] += errors[i];
                }

                break;
            case BlockSweep.SingleWidth:
                for (int i = 0; i < count; i++)
                {
                    double* at = sums + ((long)rows[i] * BlockSweep.SingleWidth);
                    double q = outside[i];
                    Vector128.FusedMultiplyAdd(Vector128.Create(q), Vector128.Create(errors[i], q), Vector128.Load(at)).Store(at);
                }

                break;
            default:
                for (int i = 0; i < count; i++)
                {
                    double* at = sums + ((long)rows[i] * BlockSweep.FullWidth);
                    double q = outside[i], e = errors[i];
                    (Vector256.Create(e, q * e, q, q * q) + Vector256.Load(at)).Store(at);
                }

                break;
        }
    }

    /// <summary>errors += shift + slope · outside, one pair of numbers for all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(float* errors, float* outside, int count, float shift, float slope)
    {
        Vector512<float> constant = Vector512.Create(shift), scale = Vector512.Create(slope);
        int i = 0;
        for (; i <= count - Lanes; i += Lanes)
        {
            (Vector512.Load(errors + i) + Vector512.FusedMultiplyAdd(Vector512.Load(outside + i), scale, constant)).Store(errors + i);
        }

        for (; i < count; i++)
        {
            errors[i] += MathF.FusedMultiplyAdd(outside[i], slope, shift);
        }
    }

    /// <summary>errors += shifts[row] − outside · slopes[row], where either may be null for zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(float* errors, float* outside, int* rows, int count, float* shifts, float* slopes)
    {
        for (int i = 0; i < count && slopes is not null; i++)
        {
            errors[i] -= outside[i] * slopes[rows[i]];
        }

        for (int i = 0; i < count && shifts is not null; i++)
        {
            errors[i] += shifts[rows[i]];
        }
    }

    /// <summary>values = value, or values += value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Spread(float* values, int count, float value, bool isFirst)
    {
        Vector512<float> all = Vector512.Create(value);
        int i = 0;
        for (; i <= count - Lanes; i += Lanes)
        {
            (isFirst ? all : Vector512.Load(values + i) + all).Store(values + i);
        }

        for (; i < count; i++)
        {
            values[i] = isFirst ? value : values[i] + value;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(double e, double qe, double q, double qq, double* sums, int width)
    {
        if (width == BlockSweep.SingleWidth)
        {
            sums[0] += qe;
            sums[1] += qq;
            return;
        }

        sums[0] += e;
        if (width > 1)
        {
            sums[1] += qe;
            sums[2] += q;
            sums[3] += qq;
        }
    }
}
