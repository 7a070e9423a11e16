namespace DistRec.Data;

/// <summary>The scale 0.5, 1, …, 5: rounding to it, and what rounding makes of an expectation.</summary>
internal static class HalfStars
{
    private const double Lowest = 0.5;
    private const double Highest = 5;

    /// <summary>The nearest half star, clipped to the scale.</summary>
    public static float Round(double value) => (float)Math.Clamp(Math.Floor(value * 2 + 0.5) / 2, Lowest, Highest);

    /// <summary>E[Round(mean + deviation · z)] for standard normal z.</summary>
    /// <remarks>
    /// Each of the nine thresholds 0.75, 1.25, …, 4.75 that is passed adds half a star to the lowest value:
    /// E = 0.5 + 0.5 Σ_t P(mean + deviation · z ≥ t).
    /// </remarks>
    public static double ExpectedRound(double mean, double deviation)
    {
        double expected = Lowest;
        for (double threshold = Lowest + 0.25; threshold < Highest; threshold += 0.5)
        {
            expected += 0.5 * (deviation > 0
                ? NormalDistribution.Cumulative((mean - threshold) / deviation)
                : mean >= threshold ? 1 : 0);
        }

        return expected;
    }
}
