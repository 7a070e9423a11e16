using DistRec.Data;
using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Bandits.OffPolicy;

/// <summary>How a model of rewards is fitted.</summary>
/// <param name="ByContext">Whether a mean is one of arm and context; else of the arm alone.</param>
/// <param name="Smoothing">k: how many rows the mean above counts for, at least 0.</param>
/// <param name="Folds">Parts of the rows, each asked about what the others tell; 1 asks rows about themselves, too.</param>
/// <param name="Seed">Keys which part a row is in.</param>
public sealed record RewardModelOptions(bool ByContext = true, double Smoothing = 100, int Folds = 5, ulong Seed = 0);

/// <summary>
/// A model of rewards: smoothed means of arm and context. Of c rows with a sum s, q̂(arm, context) = (s + k q̂(arm))/(c + k), q̂(arm)
/// likewise from the arm's rows and the mean of all; without rows each is the mean above it, and without any 0. A row is asked about the
/// means of the parts that it is not in (cross-fitting: Chernozhukov et al., "Double/debiased machine learning", 2018), for a mean that has
/// seen a row's own reward makes its error too small.
/// </summary>
public sealed class RewardMeans
{
    // Doubles of all tables together: 512 MiB.
    private const long MostCells = 1L << 26;

    private readonly double[][] _tables;
    private readonly int _arms;
    private readonly ulong _seed;

    private RewardMeans(double[][] tables, int arms, ulong seed) => (_tables, _arms, _seed) = (tables, arms, seed);

    /// <summary>Parts, at least 1.</summary>
    public int Folds => _tables.Length;

    /// <summary>Fits the means of each part's other rows.</summary>
    /// <param name="log">The rows.</param>
    /// <param name="options">How.</param>
    /// <exception cref="InputException">An option is out of its range, or there are too many contexts.</exception>
    public static RewardMeans Fit(BanditLog log, RewardModelOptions options)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(options);
        int arms = log.Arms.Count, cells = checked(arms * log.Contexts.Count);
        if (!(options.Smoothing >= 0 && double.IsFinite(options.Smoothing)) || options.Folds < 1)
        {
            throw InputException.At(
                "model of rewards", "a smoothing of at least 0 and at least 1 fold", $"{options.Smoothing} and {options.Folds}", "100 and 5 are usual");
        }

        if ((long)cells * (options.Folds + 2) > MostCells)
        {
            throw InputException.At(
                log.Name, $"at most {MostCells / (options.Folds + 2):N0} pairs of arm and context", $"{cells:N0}", "name fewer columns as context");
        }

        Sums all = new(cells);
        Sums[] parts = [.. Enumerable.Range(0, options.Folds).Select(_ => options.Folds == 1 ? all : new Sums(cells))];
        for (int row = 0; row < log.Count; row++)
        {
            int cell = (log.ContextOf[row] * arms) + log.Chosen[row];
            all.Add(cell, log.Rewards[row]);
            if (options.Folds > 1)
            {
                parts[FoldOf(options.Seed, row, options.Folds)].Add(cell, log.Rewards[row]);
            }
        }

        return new RewardMeans(
            [.. parts.Select(part => MeansOf(options.Folds > 1 ? all.Less(part) : all, arms, options))], arms, options.Seed);
    }

    /// <summary>The part of a row.</summary>
    public int FoldOf(int row) => FoldOf(_seed, row, _tables.Length);

    /// <summary>q̂ of all arms in a context, [arms], from the rows that are not of a part.</summary>
    public ReadOnlySpan<double> Of(int fold, int context) => _tables[fold].AsSpan(context * _arms, _arms);

    private static int FoldOf(ulong seed, int row, int folds) =>
        folds == 1 ? 0 : new EntityRandom(seed, RandomPurpose.Split, row).NextInt(folds);

    private static double[] MeansOf(Sums sums, int arms, RewardModelOptions options)
    {
        double[] means = new double[sums.Rewards.Length];
        double[] armRewards = new double[arms], armCounts = new double[arms];
        for (int cell = 0; cell < means.Length; cell++)
        {
            armRewards[cell % arms] += sums.Rewards[cell];
            armCounts[cell % arms] += sums.Counts[cell];
        }

        double overall = Mean(armRewards.Sum(), armCounts.Sum(), 0, 0);
        for (int cell = 0; cell < means.Length; cell++)
        {
            double ofArm = Mean(armRewards[cell % arms], armCounts[cell % arms], options.Smoothing, overall);
            means[cell] = options.ByContext ? Mean(sums.Rewards[cell], sums.Counts[cell], options.Smoothing, ofArm) : ofArm;
        }

        return means;
    }

    private static double Mean(double sum, double count, double smoothing, double above) =>
        count > 0 ? (sum + (smoothing * above)) / (count + smoothing) : above;

    /// <summary>Sums over rows, by cell.</summary>
    private sealed class Sums(int cells)
    {
        public double[] Rewards { get; } = new double[cells];

        public int[] Counts { get; } = new int[cells];

        public void Add(int cell, double reward)
        {
            Rewards[cell] += reward;
            Counts[cell]++;
        }

        // A cell without rows has no sum, whatever rounding left of it.
        public Sums Less(Sums part)
        {
            Sums rest = new(Counts.Length);
            for (int cell = 0; cell < rest.Counts.Length; cell++)
            {
                rest.Counts[cell] = Counts[cell] - part.Counts[cell];
                rest.Rewards[cell] = rest.Counts[cell] == 0 ? 0 : Rewards[cell] - part.Rewards[cell];
            }

            return rest;
        }
    }
}
