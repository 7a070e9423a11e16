using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Bandits;

/// <summary>
/// Thompson sampling: the arm with the highest draw θ_k ~ Beta(1 + Σ r, 1 + Σ (1 − r)), the posterior of its rate after a uniform prior
/// (Thompson, Biometrika 1933; Chapelle, Li, "An empirical evaluation of Thompson sampling", NIPS 2011, algorithm 2). So each arm is
/// chosen as often as it is likely to be the best.
/// </summary>
/// <remarks>
/// Impressions whose reward is still to come count as failures: a slow reward makes its arm look worse until it is there.
/// </remarks>
public sealed class ThompsonPolicy : IArmPolicy
{
    /// <inheritdoc/>
    public int Choose(ReadOnlySpan<ArmStatistics> arms, ref EntityRandom random)
    {
        ArmShares.Require(arms);
        int best = 0;
        double highest = double.NegativeInfinity;
        for (int arm = 0; arm < arms.Length; arm++)
        {
            BetaShape posterior = BetaShape.After(arms[arm]);
            double draw = random.NextBeta(posterior.Successes, posterior.Failures);
            if (draw > highest)
            {
                (best, highest) = (arm, draw);
            }
        }

        return best;
    }

    /// <summary>P(θ_k is the highest) = ∫ f_k Π_{j≠k} F_j dx, by quadrature to 1e-8: see <see cref="LargestBeta"/>.</summary>
    /// <param name="arms">[arms], at least one.</param>
    public double[] Propensities(ReadOnlySpan<ArmStatistics> arms)
    {
        ArmShares.Require(arms);
        BetaShape[] posteriors = new BetaShape[arms.Length];
        for (int arm = 0; arm < arms.Length; arm++)
        {
            posteriors[arm] = BetaShape.After(arms[arm]);
        }

        return LargestBeta.Probabilities(posteriors);
    }
}
