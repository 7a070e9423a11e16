using DistRec.Data;
using DistRec.Evaluation.Bandits;
using DistRec.Evaluation.Bandits.OffPolicy;

namespace DistRec.Evaluation.Tests.Bandits.OffPolicy;

/// <summary>Policies to be judged, models of rewards and replay, on logs of a few rows.</summary>
public sealed class LogPolicyTests
{
    private const double Tolerance = 1e-12;

    // Context x: a 1, a 0, b 1. Context y: b 0, b 1.
    private static readonly BanditLog Small = LogOf(("x", "a", 1), ("x", "a", 0), ("x", "b", 1), ("y", "b", 0), ("y", "b", 1));

    [Fact]
    public void Means_are_smoothed_towards_the_arm_and_the_arm_towards_all()
    {
        RewardMeans means = RewardMeans.Fit(Small, new RewardModelOptions(Smoothing: 2, Folds: 1));

        // All: 3/5. a: (1 + 1.2)/4, b: (2 + 1.2)/5; c has no rows.
        means.Of(0, 0).ToArray().ShouldBe([(1 + 1.1) / 4, (1 + 1.28) / 3, 0.6], Tolerance);
        means.Of(0, 1).ToArray().ShouldBe([0.55, (1 + 1.28) / 4, 0.6], Tolerance);
        RewardMeans.Fit(Small, new RewardModelOptions(ByContext: false, Smoothing: 0, Folds: 1)).Of(0, 1).ToArray()
            .ShouldBe([1.0 / 2, 2.0 / 3, 0.6], Tolerance);
    }

    [Fact]
    public void Smoothing_follows_from_how_much_arms_and_contexts_differ()
    {
        // Within arms 1.5/6, between (2.5 − 2 − 0.25)/(8 − 4): k = 4. Contexts of an arm differ by less than chance.
        BanditLog arms = LogOf(
            ("x", "a", 1), ("y", "a", 1), ("x", "a", 0), ("y", "a", 1), ("x", "b", 0), ("y", "b", 0), ("x", "b", 1), ("y", "b", 0));
        RewardMeans ofArms = RewardMeans.Fit(arms, new RewardModelOptions(Folds: 1));
        ofArms.Of(0, 0).ToArray().ShouldBe([5.0 / 8, 3.0 / 8, 0.5], Tolerance);
        ofArms.Of(0, 1).ToArray().ShouldBe([5.0 / 8, 3.0 / 8, 0.5], Tolerance);

        // Arms alike, contexts apart: within cells 1.5/6, between (2.5 − 2 − 0.25)/(8 − 4) again, and arms no more than the mean.
        BanditLog contexts = LogOf(("x", "a", 1), ("x", "a", 1), ("x", "a", 0), ("x", "a", 1), ("y", "a", 0), ("y", "a", 0), ("y", "a", 1), ("y", "a", 0));
        RewardMeans.Fit(contexts, new RewardModelOptions(Folds: 1)).Of(0, 0)[0].ShouldBe(5.0 / 8, Tolerance);
        RewardMeans.Fit(contexts, new RewardModelOptions(Folds: 1)).Of(0, 1)[0].ShouldBe(3.0 / 8, Tolerance);

        BanditLog alike = LogOf(("x", "a", 1), ("x", "a", 0), ("x", "b", 0), ("x", "b", 1));
        RewardMeans.Fit(alike, new RewardModelOptions(Folds: 1)).Of(0, 0).ToArray().ShouldBe([0.5, 0.5, 0.5]);
        BanditLog apart = LogOf(("x", "a", 1), ("x", "a", 1), ("x", "b", 0), ("x", "b", 0));
        RewardMeans.Fit(apart, new RewardModelOptions(Folds: 1)).Of(0, 0).ToArray().ShouldBe([1, 0, 0.5]);
    }

    [Fact]
    public void No_row_is_asked_about_its_own_reward()
    {
        BanditLog log = SyntheticLog.Of(200, seed: 3);
        RewardModelOptions options = new(Smoothing: 1, Folds: 4, Seed: 5);
        RewardMeans before = RewardMeans.Fit(log, options);
        for (int row = 0; row < log.Count; row += 7)
        {
            double[] rewards = [.. log.Rewards];
            rewards[row] = 1e6;

            RewardMeans after = RewardMeans.Fit(log with { Rewards = rewards }, options);

            int fold = before.FoldOf(row);
            after.FoldOf(row).ShouldBe(fold);
            after.Of(fold, log.ContextOf[row]).ToArray().ShouldBe(before.Of(fold, log.ContextOf[row]).ToArray(), 1e-9);
            after.Of((fold + 1) % 4, log.ContextOf[row])[log.Chosen[row]].ShouldBeGreaterThan(100);
        }

        Enumerable.Range(0, log.Count).Select(before.FoldOf).Distinct().Order().ShouldBe([0, 1, 2, 3]);
    }

    [Fact]
    public void Few_rows_have_finite_means()
    {
        BanditLog one = LogOf(("x", "a", 1));

        // The one row is asked about no rows.
        RewardMeans means = RewardMeans.Fit(one, new RewardModelOptions());
        means.Of(means.FoldOf(0), 0).ToArray().ShouldBe([0, 0, 0]);
        LogOutcomes.Of(one, TargetPolicy.Uniform(one), means)[0].Model.ShouldBe(new ModelledReward(0, 0));
    }

    [Fact]
    public void Policies_have_the_probabilities_that_their_names_say()
    {
        RewardMeans means = RewardMeans.Fit(Small, new RewardModelOptions(Smoothing: 0, Folds: 1));

        TargetPolicy.Uniform(Small).Of(0, 1).ToArray().ShouldBe([1.0 / 3, 1.0 / 3, 1.0 / 3]);
        TargetPolicy.Constant(Small, "b").Of(0, 0).ToArray().ShouldBe([0, 1, 0]);

        // Means in x: 1/2, 1, 3/5; in y: 1/2, 1/2, 3/5.
        TargetPolicy.Greedy(Small, means, exploration: 0.3).Of(0, 0).ToArray().ShouldBe([0.1, 0.8, 0.1], Tolerance);
        double[] soft = TargetPolicy.Softmax(Small, means, temperature: 0.1).Of(0, 0).ToArray();
        soft.Sum().ShouldBe(1, Tolerance);
        (soft[1] / soft[0]).ShouldBe(Math.Exp(5), 1e-9);
        double[] cold = TargetPolicy.Softmax(Small, means, temperature: 1e-300).Of(0, 0).ToArray();
        cold.ShouldBe([0, 1, 0]);
    }

    [Fact]
    public void Another_logs_policy_is_how_often_it_chose_by_context_and_overall_where_it_never_was()
    {
        BanditLog other = LogOf(("x", "b", 0), ("z", "a", 0), ("x", "b", 0), ("x", "a", 0));

        TargetPolicy policy = TargetPolicy.OfLog(Small, TargetPolicy.Onto(other, Small));

        policy.Of(0, 0).ToArray().ShouldBe([1.0 / 3, 2.0 / 3, 0], Tolerance);
        policy.Of(0, 1).ToArray().ShouldBe([0.5, 0.5, 0], Tolerance);
    }

    [Fact]
    public void A_log_of_other_arms_is_refused()
    {
        BanditLog other = LogOf(("x", "b", 0)) with { Arms = ["a", "d", "c"], Name = "others.csv" };

        Should.Throw<InputException>(() => TargetPolicy.Onto(other, Small)).Message
            .ShouldBe("others.csv: expected arms of small.csv alone, found \"d\"; give logs of the same items, such as one campaign's");
        Should.Throw<InputException>(() => TargetPolicy.Constant(Small, "d")).Message.ShouldContain("found \"d\"");
    }

    [Fact]
    public void Rows_get_the_policys_probability_and_what_the_model_expects_of_it()
    {
        RewardMeans means = RewardMeans.Fit(Small, new RewardModelOptions(Smoothing: 0, Folds: 1));

        LoggedOutcome[] rows = LogOutcomes.Of(Small, TargetPolicy.Uniform(Small), means);

        rows[0].ShouldBe(new LoggedOutcome(1, 1.0 / 3, 1.0 / 3, new ModelledReward(0.5, rows[0].Model!.Value.OfTarget)));
        rows[0].Model!.Value.OfTarget.ShouldBe((0.5 + 1 + 0.6) / 3, Tolerance);
        rows[4].Model!.Value.OfTarget.ShouldBe((0.5 + 0.5 + 0.6) / 3, Tolerance);
        LogOutcomes.UnseenShare(Small, TargetPolicy.Uniform(Small), means).ShouldBe(1.0 / 3, Tolerance);
        LogOutcomes.UnseenShare(Small, TargetPolicy.Constant(Small, "a"), means).ShouldBe(0);
    }

    [Fact]
    public void Replay_counts_rows_where_both_agree_and_teaches_from_no_other()
    {
        Alternating policy = new();

        ReplayResult result = Replay.Of(Small, policy, seed: 1);

        // a is chosen until it was shown once, then b: rows 0, 2, 3 and 4 agree.
        (result.Rows, result.Matched).ShouldBe((5, 4));
        result.Value.ShouldBe(3.0 / 4, Tolerance);
        result.StandardError.ShouldBe(Math.Sqrt(0.75 / 3 / 4), Tolerance);
        (result.Lower, result.Upper).ShouldBe((RateEstimate.Wilson(3, 4).Lower, RateEstimate.Wilson(3, 4).Upper));

        // Rewards of 0 and 4 are no rates: b is in three rows, with 4, 0 and 4.
        ReplayResult amounts = Replay.Of(
            Small with { Rewards = [4, 0, 4, 0, 4] },
            TargetPolicy.Constant(Small, "b"),
            RewardMeans.Fit(Small, new RewardModelOptions()),
            seed: 1);
        (amounts.Matched, amounts.Value).ShouldBe((3, 8.0 / 3));
        amounts.Upper.ShouldBe((8.0 / 3) + (1.959963984540054 * Math.Sqrt(16.0 / 3 / 3)), 1e-9);
        policy.Seen.ShouldBe([0, 1, 1, 2, 3]);
    }

    [Fact]
    public void Replay_without_agreement_has_finite_figures_and_a_log_that_is_not_uniform_is_refused()
    {
        RewardMeans means = RewardMeans.Fit(Small, new RewardModelOptions());
        Replay.Of(Small, TargetPolicy.Constant(Small, "c"), means, seed: 1).ShouldBe(new ReplayResult(5, 0, 0, 0, 0, 1));

        BanditLog weighted = Small with { Propensities = [0.4, 0.4, 1.0 / 3, 1.0 / 3, 1.0 / 3] };
        Should.Throw<InputException>(() => Replay.Of(weighted, new ThompsonPolicy(), 1)).Message.ShouldContain("chosen uniformly");
        Should.Throw<InputException>(() => Replay.Of(Small with { Rewards = [1, 2, 0, 0, 0] }, new ThompsonPolicy(), 1)).Message
            .ShouldContain("row 1 of small.csv: expected a reward from 0 to 1");
    }

    [Fact]
    public void Thompson_sampling_learns_in_replay()
    {
        BanditLog log = SyntheticLog.Of(60_000, seed: 2, isUniform: true);

        ReplayResult learned = Replay.Of(log, new ThompsonPolicy(), seed: 1), again = Replay.Of(log, new ThompsonPolicy(), seed: 1);

        // The best arm over both contexts has 0.45, all arms alike 1/3.
        learned.Value.ShouldBeGreaterThan(0.43);
        again.ShouldBe(learned);
        learned.Matched.ShouldBeInRange(19_500, 20_500);
    }

    private static BanditLog LogOf(params (string Context, string Arm, double Reward)[] rows)
    {
        string[] arms = ["a", "b", "c"], contexts = [.. rows.Select(row => row.Context).Distinct()];
        return new BanditLog
        {
            Name = "small.csv",
            Arms = arms,
            Contexts = contexts,
            Chosen = [.. rows.Select(row => Array.IndexOf(arms, row.Arm))],
            ContextOf = [.. rows.Select(row => Array.IndexOf(contexts, row.Context))],
            Rewards = [.. rows.Select(row => row.Reward)],
            Propensities = [.. rows.Select(_ => 1.0 / 3)],
        };
    }

    private sealed class Alternating : IArmPolicy
    {
        public List<long> Seen { get; } = [];

        public int Choose(ReadOnlySpan<ArmStatistics> arms, ref Numerics.Random.EntityRandom random)
        {
            Seen.Add(arms[0].Impressions + arms[1].Impressions);
            return arms[0].Impressions == 0 ? 0 : 1;
        }

        public double[] Propensities(ReadOnlySpan<ArmStatistics> arms) => throw new NotSupportedException();
    }
}
