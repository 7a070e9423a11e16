using MathNet.Numerics;

namespace DistRec.Evaluation.Bandits.Comparison;

/// <summary>
/// How another arm differs from the control, at one look that was planned before. Who looks again and again until p is small finds
/// differences where there are none; that takes a <see cref="CanaryTest"/>.
/// </summary>
/// <param name="Difference">Rate of the other arm − rate of the control.</param>
/// <param name="Lower">Low end of the difference's interval.</param>
/// <param name="Upper">High end of it.</param>
/// <param name="Z">The difference in standard errors, under the hypothesis that there is none; 0 where nothing can be said.</param>
/// <param name="PValue">Probability of a |Z| as large where there is no difference; 1 where nothing can be said.</param>
public sealed record ArmComparison(double Difference, double Lower, double Upper, double Z, double PValue)
{
    /// <summary>
    /// Two proportions: z = (p̂₂ − p̂₁) / √(p̄(1 − p̄)(1/n₁ + 1/n₂)) with the pooled p̄ (Fleiss, Levin, Paik, "Statistical methods for
    /// rates and proportions", chapter 3). The interval pools nothing: it adds, in squares, how far the ends of each arm's own Wilson
    /// interval are (Newcombe, Statistics in Medicine 1998, p. 873, method 10), and so does not shrink to a point where neither arm was
    /// clicked.
    /// </summary>
    /// <param name="controlSuccesses">From 0 to <paramref name="controlTrials"/>.</param>
    /// <param name="controlTrials">At least 0.</param>
    /// <param name="otherSuccesses">From 0 to <paramref name="otherTrials"/>.</param>
    /// <param name="otherTrials">At least 0.</param>
    /// <param name="confidence">How often the interval covers the true difference.</param>
    /// <exception cref="ArgumentException">A number is out of its range.</exception>
    public static ArmComparison OfRates(
        long controlSuccesses, long controlTrials, long otherSuccesses, long otherTrials, double confidence = RateEstimate.UsualConfidence)
    {
        RateEstimate control = RateEstimate.Wilson(controlSuccesses, controlTrials, confidence);
        RateEstimate other = RateEstimate.Wilson(otherSuccesses, otherTrials, confidence);
        double difference = other.Rate - control.Rate;
        if (controlTrials == 0 || otherTrials == 0)
        {
            return new ArmComparison(difference, -1, 1, 0, 1);
        }

        double lower = difference - Length(other.Rate - other.Lower, control.Upper - control.Rate);
        double upper = difference + Length(other.Upper - other.Rate, control.Rate - control.Lower);
        double pooled = (controlSuccesses + (double)otherSuccesses) / (controlTrials + (double)otherTrials);
        double error = Math.Sqrt(pooled * (1 - pooled) * ((1.0 / controlTrials) + (1.0 / otherTrials)));
        double z = error > 0 ? difference / error : 0;
        return new ArmComparison(difference, Math.Max(lower, -1), Math.Min(upper, 1), z, TwoSided(z));
    }

    /// <summary>
    /// Mean rewards: z = (x̄₂ − x̄₁) / √(s₁²/n₁ + s₂²/n₂), and the interval of ± as many of the same standard errors (Welch, Biometrika
    /// 1947, with the normal distribution that t nears after a few hundred impressions). Fewer than two impressions of either, or rewards
    /// that never varied, tell nothing.
    /// </summary>
    /// <param name="control">What the difference is from.</param>
    /// <param name="other">The other arm.</param>
    /// <param name="confidence">How often the interval covers the true difference.</param>
    public static ArmComparison OfRewards(ArmStatistics control, ArmStatistics other, double confidence = RateEstimate.UsualConfidence)
    {
        double quantile = RateEstimate.Quantile(confidence);
        double difference = other.MeanReward - control.MeanReward;
        if (Math.Min(control.Impressions, other.Impressions) < 2)
        {
            return new ArmComparison(difference, -1, 1, 0, 1);
        }

        double error = Math.Sqrt((control.RewardVariance / control.Impressions) + (other.RewardVariance / other.Impressions));
        if (error == 0)
        {
            return new ArmComparison(difference, -1, 1, 0, 1);
        }

        double z = difference / error, half = quantile * error;
        return new ArmComparison(difference, Math.Max(difference - half, -1), Math.Min(difference + half, 1), z, TwoSided(z));
    }

    private static double Length(double x, double y) => Math.Sqrt((x * x) + (y * y));

    // P(|N(0, 1)| ≥ |z|)
    private static double TwoSided(double z) => SpecialFunctions.Erfc(Math.Abs(z) / Math.Sqrt(2));
}
