using MathNet.Numerics.Distributions;

namespace DistRec.Evaluation.Bandits;

/// <summary>A rate with an interval around it.</summary>
/// <param name="Rate">Successes over trials; 0 without trials.</param>
/// <param name="Lower">Low end, at least 0.</param>
/// <param name="Upper">High end, at most 1.</param>
public readonly record struct RateEstimate(double Rate, double Lower, double Upper)
{
    /// <summary>How often an interval covers the true value where nothing else is said.</summary>
    public const double UsualConfidence = 0.95;

    /// <summary>
    /// The score interval (Wilson, JASA 1927, p. 209): all p with |p̂ − p| ≤ z √(p(1 − p)/n). It stays within 0 to 1, and does not shrink
    /// to a point where nothing or everything succeeded. Without trials it is 0 to 1.
    /// </summary>
    /// <param name="successes">
    /// From 0 to <paramref name="trials"/>; fractions, as sums of rewards have them, make the interval wider than need be.
    /// </param>
    /// <param name="trials">At least 0.</param>
    /// <param name="confidence">Between 0 and 1.</param>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public static RateEstimate Wilson(double successes, long trials, double confidence = UsualConfidence)
    {
        double z = Quantile(confidence);
        ArgumentOutOfRangeException.ThrowIfNegative(trials);
        if (!(successes >= 0 && successes <= trials))
        {
            throw new ArgumentOutOfRangeException(nameof(successes), successes, $"expected 0 to {trials}, the number of trials");
        }

        if (trials == 0)
        {
            return new RateEstimate(0, 0, 1);
        }

        double rate = successes / trials;
        double shrink = z * z / trials;
        double centre = (rate + (shrink / 2)) / (1 + shrink);
        double half = z * Math.Sqrt(((rate * (1 - rate)) + (shrink / 4)) / trials) / (1 + shrink);

        // At the ends the formula gives 0 and 1 but for rounding.
        return new RateEstimate(
            rate,
            successes == 0 ? 0 : Math.Clamp(centre - half, 0, rate),
            successes == trials ? 1 : Math.Clamp(centre + half, rate, 1));
    }

    /// <summary>z with P(|N(0, 1)| ≤ z) = <paramref name="confidence"/>.</summary>
    internal static double Quantile(double confidence)
    {
        if (!(confidence is > 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "expected a number between 0 and 1, such as 0.95");
        }

        return -Normal.InvCDF(0, 1, (1 - confidence) / 2);
    }
}
