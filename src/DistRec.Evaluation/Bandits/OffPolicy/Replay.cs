using DistRec.Data;
using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Bandits.OffPolicy;

/// <summary>What a policy earned in replay.</summary>
/// <param name="Rows">Rows of the log.</param>
/// <param name="Matched">Of them, those where the policy chose the log's arm: about one in as many as there are arms.</param>
/// <param name="Value">Mean reward of these; 0 where there are none.</param>
/// <param name="StandardError">s/√matched.</param>
/// <param name="Lower">Low end of an interval: Wilson's where all rewards are 0 or 1, else the normal one.</param>
/// <param name="Upper">High end of it.</param>
public sealed record ReplayResult(long Rows, long Matched, double Value, double StandardError, double Lower, double Upper);

/// <summary>
/// Plays a policy on the rows of a uniform log, one after the other: where it chooses the arm that the log has, the row's reward is its
/// reward, and a policy that learns learns from it; other rows are passed over. What is left is distributed as if the policy itself had
/// chosen (Li, Chu, Langford, Wang, "Unbiased offline evaluation of contextual-bandit-based news article recommendation algorithms", WSDM
/// 2011, algorithms 2 and 3), which takes that the log chose uniformly.
/// </summary>
public static class Replay
{
    private const double Tolerance = 1e-6;

    /// <summary>Whether all rows' propensities are one over the number of arms.</summary>
    public static bool IsUniform(BanditLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        return Array.TrueForAll(log.Propensities, propensity => Math.Abs((propensity * log.Arms.Count) - 1) <= Tolerance);
    }

    /// <summary>Plays a policy that does not learn.</summary>
    /// <param name="log">A uniform log.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="parts">Which part of the rows each is in.</param>
    /// <param name="seed">Keys the policy's draws.</param>
    /// <param name="confidence">How often the interval is meant to cover the policy's mean reward.</param>
    /// <exception cref="InputException">The log is not uniform.</exception>
    public static ReplayResult Of(
        BanditLog log, TargetPolicy policy, RewardMeans parts, ulong seed, double confidence = RateEstimate.UsualConfidence)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(parts);
        return Play(log, confidence, row =>
        {
            EntityRandom random = new(seed, RandomPurpose.ArmChoice, row);
            return ArmShares.Draw(policy.Of(parts.FoldOf(row), log.ContextOf[row]), ref random);
        });
    }

    /// <summary>Plays a policy that learns from what it chose. It knows arms and no contexts.</summary>
    /// <param name="log">A uniform log whose rewards are from 0 to 1.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="seed">Keys the policy's draws.</param>
    /// <param name="confidence">How often the interval is meant to cover the mean reward of as many rounds.</param>
    /// <exception cref="InputException">The log is not uniform, or a reward is outside 0 to 1.</exception>
    public static ReplayResult Of(BanditLog log, IArmPolicy policy, ulong seed, double confidence = RateEstimate.UsualConfidence)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(policy);
        int wrong = Array.FindIndex(log.Rewards, reward => reward is < 0 or > 1);
        if (wrong >= 0)
        {
            throw InputException.At(
                $"row {wrong} of {log.Name}",
                "a reward from 0 to 1, for a policy that learns",
                $"{log.Rewards[wrong]}",
                "divide by the largest reward");
        }

        ArmStatistics[] arms = new ArmStatistics[log.Arms.Count];
        return Play(
            log,
            confidence,
            row =>
            {
                EntityRandom random = new(seed, RandomPurpose.ArmChoice, row);
                return policy.Choose(arms, ref random);
            },
            row => arms[log.Chosen[row]] = arms[log.Chosen[row]].AddImpression().AddReward(log.Rewards[row]));
    }

    private static ReplayResult Play(BanditLog log, double confidence, Func<int, int> choose, Action<int>? learn = null)
    {
        if (!IsUniform(log))
        {
            throw InputException.At(
                $"replay on {log.Name}",
                $"a log whose {log.Arms.Count} arms were chosen uniformly",
                $"propensities from {log.Propensities.Min()} to {log.Propensities.Max()}",
                "replay needs the log of a uniform policy; judge a policy that does not learn, by weights");
        }

        TermSums rewards = new();
        for (int row = 0; row < log.Count; row++)
        {
            if (choose(row) == log.Chosen[row])
            {
                rewards.Add(log.Rewards[row]);
                learn?.Invoke(row);
            }
        }

        if (Array.TrueForAll(log.Rewards, reward => reward is 0 or 1))
        {
            RateEstimate rate = RateEstimate.Wilson(Math.Round(rewards.Mean * rewards.Count), rewards.Count, confidence);
            return new ReplayResult(log.Count, rewards.Count, rate.Rate, rewards.StandardError, rate.Lower, rate.Upper);
        }

        double half = RateEstimate.Quantile(confidence) * rewards.StandardError;
        return new ReplayResult(log.Count, rewards.Count, rewards.Mean, rewards.StandardError, rewards.Mean - half, rewards.Mean + half);
    }
}
