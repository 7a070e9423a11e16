using DistRec.Data;
using DistRec.Evaluation.Protocols;
using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Bandits.OffPolicy;

/// <summary>
/// Estimates the mean reward of a policy from the log of another, by the formulas of <see cref="RowTerms"/>. Standard errors are those of
/// the rows' influence; rows are taken as independent, and a model of rewards as right as it is. A bootstrap draws as many rows as there
/// are, with replacement, again and again (Efron, Tibshirani, "An introduction to the bootstrap", 1993, section 13.3), and where it can
/// fits the model to them, so that its intervals have the model's spread, too; τ and λ that the data chose are not chosen again.
/// </summary>
public static class OffPolicyEvaluator
{
    /// <summary>Effective rows below which intervals are not to be trusted.</summary>
    public const double FewRows = 100;

    /// <summary>
    /// Effective rows with a reward other than 0 below which they are not either: a rate from fewer than ten successes is hardly normal.
    /// </summary>
    public const double FewRewards = 10;

    // Squares of weighted rewards stay finite within these; who logs an arm of a propensity below has waited a million million rows for it.
    private const double LeastPropensity = 1e-12;
    private const double Largest = 1e100;

    // Standard errors that the mean weight may be off 1 before something is likely to be wrong.
    private const double FarFromOne = 4;

    /// <summary>Evaluates.</summary>
    /// <param name="log">The rows, at least one.</param>
    /// <param name="options">How.</param>
    /// <param name="refit">Fits the model of rewards to the rows of a draw; null to keep the model.</param>
    /// <exception cref="InputException">There are no rows, or a number is out of its range.</exception>
    public static OffPolicyResult Evaluate(LoggedOutcome[] log, OffPolicyOptions options, ModelRefit? refit = null)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(options);
        Check(log, options);
        bool isModelled = log[0].Model is not null;
        double? threshold = isModelled ? options.Threshold ?? Slope.Threshold(log) : null;
        double? shrinkage = isModelled ? options.Shrinkage ?? Slope.Shrinkage(log) : null;
        Terms termsOf = new(log, options.LargestWeight, threshold ?? 0, shrinkage ?? 0);
        OffPolicyEstimator[] estimators = isModelled ? Enum.GetValues<OffPolicyEstimator>() : [OffPolicyEstimator.Ipw, OffPolicyEstimator.Snipw];
        var weights = new TermSums();
        RowTerms sums = default;
        double squares = 0, rewarded = 0, largest = 0;
        long clippedRows = 0;
        for (int index = 0; index < log.Length; index++)
        {
            double ratio = log[index].TargetProbability / log[index].Propensity;
            weights.Add(ratio);
            largest = Math.Max(largest, ratio);
            clippedRows += ratio > options.LargestWeight ? 1 : 0;
            RowTerms terms = termsOf[index];
            sums.Add(terms);
            squares += terms.Weight * terms.Weight;
            rewarded += log[index].Reward != 0 ? terms.Weight : 0;
        }

        double effective = sums.Weight > 0 ? sums.Weight * (sums.Weight / squares) : 0;
        double quantile = RateEstimate.Quantile(options.Confidence);
        double[] errors = Errors(termsOf, estimators, sums);
        BootstrapInterval[]? intervals = options.Draws > 0 ? Bootstrap(termsOf, estimators, options, isModelled ? refit : null) : null;
        return new OffPolicyResult(
            log.Length,
            effective,
            weights.Mean,
            largest,
            clippedRows,
            threshold,
            shrinkage,
            [.. estimators.Select((estimator, at) => Interval(estimator, sums.Value(estimator, log.Length), errors[at], quantile, intervals?[at]))],
            Warnings(weights, effective, sums.Weight > 0 ? effective * (rewarded / sums.Weight) : 0));
    }

    private static OffPolicyEstimate Interval(
        OffPolicyEstimator estimator, double value, double error, double quantile, BootstrapInterval? bootstrap) =>
        new(estimator, value, error, value - (quantile * error), value + (quantile * error), bootstrap);

    // √(Σ influence²)/n, over n − 1 for means, as usual.
    private static double[] Errors(Terms termsOf, OffPolicyEstimator[] estimators, RowTerms sums)
    {
        long rows = termsOf.Count;
        double[] squares = new double[estimators.Length];
        for (int index = 0; index < rows; index++)
        {
            RowTerms terms = termsOf[index];
            for (int at = 0; at < estimators.Length; at++)
            {
                double influence = terms.Influence(estimators[at], sums, rows);
                squares[at] += influence * influence;
            }
        }

        return
        [
            .. estimators.Select((estimator, at) => estimator is OffPolicyEstimator.Snipw or OffPolicyEstimator.Sndr
                ? Math.Sqrt(squares[at]) / rows
                : rows > 1 ? Math.Sqrt(squares[at] / (rows - 1) / rows) : 0),
        ];
    }

    private static BootstrapInterval[] Bootstrap(
        Terms termsOf, OffPolicyEstimator[] estimators, OffPolicyOptions options, ModelRefit? refit)
    {
        double[][] values = [.. estimators.Select(_ => new double[options.Draws])];
        Parallel.For(0, options.Draws, new ParallelOptions { MaxDegreeOfParallelism = options.Threads }, draw =>
        {
            EntityRandom random = new(options.Seed, RandomPurpose.Resample, draw);
            int[] counts = new int[termsOf.Count];
            for (int drawn = 0; drawn < counts.Length; drawn++)
            {
                counts[random.NextInt(counts.Length)]++;
            }

            ModelledReward[] models = new ModelledReward[refit is null ? 0 : counts.Length];
            refit?.Invoke(counts, models);
            RowTerms sums = default;
            for (int row = 0; row < counts.Length; row++)
            {
                if (counts[row] > 0)
                {
                    sums.Add(refit is null ? termsOf[row] : termsOf.With(row, models[row]), counts[row]);
                }
            }

            for (int at = 0; at < estimators.Length; at++)
            {
                values[at][draw] = sums.Value(estimators[at], termsOf.Count);
            }
        });
        return [.. values.Select(draws => DrawnInterval.Of(draws, options.Confidence)).Select(ends => new BootstrapInterval(ends.Low, ends.High))];
    }

    private static List<string> Warnings(TermSums weights, double effective, double effectiveRewards)
    {
        List<string> warnings = [];
        if (effective < FewRows)
        {
            warnings.Add(
                $"{weights.Count} rows tell as much as {effective:0} of the policy's own would, fewer than {FewRows}: intervals are not to "
                + "be trusted; log more, or judge a policy nearer to the log's");
        }
        else if (effectiveRewards < FewRewards)
        {
            warnings.Add(
                $"about {effectiveRewards:0.#} effective rows have a reward, fewer than {FewRewards}: intervals are not to be trusted, "
                + "nor policies to be ranked; log more");
        }

        double off = Math.Abs(weights.Mean - 1);
        if (off > FarFromOne * weights.StandardError && off > 1e-6)
        {
            warnings.Add(
                $"weights have a mean of {weights.Mean:0.###} where 1 is expected: propensities are wrong, or the log lacks arms that the "
                + "policy chooses; look at how they were logged");
        }

        return warnings;
    }

    private static void Check(ReadOnlySpan<LoggedOutcome> log, OffPolicyOptions options)
    {
        if (!(options.LargestWeight > 0))
        {
            throw InputException.At("largest weight", "a number above 0", $"{options.LargestWeight}", "leave it out for no clipping");
        }

        RequireSetting("threshold of Switch-DR", options.Threshold);
        RequireSetting("shrinkage of DRos", options.Shrinkage);
        if (options.Draws is < 0 or 1)
        {
            throw InputException.At("draws of the bootstrap", "at least 2, or 0 for none", $"{options.Draws}", "1000 are usual");
        }

        if (log.IsEmpty)
        {
            throw InputException.At("log", "at least one row", "none", "log arms with their propensities first");
        }

        bool modelled = log[0].Model is not null;
        for (int index = 0; index < log.Length; index++)
        {
            LoggedOutcome row = log[index];
            Require(Math.Abs(row.Reward) <= Largest, index, "a finite reward", $"{row.Reward}");
            Require(row.Propensity is >= LeastPropensity and <= 1, index, $"a propensity of {LeastPropensity} to 1", $"{row.Propensity}");
            Require(row.TargetProbability is >= 0 and <= 1, index, "a target probability from 0 to 1", $"{row.TargetProbability}");
            Require(row.Model is not null == modelled, index, "estimates in all rows or in none", modelled ? "none" : "estimates");
            Require(
                row.Model is not { } model || (Math.Abs(model.OfChosen) <= Largest && Math.Abs(model.OfTarget) <= Largest),
                index,
                "finite estimates of the model",
                $"{row.Model?.OfChosen} and {row.Model?.OfTarget}");
        }
    }

    private static void RequireSetting(string name, double? value)
    {
        if (value is { } given && !(given >= 0 && double.IsFinite(given)))
        {
            throw InputException.At(name, "a finite number of at least 0", $"{given}", "leave it out to have it chosen by the data");
        }
    }

    private static void Require(bool holds, int row, string expected, string found)
    {
        if (!holds)
        {
            throw InputException.At($"row {row} of the log", expected, found, "leave out rows that were not logged whole");
        }
    }

    /// <summary>The terms of each row.</summary>
    private readonly struct Terms(LoggedOutcome[] log, double largestWeight, double threshold, double shrinkage)
    {
        public int Count => log.Length;

        public RowTerms this[int row] => RowTerms.Of(log[row], largestWeight, threshold, shrinkage);

        public RowTerms With(int row, ModelledReward model) =>
            RowTerms.Of(log[row] with { Model = model }, largestWeight, threshold, shrinkage);
    }
}
