using DistRec.Data;

namespace DistRec.Evaluation.Bandits.OffPolicy;

/// <summary>How to evaluate a policy by a log.</summary>
/// <param name="LargestWeight">Weights π/p above it are clipped to it, which trades variance for bias; infinite for none.</param>
/// <param name="Confidence">How often an interval is meant to cover the policy's mean reward.</param>
public sealed record OffPolicyOptions(double LargestWeight = double.PositiveInfinity, double Confidence = RateEstimate.UsualConfidence);

/// <summary>
/// Estimates the mean reward of a policy from the log of another, with w = π/p (Dudík, Erhan, Langford, Li, "Doubly robust policy
/// evaluation and optimization", Statistical Science 2014; Swaminathan, Joachims, "The self-normalized estimator for counterfactual
/// learning", NIPS 2015).
/// </summary>
/// <remarks>
/// Standard errors are s/√n over the rows' terms: w r for IPW, OfTarget for DM, OfTarget + w (r − OfChosen) for DR, and, for SNIPW by the
/// delta method, w (r − v)/w̄ (Owen, "Monte Carlo theory, methods and examples", section 9.2). Rows are taken as independent. With a
/// uniform log and a policy that always knows its arm, SNIPW is the replay of Li, Chu, Langford, Wang (WSDM 2011): the mean reward where
/// both agree.
/// </remarks>
public static class OffPolicyEvaluator
{
    /// <summary>Effective rows below which normal intervals are not to be trusted.</summary>
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
    /// <exception cref="InputException">There are no rows, or a number is out of its range.</exception>
    public static OffPolicyResult Evaluate(ReadOnlySpan<LoggedOutcome> log, OffPolicyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Check(log, options);
        var weights = new TermSums();
        var inverse = new TermSums();
        var direct = new TermSums();
        var doubly = new TermSums();
        double clipped = 0, clippedSquares = 0, rewarded = 0, largest = 0;
        long clippedRows = 0;
        foreach (LoggedOutcome row in log)
        {
            double ratio = row.TargetProbability / row.Propensity, weight = Math.Min(ratio, options.LargestWeight);
            weights.Add(ratio);
            largest = Math.Max(largest, ratio);
            clippedRows += ratio > options.LargestWeight ? 1 : 0;
            clipped += weight;
            clippedSquares += weight * weight;
            rewarded += row.Reward != 0 ? weight : 0;
            inverse.Add(weight * row.Reward);
            if (row.Model is { } model)
            {
                direct.Add(model.OfTarget);
                doubly.Add(model.OfTarget + (weight * (row.Reward - model.OfChosen)));
            }
        }

        double effective = clipped > 0 ? clipped * (clipped / clippedSquares) : 0;
        double normalized = clipped > 0 ? inverse.Sum / clipped : 0;
        double quantile = RateEstimate.Quantile(options.Confidence);
        return new OffPolicyResult(
            log.Length,
            effective,
            weights.Mean,
            largest,
            clippedRows,
            Interval(inverse.Mean, inverse.StandardError, quantile),
            Interval(normalized, NormalizedError(log, options.LargestWeight, normalized, clipped), quantile),
            direct.Count > 0 ? Interval(direct.Mean, direct.StandardError, quantile) : null,
            doubly.Count > 0 ? Interval(doubly.Mean, doubly.StandardError, quantile) : null,
            Warnings(weights, effective, clipped > 0 ? effective * (rewarded / clipped) : 0));
    }

    // √(Σ w² (r − v)²) / Σ w
    private static double NormalizedError(ReadOnlySpan<LoggedOutcome> log, double largestWeight, double value, double weights)
    {
        double squares = 0;
        foreach (LoggedOutcome row in log)
        {
            double term = Math.Min(row.TargetProbability / row.Propensity, largestWeight) * (row.Reward - value);
            squares += term * term;
        }

        return weights > 0 ? Math.Sqrt(squares) / weights : 0;
    }

    private static OffPolicyEstimate Interval(double value, double error, double quantile) =>
        new(value, error, value - (quantile * error), value + (quantile * error));

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

    private static void Require(bool holds, int row, string expected, string found)
    {
        if (!holds)
        {
            throw InputException.At($"row {row} of the log", expected, found, "leave out rows that were not logged whole");
        }
    }
}
