using System.Numerics;
using System.Runtime.InteropServices;
using DistRec.Evaluation.Protocols;
using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Ranking;

/// <summary>
/// Intervals of means over users, by drawing as many users as there are with replacement, again and again, all figures on the same draws (Efron and Tibshirani, An
/// Introduction to the Bootstrap, 1993, section 13.3). The same bits for any number of threads.
/// </summary>
public static class UserBootstrap
{
    /// <summary>Share of the draws within an interval.</summary>
    public const double Level = 0.95;

    /// <summary>Ends of the intervals of the means of columns.</summary>
    /// <param name="values">A row a user, [users, columns].</param>
    /// <param name="columns">Figures of a user.</param>
    /// <param name="seed">Keys the draws.</param>
    /// <param name="draws">Draws, at least 2.</param>
    /// <param name="threads">Threads; −1 for one a processor.</param>
    /// <returns>Lower and upper end of each column, [columns].</returns>
    public static (double Low, double High)[] Intervals(double[] values, int columns, ulong seed, int draws, int threads)
    {
        ArgumentNullException.ThrowIfNull(values);
        int users = values.Length / columns;
        double[][] means = new double[draws][];
        Parallel.For(0, draws, new ParallelOptions { MaxDegreeOfParallelism = threads }, draw =>
        {
            EntityRandom random = new(seed, RandomPurpose.Resample, draw);
            double[] sums = new double[columns];
            for (int drawn = 0; drawn < users; drawn++)
            {
                Add(values.AsSpan(random.NextInt(users) * columns, columns), sums);
            }

            means[draw] = Array.ConvertAll(sums, sum => sum / users);
        });
        return [.. Enumerable.Range(0, columns).Select(column => DrawnInterval.Of(means.Select(row => row[column]), Level))];
    }

    private static void Add(ReadOnlySpan<double> row, Span<double> sums)
    {
        Span<Vector<double>> whole = MemoryMarshal.Cast<double, Vector<double>>(sums);
        ReadOnlySpan<Vector<double>> more = MemoryMarshal.Cast<double, Vector<double>>(row);
        for (int index = 0; index < whole.Length; index++)
        {
            whole[index] += more[index];
        }

        for (int index = whole.Length * Vector<double>.Count; index < sums.Length; index++)
        {
            sums[index] += row[index];
        }
    }
}
