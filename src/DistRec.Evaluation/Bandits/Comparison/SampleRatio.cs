using DistRec.Data;
using MathNet.Numerics;

namespace DistRec.Evaluation.Bandits.Comparison;

/// <summary>
/// Whether arms got the impressions they were to get: χ² = Σ (n_k − n w_k)² / (n w_k). Where they did not, something lost or doubled
/// answers, and what else the experiment says is not to be believed (Fabijan et al., "Diagnosing sample ratio mismatch in online
/// controlled experiments", KDD 2019).
/// </summary>
/// <param name="ChiSquared">χ².</param>
/// <param name="PValue">
/// Probability of a χ² as large where shares are what they should be, by its limit for many impressions: at least five are to be expected
/// of each arm.
/// </param>
/// <param name="IsMismatch">Whether it is below <see cref="Alarm"/>.</param>
public sealed record SampleRatio(double ChiSquared, double PValue, bool IsMismatch)
{
    /// <summary>
    /// One experiment in two thousand is suspected wrongly at one look: the alarm stops an experiment, so it should rarely be false.
    /// </summary>
    public const double Alarm = 0.0005;

    /// <summary>Compares impressions with shares.</summary>
    /// <param name="impressions">[arms], each at least 0. Of users that stay on their arms, count users.</param>
    /// <param name="weights">[arms], each finite and at least 0, one above 0.</param>
    /// <exception cref="InputException">There are not as many of both, or a number is out of its range.</exception>
    public static SampleRatio Of(ReadOnlySpan<long> impressions, ReadOnlySpan<double> weights)
    {
        double total = 0, shown = 0;
        for (int arm = 0; arm < Math.Min(impressions.Length, weights.Length); arm++)
        {
            bool sensible = impressions[arm] >= 0 && weights[arm] >= 0;
            total += sensible ? weights[arm] : double.NaN;
            shown += impressions[arm];
        }

        if (impressions.Length != weights.Length || !double.IsFinite(total) || total <= 0)
        {
            throw InputException.At(
                "impressions and weights of arms",
                "as many of both, at least 0, one weight above 0",
                $"[{string.Join(", ", impressions.ToArray())}] and [{string.Join(", ", weights.ToArray())}]",
                "give what each arm was shown and what share it was to have");
        }

        double sum = 0;
        int arms = 0;
        for (int arm = 0; arm < weights.Length; arm++)
        {
            double expected = shown * (weights[arm] / total), off = impressions[arm] - expected;
            if (weights[arm] == 0 && impressions[arm] > 0)
            {
                return new SampleRatio(double.MaxValue, 0, true); // an arm that nobody was to see
            }

            arms += weights[arm] > 0 ? 1 : 0;
            sum += expected > 0 ? off * off / expected : 0;
        }

        double probability = arms < 2 ? 1 : SpecialFunctions.GammaUpperRegularized((arms - 1) / 2.0, sum / 2);
        return new SampleRatio(sum, probability, probability < Alarm);
    }
}
