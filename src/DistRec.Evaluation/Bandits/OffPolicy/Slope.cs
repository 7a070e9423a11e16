namespace DistRec.Evaluation.Bandits.OffPolicy;

/// <summary>
/// Chooses one of several estimates by the data alone, which know the spread of an estimate and not its bias (Su, Srinath, Krishnamurthy,
/// "Adaptive estimator selection for off-policy evaluation", ICML 2020, algorithm 1). Estimates are in the order of bias, the least first,
/// and so of spread, the most first. Each has the interval value ± 2 deviation; the last one is chosen whose interval, with those of all
/// before it, has a point in common: a bias that shows ends the search.
/// </summary>
/// <remarks>
/// A deviation is the half width of the normal interval of <see cref="Confidence"/>. The interval of an estimate that was chosen so leaves
/// out both its bias and the choice.
/// </remarks>
internal static class Slope
{
    private const double Confidence = 0.95;
    private const int MostSettings = 40;

    /// <summary>The choice.</summary>
    /// <param name="candidates">Values and standard errors, at least one.</param>
    /// <returns>Its index.</returns>
    public static int Choose(params ReadOnlySpan<(double Value, double StandardError)> candidates)
    {
        double quantile = RateEstimate.Quantile(Confidence), low = double.NegativeInfinity, high = double.PositiveInfinity;
        for (int index = 0; index < candidates.Length; index++)
        {
            (double value, double error) = candidates[index];
            low = Math.Max(low, value - (2 * quantile * error));
            high = Math.Min(high, value + (2 * quantile * error));
            if (low > high)
            {
                return index - 1;
            }
        }

        return candidates.Length - 1;
    }

    /// <summary>τ of Switch-DR: the largest weight and its halves, down to the smallest, and 0, which is DM.</summary>
    /// <param name="log">The rows, all with a model of rewards.</param>
    public static double Threshold(ReadOnlySpan<LoggedOutcome> log) => Choose(log, RowTerms.SwitchedWeight, exponent: 1);

    /// <summary>λ of DRos: 256 times the square of the largest weight, which is DR but for 1/257, and its quarters, and 0.</summary>
    /// <param name="log">The rows, all with a model of rewards.</param>
    public static double Shrinkage(ReadOnlySpan<LoggedOutcome> log) => Choose(log, RowTerms.ShrunkWeight, exponent: 2);

    private static double Choose(ReadOnlySpan<LoggedOutcome> log, Func<double, double, double> weightOf, int exponent)
    {
        double largest = 0, smallest = double.PositiveInfinity;
        foreach (LoggedOutcome row in log)
        {
            double weight = row.TargetProbability / row.Propensity;
            largest = Math.Max(largest, weight);
            smallest = weight > 0 ? Math.Min(smallest, weight) : smallest;
        }

        if (largest == 0)
        {
            return 0;
        }

        // Shrinking bends long before it cuts off, and on both sides: 16 times the largest weight to a 16th of the smallest.
        double margin = exponent == 1 ? 1 : 16;
        List<double> settings = [];
        for (double at = largest * margin; at >= smallest / margin && settings.Count < MostSettings; at /= 2)
        {
            settings.Add(Math.Pow(at, exponent));
        }

        settings.Add(0);
        var candidates = new (double, double)[settings.Count];
        for (int index = 0; index < candidates.Length; index++)
        {
            TermSums terms = new();
            foreach (LoggedOutcome row in log)
            {
                ModelledReward model = row.Model!.Value;
                double weight = weightOf(row.TargetProbability / row.Propensity, settings[index]);
                terms.Add(model.OfTarget + (weight * (row.Reward - model.OfChosen)));
            }

            candidates[index] = (terms.Mean, terms.StandardError);
        }

        return settings[Choose(candidates)];
    }
}
