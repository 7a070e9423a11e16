using DistRec.Data;
using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Bandits;

/// <summary>
/// With probability ε any arm, else the one with the highest mean reward (Sutton, Barto, "Reinforcement learning", 2nd edition, section
/// 2.2). Arms without impressions come first; arms that tie share.
/// </summary>
public sealed class EpsilonGreedyPolicy : IArmPolicy
{
    /// <summary>A policy.</summary>
    /// <param name="exploration">ε, from 0 to 1.</param>
    /// <exception cref="InputException">It is outside.</exception>
    public EpsilonGreedyPolicy(double exploration)
    {
        Exploration = exploration is >= 0 and <= 1
            ? exploration
            : throw InputException.At("ε of ε-greedy", "a share from 0 to 1", $"{exploration}", "0.1 explores with a tenth");
    }

    /// <summary>ε.</summary>
    public double Exploration { get; }

    /// <inheritdoc/>
    public int Choose(ReadOnlySpan<ArmStatistics> arms, ref EntityRandom random) => ArmShares.Draw(Propensities(arms), ref random);

    /// <inheritdoc/>
    public double[] Propensities(ReadOnlySpan<ArmStatistics> arms)
    {
        ArmShares.Require(arms);
        double[] means = new double[arms.Length];
        for (int arm = 0; arm < arms.Length; arm++)
        {
            means[arm] = arms[arm].Impressions == 0 ? double.PositiveInfinity : arms[arm].MeanReward;
        }

        return [.. ArmShares.OfBest(means).Select(share => ((1 - Exploration) * share) + (Exploration / means.Length))];
    }
}
