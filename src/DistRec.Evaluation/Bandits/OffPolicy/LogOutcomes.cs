using DistRec.Data;

namespace DistRec.Evaluation.Bandits.OffPolicy;

/// <summary>The rows of a log as they are judged by.</summary>
public static class LogOutcomes
{
    /// <summary>Puts beside each row what the policy would have done there, and what a model of rewards expects.</summary>
    /// <param name="log">The rows.</param>
    /// <param name="policy">The policy to be judged.</param>
    /// <param name="parts">
    /// Which part of the rows each is in, and what the others' rewards are; the policy has no parts, or the same ones.
    /// </param>
    /// <param name="isModelled">Whether estimates may use the means as model of rewards.</param>
    public static LoggedOutcome[] Of(BanditLog log, TargetPolicy policy, RewardMeans parts, bool isModelled = true)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(parts);
        double[] expected = isModelled ? Expected(log, policy, parts) : [];
        LoggedOutcome[] outcomes = new LoggedOutcome[log.Count];
        for (int row = 0; row < outcomes.Length; row++)
        {
            double probability = policy.Of(parts.FoldOf(row), log.ContextOf[row])[log.Chosen[row]];
            outcomes[row] = new LoggedOutcome(
                log.Rewards[row],
                log.Propensities[row],
                Math.Clamp(probability, 0, 1),
                isModelled ? ModelOf(log, row, parts, expected) : null);
        }

        return outcomes;
    }

    /// <summary>Has a bootstrap fit the means to the rows that it has drawn. The policy stays.</summary>
    /// <inheritdoc cref="Of"/>
    public static ModelRefit Refit(BanditLog log, TargetPolicy policy, RewardMeans parts)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(parts);
        return (counts, models) =>
        {
            RewardMeans again = parts.FitAgain(log, counts);
            double[] expected = Expected(log, policy, again);
            for (int row = 0; row < models.Length; row++)
            {
                models[row] = ModelOf(log, row, again, expected);
            }
        };
    }

    /// <summary>How much of the policy's choices, in the log's contexts, are arms that the log never chose; 0 to 1.</summary>
    public static double UnseenShare(BanditLog log, TargetPolicy policy, RewardMeans parts)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentNullException.ThrowIfNull(parts);
        bool[] seen = new bool[log.Arms.Count];
        foreach (int arm in log.Chosen)
        {
            seen[arm] = true;
        }

        int[] unseen = [.. Enumerable.Range(0, seen.Length).Where(arm => !seen[arm])];
        double share = 0;
        for (int row = 0; unseen.Length > 0 && row < log.Count; row++)
        {
            ReadOnlySpan<double> probabilities = policy.Of(parts.FoldOf(row), log.ContextOf[row]);
            foreach (int arm in unseen)
            {
                share += probabilities[arm];
            }
        }

        return share / log.Count;
    }

    // Σ_a π(a) q̂(a), [folds, contexts].
    private static double[] Expected(BanditLog log, TargetPolicy policy, RewardMeans parts)
    {
        double[] expected = new double[parts.Folds * log.Contexts.Count];
        for (int at = 0; at < expected.Length; at++)
        {
            (int fold, int context) = (at / log.Contexts.Count, at % log.Contexts.Count);
            ReadOnlySpan<double> probabilities = policy.Of(fold, context), means = parts.Of(fold, context);
            for (int arm = 0; arm < probabilities.Length; arm++)
            {
                expected[at] += probabilities[arm] * means[arm];
            }
        }

        return expected;
    }

    private static ModelledReward ModelOf(BanditLog log, int row, RewardMeans parts, double[] expected)
    {
        (int fold, int context) = (parts.FoldOf(row), log.ContextOf[row]);
        return new ModelledReward(parts.Of(fold, context)[log.Chosen[row]], expected[(fold * log.Contexts.Count) + context]);
    }
}
