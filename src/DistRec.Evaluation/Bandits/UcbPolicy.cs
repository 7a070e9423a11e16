using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Bandits;

/// <summary>
/// UCB1: the arm with the highest upper bound x̄_k + √(2 ln n / n_k), n = Σ n_k (Auer, Cesa-Bianchi, Fischer, "Finite-time analysis of
/// the multiarmed bandit problem", Machine Learning 2002, figure 1). Arms without impressions come first; arms that tie share.
/// </summary>
/// <remarks>
/// But for ties nothing is left to chance: the arm's propensity is 1 and that of the others 0, so that no other policy can be judged by
/// its log. Its bounds suit any reward from 0 to 1 and are wide for rare clicks, where it explores far more than Thompson sampling.
/// </remarks>
public sealed class UcbPolicy : IArmPolicy
{
    /// <inheritdoc/>
    public int Choose(ReadOnlySpan<ArmStatistics> arms, ref EntityRandom random) => ArmShares.Draw(Propensities(arms), ref random);

    /// <inheritdoc/>
    public double[] Propensities(ReadOnlySpan<ArmStatistics> arms)
    {
        ArmShares.Require(arms);
        double impressions = 0;
        foreach (ArmStatistics arm in arms)
        {
            impressions += arm.Impressions;
        }

        double[] bounds = new double[arms.Length];
        for (int arm = 0; arm < arms.Length; arm++)
        {
            long shown = arms[arm].Impressions;
            bounds[arm] = shown == 0 ? double.PositiveInfinity : arms[arm].MeanReward + Math.Sqrt(2 * Math.Log(impressions) / shown);
        }

        return ArmShares.OfBest(bounds);
    }
}
