using DistRec.Data;
using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Bandits.OffPolicy;

/// <summary>How a model of rewards is fitted.</summary>
/// <param name="ByContext">Whether a mean is one of arm and context; else of the arm alone.</param>
/// <param name="Smoothing">k: how many rows the mean above counts for, at least 0; null has it chosen by the data.</param>
/// <param name="Folds">Parts of the rows, each asked about what the others tell; 1 asks rows about themselves, too.</param>
/// <param name="Seed">Keys which part a row is in.</param>
public sealed record RewardModelOptions(bool ByContext = true, double? Smoothing = null, int Folds = 5, ulong Seed = 0);

/// <summary>
/// A model of rewards: smoothed means of arm and context. Of c rows with a sum s, q̂(arm, context) = (s + k q̂(arm))/(c + k), q̂(arm)
/// likewise from the arm's rows and the mean of all; without rows each is the mean above it, and without any 0. Unless it is given, k is
/// the variance of rewards within a mean over that between means, for arms and for contexts of an arm (Bühlmann, Straub,
/// "Glaubwürdigkeit für Schadensätze", 1970): means that differ by no more than chance are the one above them.
/// </summary>
/// <remarks>
/// A row is asked about the means of the parts that it is not in (cross-fitting: Chernozhukov et al., "Double/debiased machine learning",
/// 2018), for a mean that has seen a row's own reward makes its error too small.
/// </remarks>
public sealed class RewardMeans
{
    // Doubles of all tables together: 512 MiB.
    private const long MostCells = 1L << 26;

    private readonly RewardModelOptions _options;
    private readonly int[] _folds;
    private readonly double[][] _tables;
    private readonly int _arms;

    private RewardMeans(BanditLog log, ReadOnlySpan<int> counts, RewardModelOptions options, int[] folds)
    {
        (_options, _folds, _arms) = (options, folds, log.Arms.Count);
        int cells = _arms * log.Contexts.Count;
        Sums all = new(cells);
        Sums[] parts = [.. Enumerable.Range(0, options.Folds).Select(_ => options.Folds == 1 ? all : new Sums(cells))];
        for (int row = 0; row < counts.Length; row++)
        {
            int cell = (log.ContextOf[row] * _arms) + log.Chosen[row];
            all.Add(cell, log.Rewards[row], counts[row]);
            if (options.Folds > 1)
            {
                parts[folds[row]].Add(cell, log.Rewards[row], counts[row]);
            }
        }

        _tables = [.. parts.Select(part => MeansOf(options.Folds > 1 ? all.Less(part) : all, _arms, options))];
    }

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
        long cells = (long)log.Arms.Count * log.Contexts.Count;
        if ((options.Smoothing is { } given && !(given >= 0 && double.IsFinite(given))) || options.Folds < 1)
        {
            throw InputException.At(
                "model of rewards",
                "a smoothing of at least 0 and at least 1 fold",
                $"{options.Smoothing} and {options.Folds}",
                "leave both out, to have the smoothing chosen");
        }

        if (cells * (options.Folds + 2) > MostCells)
        {
            throw InputException.At(
                log.Name,
                $"at most {MostCells / (options.Folds + 2):N0} pairs of arm and context",
                $"{cells:N0}",
                "name fewer columns as context");
        }

        int[] counts = new int[log.Count], folds = new int[log.Count];
        for (int row = 0; row < counts.Length; row++)
        {
            counts[row] = 1;
            folds[row] = options.Folds == 1 ? 0 : new EntityRandom(options.Seed, RandomPurpose.Split, row).NextInt(options.Folds);
        }

        return new RewardMeans(log, counts, options, folds);
    }

    /// <summary>Fits the means to some of the rows, each in the part that it was in.</summary>
    /// <param name="log">The log that the means were fitted to.</param>
    /// <param name="counts">How often each row counts, [rows].</param>
    public RewardMeans FitAgain(BanditLog log, ReadOnlySpan<int> counts)
    {
        ArgumentNullException.ThrowIfNull(log);
        return new RewardMeans(log, counts, _options, _folds);
    }

    /// <summary>The part of a row.</summary>
    public int FoldOf(int row) => _folds[row];

    /// <summary>q̂ of all arms in a context, [arms], from the rows that are not of a part.</summary>
    public ReadOnlySpan<double> Of(int fold, int context) => _tables[fold].AsSpan(context * _arms, _arms);

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
        double ofArms = options.Smoothing ?? Smoothing(armRewards, armCounts, sums.Squares, parents: 1);
        double ofCells = options.Smoothing ?? Smoothing(sums.Rewards, sums.Counts, sums.Squares, arms);
        for (int cell = 0; cell < means.Length; cell++)
        {
            double ofArm = Mean(armRewards[cell % arms], armCounts[cell % arms], ofArms, overall);
            means[cell] = options.ByContext ? Mean(sums.Rewards[cell], sums.Counts[cell], ofCells, ofArm) : ofArm;
        }

        return means;
    }

    /// <summary>
    /// Variance within groups over that between groups of a parent; infinite where the latter does not show. With Σ over groups g, their
    /// parents p and all N rows: s² = (Σr² − Σ S_g²/n_g)/(N − G), σ² = (Σ S_g²/n_g − Σ S_p²/n_p − (G − P) s²)/(N − Σ_p Σ_g n_g²/n_p).
    /// </summary>
    /// <param name="rewards">S_g, [groups]; the parent of g is g modulo the number of parents.</param>
    /// <param name="counts">n_g, [groups].</param>
    /// <param name="squares">Σr².</param>
    /// <param name="parents">Number of parents.</param>
    private static double Smoothing(double[] rewards, double[] counts, double squares, int parents)
    {
        double[] parentRewards = new double[parents], parentCounts = new double[parents], parentSquares = new double[parents];
        double rows = 0, groups = 0, ofGroups = 0;
        for (int group = 0; group < counts.Length; group++)
        {
            if (counts[group] > 0)
            {
                rows += counts[group];
                groups++;
                ofGroups += rewards[group] * rewards[group] / counts[group];
                parentRewards[group % parents] += rewards[group];
                parentCounts[group % parents] += counts[group];
                parentSquares[group % parents] += counts[group] * counts[group];
            }
        }

        double filled = 0, ofParents = 0, spread = rows;
        for (int parent = 0; parent < parents; parent++)
        {
            if (parentCounts[parent] > 0)
            {
                filled++;
                ofParents += parentRewards[parent] * parentRewards[parent] / parentCounts[parent];
                spread -= parentSquares[parent] / parentCounts[parent];
            }
        }

        if (rows <= groups || groups <= filled)
        {
            return double.PositiveInfinity;
        }

        double within = Math.Max(0, squares - ofGroups) / (rows - groups);
        double between = (ofGroups - ofParents - ((groups - filled) * within)) / spread;
        return between > 0 ? within / between : double.PositiveInfinity;
    }

    private static double Mean(double sum, double count, double smoothing, double above) =>
        count > 0 && double.IsFinite(smoothing) ? (sum + (smoothing * above)) / (count + smoothing) : above;

    /// <summary>Sums over rows, by cell.</summary>
    private sealed class Sums(int cells)
    {
        public double[] Rewards { get; } = new double[cells];

        public double[] Counts { get; } = new double[cells];

        /// <summary>Σr² of all.</summary>
        public double Squares { get; private set; }

        public void Add(int cell, double reward, int count)
        {
            Rewards[cell] += count * reward;
            Counts[cell] += count;
            Squares += count * reward * reward;
        }

        // A cell without rows has no sum, whatever rounding left of it.
        public Sums Less(Sums part)
        {
            Sums rest = new(Counts.Length) { Squares = Squares - part.Squares };
            for (int cell = 0; cell < rest.Counts.Length; cell++)
            {
                rest.Counts[cell] = Counts[cell] - part.Counts[cell];
                rest.Rewards[cell] = rest.Counts[cell] == 0 ? 0 : Rewards[cell] - part.Rewards[cell];
            }

            return rest;
        }
    }
}
