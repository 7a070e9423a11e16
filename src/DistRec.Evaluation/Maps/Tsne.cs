using DistRec.Data;
using DistRec.Numerics.Embedding;
using DistRec.Numerics.Linear;

namespace DistRec.Evaluation.Maps;

/// <summary>
/// t-SNE: puts points of many dimensions into a plane so that near ones stay near (van der Maaten, Hinton, "Visualizing data using
/// t-SNE", JMLR 2008), with large numbers of points by the algorithm of Barnes and Hut (van der Maaten, JMLR 2014). How far clusters are
/// from each other, and how large they are, says little. The map has the same bits for any number of threads.
/// </summary>
public static class Tsne
{
    private const float EarlyMomentum = 0.5f;
    private const float Momentum = 0.8f;

    /// <summary>Makes a map of the rows of a table by their Euclidean distances.</summary>
    /// <param name="rows">The points, finite, [points, rank] with a rank of at least 1. Points may be equal.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="progress">Is told how far it is, from any thread.</param>
    /// <param name="cancellation">Gives the map up.</param>
    /// <exception cref="InputException">Settings are out of range; all of them are named.</exception>
    /// <exception cref="ArgumentException">A row has a value that is no number.</exception>
    /// <exception cref="OverflowException">Barnes and Hut: points times three times the perplexity pass 2³⁰.</exception>
    public static TsneResult Embed(
        FactorTable rows, TsneOptions? options = null, IProgress<TsneProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows.Rank, 1, nameof(rows));
        options ??= new TsneOptions();
        string[] mistakes = [.. options.Mistakes()];
        if (mistakes.Length > 0)
        {
            throw new InputException(string.Join(Environment.NewLine, mistakes));
        }

        int count = rows.Rows;
        TsneMethod method = count <= options.ExactUpTo ? TsneMethod.Exact : TsneMethod.BarnesHut;
        FactorTable points = Centre(rows);
        if (count < 2)
        {
            return new TsneResult(new FactorTable(2, count), 0, 0, method);
        }

        double perplexity = Math.Max(1, Math.Min(options.Perplexity, (count - 1) / 3.0));
        ParallelOptions parallel = new() { MaxDegreeOfParallelism = options.Threads, CancellationToken = cancellation };
        TsneForces forces = method == TsneMethod.Exact
            ? new ExactForces(TsneAffinities.Dense(points, perplexity, parallel, progress))
            : new TreeForces(TsneAffinities.Sparse(points, perplexity, parallel, progress), options.Theta);
        TsneDescent descent = new(points, options);
        for (int step = 0; step < options.Iterations; step++)
        {
            Compute(forces, descent.Positions, parallel);

            // Two points are as alike as can be at any distance; exaggeration would only draw them onto each other.
            bool isEarly = step < options.ExaggeratedIterations && count > 2;
            descent.Step(forces, isEarly ? options.Exaggeration : 1, isEarly ? EarlyMomentum : Momentum);
            progress?.Report(new TsneProgress(TsneStage.Descent, step + 1, options.Iterations));
        }

        Compute(forces, descent.Positions, parallel);
        return new TsneResult(descent.Positions, Divergence(forces, parallel), perplexity, method);
    }

    private static void Compute(TsneForces forces, FactorTable positions, ParallelOptions parallel)
    {
        forces.Begin(positions);
        Parallel.For(0, forces.BlockCount, parallel, forces.Compute);
    }

    private static double Divergence(TsneForces forces, ParallelOptions parallel)
    {
        double kernelSum = forces.KernelSum();
        double[] parts = new double[forces.BlockCount];
        Parallel.For(0, parts.Length, parallel, block => parts[block] = forces.Divergence(block, kernelSum));
        return Math.Max(0, parts.Sum()); // rounding may leave less than nothing of a perfect map
    }

    // Neither a shift nor a common factor changes the map, and what is about 1 can neither overflow nor vanish when it is squared.
    private static FactorTable Centre(FactorTable rows)
    {
        double[] means = new double[rows.Rank];
        for (int row = 0; row < rows.Rows; row++)
        {
            ReadOnlySpan<float> values = rows.Row(row);
            for (int j = 0; j < values.Length; j++)
            {
                if (!float.IsFinite(values[j]))
                {
                    throw new ArgumentException($"expected finite values, found {values[j]} in column {j} of row {row}", nameof(rows));
                }

                means[j] += (double)values[j] / rows.Rows;
            }
        }

        double largest = 0;
        for (int row = 0; row < rows.Rows; row++)
        {
            ReadOnlySpan<float> values = rows.Row(row);
            for (int j = 0; j < values.Length; j++)
            {
                largest = Math.Max(largest, Math.Abs(values[j] - means[j]));
            }
        }

        FactorTable centred = new(rows.Rows, rows.Rank);
        for (int row = 0; row < rows.Rows && largest > 0; row++)
        {
            ReadOnlySpan<float> values = rows.Row(row);
            Span<float> target = centred.Row(row);
            for (int j = 0; j < values.Length; j++)
            {
                target[j] = (float)((values[j] - means[j]) / largest);
            }
        }

        return centred;
    }
}
