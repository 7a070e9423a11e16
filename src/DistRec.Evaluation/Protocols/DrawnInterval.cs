namespace DistRec.Evaluation.Protocols;

/// <summary>Between percentiles of what draws of a bootstrap came to (Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3).</summary>
internal static class DrawnInterval
{
    /// <summary>The ends.</summary>
    /// <param name="draws">A value a draw, at least two, in any order.</param>
    /// <param name="level">Share of the draws within the interval, above 0 and below 1.</param>
    public static (double Low, double High) Of(IEnumerable<double> draws, double level)
    {
        double[] sorted = [.. draws.Order()];
        int outside = (int)Math.Round((1 - level) / 2 * sorted.Length);
        return (sorted[outside], sorted[^(outside + 1)]);
    }
}
