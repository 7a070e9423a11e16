using DistRec.Evaluation.Bandits;
using DistRec.Evaluation.Bandits.OffPolicy;

namespace DistRec.Cli.Bandits;

/// <summary>The policy that a log is asked about.</summary>
internal enum JudgedPolicy
{
    Uniform,
    Empirical,
    Arm,
    Greedy,
    Softmax,
    Thompson,
    EpsilonGreedy,
    Ucb,
}

/// <summary>What <c>bandit evaluate</c> was asked.</summary>
internal sealed record BanditQuestion
{
    public required string LogPath { get; init; }

    public required JudgedPolicy Policy { get; init; }

    /// <summary>The log of the empirical policy, or the one that greedy and softmax ones learn from.</summary>
    public string? PolicyLogPath { get; init; }

    public string? Arm { get; init; }

    public double Exploration { get; init; }

    public double Temperature { get; init; }

    public required BanditReadOptions Reading { get; init; }

    public required RewardModelOptions Model { get; init; }

    /// <summary>Whether estimates may lean on the model.</summary>
    public bool IsModelled { get; init; } = true;

    public required OffPolicyOptions Options { get; init; }

    /// <summary>Whether the policy changes with what it sees, so that only replay tells of it.</summary>
    public bool Learns => Policy is JudgedPolicy.Thompson or JudgedPolicy.EpsilonGreedy or JudgedPolicy.Ucb;
}

/// <summary>What <c>bandit evaluate --json</c> prints.</summary>
internal sealed record BanditJudgement
{
    public required string Log { get; init; }

    public required int Rows { get; init; }

    public required int Arms { get; init; }

    public required int Contexts { get; init; }

    /// <summary>What the log's own policy earned.</summary>
    public required OffPolicyEstimate OfLog { get; init; }

    public required JudgedPolicy Policy { get; init; }

    public required double Confidence { get; init; }

    /// <summary>Rows drawn again and again for the bootstrap's intervals; 0 for none.</summary>
    public required int Draws { get; init; }

    /// <summary>Estimates by weights and models; none of policies that learn, of which only replay tells.</summary>
    public IReadOnlyList<OffPolicyEstimate> Estimates { get; init; } = [];

    public double? EffectiveSampleSize { get; init; }

    /// <summary>Of the weights π/p before clipping.</summary>
    public double? MeanWeight { get; init; }

    public double? LargestWeight { get; init; }

    public long? ClippedRows { get; init; }

    /// <summary>τ of Switch-DR, given or chosen; null without a model of rewards.</summary>
    public double? Threshold { get; init; }

    /// <summary>λ of DRos, likewise.</summary>
    public double? Shrinkage { get; init; }

    /// <summary>Replay; null where the log is not uniform, or the policy never met it.</summary>
    public ReplayResult? Replay { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }
}

/// <summary>Judges a policy by a log.</summary>
internal static class BanditJudging
{
    /// <summary>Reads, fits and evaluates.</summary>
    /// <exception cref="InputException">A log is wrong, or cannot tell of the policy.</exception>
    public static BanditJudgement Judge(BanditQuestion question, CancellationToken cancellation)
    {
        BanditLog log = BanditLogReader.Read(question.LogPath, question.Reading, cancellation);
        List<string> notes = [.. log.Notes], warnings = [];
        OffPolicyResult? weighted = null;
        ReplayResult? replay = null;
        if (question.Learns)
        {
            replay = Replay.Of(log, Learning(question), question.Options.Seed, question.Options.Confidence);
            notes.Add("a policy that learns is judged by replay alone, as one that had as many rounds as rows matched");
        }
        else
        {
            RewardMeans parts = RewardMeans.Fit(log, question.Model);
            TargetPolicy policy = PolicyOf(question, log, parts, notes, cancellation);
            weighted = OffPolicyEvaluator.Evaluate(
                LogOutcomes.Of(log, policy, parts, question.IsModelled), question.Options, LogOutcomes.Refit(log, policy, parts));
            warnings.AddRange(weighted.Warnings);
            warnings.AddRange(OfModel(weighted, question.Options.Draws > 0));
            if (LogOutcomes.UnseenShare(log, policy, parts) is > 0 and double share)
            {
                warnings.Add(
                    $"{share:0.##%} of the policy's choices are arms that the log never shows: only a model of rewards tells of them");
            }

            if (Replay.IsUniform(log))
            {
                replay = Replay.Of(log, policy, parts, question.Options.Seed, question.Options.Confidence);
            }
            else
            {
                notes.Add("no replay: it takes the log of a uniform policy");
            }
        }

        if (replay is { Matched: var matched and < (long)OffPolicyEvaluator.FewRows })
        {
            warnings.Add($"replay: {Quantity.Of(matched, "row")} where both chose the same arm, fewer than {OffPolicyEvaluator.FewRows}");
        }

        return new BanditJudgement
        {
            Log = log.Name,
            Rows = log.Count,
            Arms = log.Arms.Count,
            Contexts = log.Contexts.Count,
            OfLog = OfLogItself(log, question.Options),
            Policy = question.Policy,
            Confidence = question.Options.Confidence,
            Draws = question.Learns ? 0 : question.Options.Draws,
            Estimates = weighted?.Estimates ?? [],
            EffectiveSampleSize = weighted?.EffectiveSampleSize,
            MeanWeight = weighted?.MeanWeight,
            LargestWeight = weighted?.LargestWeight,
            ClippedRows = weighted?.ClippedRows,
            Threshold = weighted?.Threshold,
            Shrinkage = weighted?.Shrinkage,
            Replay = replay is { Matched: > 0 } ? replay : null,
            Warnings = warnings,
            Notes = notes,
        };
    }

    // What is left of the doubly robust estimate without weights is the direct method.
    private static IEnumerable<string> OfModel(OffPolicyResult weighted, bool isDrawn)
    {
        if (weighted is { Threshold: { } threshold, Shrinkage: { } shrinkage })
        {
            string[] direct = [.. threshold == 0 ? (string[])["Switch-DR"] : [], .. shrinkage == 0 ? (string[])["DRos"] : []];
            string others = direct.Length > 0 ? $", which {string.Join(" and ", direct)} come to here," : "";
            yield return $"standard errors of DM{others} take the model of rewards as right, and are too small"
                + (isDrawn ? "; the bootstrap fits it again" : "; --draws 1000 fits it again");
        }
    }

    // Judged by itself, a policy has weights of 1.
    private static OffPolicyEstimate OfLogItself(BanditLog log, OffPolicyOptions options) =>
        OffPolicyEvaluator.Evaluate(
            [.. log.Rewards.Select((reward, row) => new LoggedOutcome(reward, log.Propensities[row], log.Propensities[row]))],
            new OffPolicyOptions(Confidence: options.Confidence))[OffPolicyEstimator.Ipw];

    private static IArmPolicy Learning(BanditQuestion question) => question.Policy switch
    {
        JudgedPolicy.Thompson => new ThompsonPolicy(),
        JudgedPolicy.EpsilonGreedy => new EpsilonGreedyPolicy(question.Exploration),
        _ => new UcbPolicy(),
    };

    private static TargetPolicy PolicyOf(
        BanditQuestion question, BanditLog log, RewardMeans parts, List<string> notes, CancellationToken cancellation)
    {
        BanditLog? other = question.PolicyLogPath is { } path
            ? TargetPolicy.Onto(BanditLogReader.Read(path, question.Reading, cancellation), log)
            : null;
        if (question.Policy is JudgedPolicy.Greedy or JudgedPolicy.Softmax)
        {
            RewardMeans means = other is null ? parts : RewardMeans.Fit(other, question.Model with { Folds = 1 });
            if (other is null && parts.Folds > 1)
            {
                notes.Add($"the policy is learned {parts.Folds} times, for each part of the rows from the others, and judged as a mean");
            }

            return question.Policy == JudgedPolicy.Greedy
                ? TargetPolicy.Greedy(log, means, question.Exploration)
                : TargetPolicy.Softmax(log, means, question.Temperature);
        }

        return question.Policy switch
        {
            JudgedPolicy.Empirical => TargetPolicy.OfLog(log, other!),
            JudgedPolicy.Arm => TargetPolicy.Constant(log, question.Arm!),
            _ => TargetPolicy.Uniform(log),
        };
    }
}
