using DistRec.Data;
using DistRec.Evaluation.Bandits.OffPolicy;
using DistRec.Numerics.Random;
using static DistRec.Evaluation.Bandits.OffPolicy.OffPolicyEstimator;

namespace DistRec.Evaluation.Tests.Bandits.OffPolicy;

/// <summary>Estimates of many logs whose truth is known, held against what theory says of them.</summary>
public sealed class EstimatorTruthTests
{
    private const int Logs = 1_000;
    private const int Rows = 1_000;

    private static readonly RewardModelOptions Usual = new();
    private static readonly OffPolicyOptions Unbounded = new() { Threshold = 1e6, Shrinkage = 1e12 };

    [Fact]
    public void Unbiased_estimates_are_so_whatever_the_model_and_their_intervals_cover()
    {
        // A model that pulls all arms together is wrong for each; cross-fitted, its errors are independent of the rows'.
        OffPolicyResult[] results = Judge(Rows, Usual with { Smoothing = 2_000 }, Unbounded);

        foreach (OffPolicyEstimator estimator in new[] { Ipw, Snipw, Dr, Sndr, SwitchDr, DrOs })
        {
            double[] values = [.. results.Select(result => result[estimator].Value)];
            double mean = values.Average(), deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (Logs - 1));
            mean.ShouldBe(SyntheticLog.TrueValue, 4 * deviation / Math.Sqrt(Logs), $"{estimator}");
            results.Average(result => result[estimator].StandardError).ShouldBe(deviation, 0.08 * deviation, $"{estimator}");
            CoverageOf(results, result => (result[estimator].Lower, result[estimator].Upper)).ShouldBe(0.95, 0.025, $"{estimator}");
        }
    }

    [Fact]
    public void A_wrong_model_misleads_the_direct_method_and_what_leans_on_it()
    {
        OffPolicyResult[] results = Judge(Rows, Usual with { Smoothing = 2_000 }, Unbounded with { Threshold = 0, Shrinkage = 0 });

        double off = results.Average(result => result[Dm].Value) - SyntheticLog.TrueValue;
        Math.Abs(off).ShouldBeGreaterThan(0.02);
        results.ShouldAllBe(result => result[SwitchDr].Value == result[Dm].Value && result[DrOs].Value == result[Dm].Value);
        CoverageOf(results, result => (result[Dm].Lower, result[Dm].Upper)).ShouldBeLessThan(0.2);
    }

    [Fact]
    public void A_right_model_makes_the_doubly_robust_estimate_vary_less_than_weighting()
    {
        OffPolicyResult[] results = Judge(Rows, Usual with { Smoothing = 1 }, Unbounded);

        Spread(results, Dr).ShouldBeLessThan(0.8 * Spread(results, Ipw));
        results.Average(result => result[Dm].Value).ShouldBe(SyntheticLog.TrueValue, 0.005);
    }

    [Fact]
    public void A_model_that_saw_the_rows_themselves_makes_errors_too_small()
    {
        OffPolicyResult[] seen = Judge(60, Usual with { Smoothing = 0, Folds = 1 }, Unbounded);
        OffPolicyResult[] unseen = Judge(60, Usual with { Smoothing = 0, Folds = 5 }, Unbounded);

        CoverageOf(seen, result => (result[Dr].Lower, result[Dr].Upper)).ShouldBeLessThan(0.88);
        CoverageOf(unseen, result => (result[Dr].Lower, result[Dr].Upper))
            .ShouldBeGreaterThan(CoverageOf(seen, result => (result[Dr].Lower, result[Dr].Upper)) + 0.02);
    }

    [Fact]
    public void Bootstrap_intervals_cover_where_the_model_is_the_only_source_of_spread_too()
    {
        OffPolicyResult[] results = Judge(500, Usual, Unbounded with { Draws = 200 }, logs: 400);
        OffPolicyResult[] direct = Judge(500, Usual, new OffPolicyOptions { Threshold = 0, Shrinkage = 1, Draws = 200 }, logs: 400);

        foreach (OffPolicyEstimator estimator in Enum.GetValues<OffPolicyEstimator>())
        {
            BootstrapCoverageOf(results, estimator).ShouldBe(0.945, 0.035, $"{estimator}");
        }

        BootstrapCoverageOf(direct, SwitchDr).ShouldBe(BootstrapCoverageOf(direct, Dm));
        BootstrapCoverageOf(direct, DrOs).ShouldBe(0.945, 0.035);

        // With the model as it is, the direct method has no spread but that of contexts.
        CoverageOf(results, result => (result[Dm].Lower, result[Dm].Upper)).ShouldBeLessThan(0.2);
    }

    [Fact]
    public void Replay_of_a_uniform_log_is_unbiased_and_covers()
    {
        BanditLog ofTarget = SyntheticLog.OfTarget();
        ReplayResult[] results =
        [
            .. Enumerable.Range(0, Logs).AsParallel().AsOrdered().Select(seed =>
            {
                BanditLog log = SyntheticLog.Of(Rows, (ulong)seed, isUniform: true);
                return Replay.Of(log, TargetPolicy.OfLog(log, ofTarget), RewardMeans.Fit(log, Usual), (ulong)seed);
            }),
        ];

        double[] values = [.. results.Select(result => result.Value)];
        double mean = values.Average(), deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (Logs - 1));
        mean.ShouldBe(SyntheticLog.TrueValue, 4 * deviation / Math.Sqrt(Logs));
        results.Average(result => result.Matched).ShouldBe(Rows / 3.0, 2);
        ((double)results.Count(result => result.Lower <= SyntheticLog.TrueValue && SyntheticLog.TrueValue <= result.Upper) / Logs)
            .ShouldBe(0.95, 0.025);
    }

    [Fact]
    public void The_data_choose_large_weights_against_a_wrong_model_and_small_ones_beside_a_right_one()
    {
        OffPolicyResult[] wrong = Judge(20_000, Usual with { Smoothing = 1e6 }, new OffPolicyOptions(), logs: 20);
        OffPolicyResult[] right = Judge(Rows, Usual with { Smoothing = 1 }, new OffPolicyOptions(), logs: 200);

        // The largest weight is 6; with τ = 0 the direct method would stay, whose bias shows.
        wrong.ShouldAllBe(result => result.Threshold >= 3);
        wrong.ShouldAllBe(result => SharesAPoint(result[SwitchDr], result[Dr]) && SharesAPoint(result[DrOs], result[Dr]));
        wrong.ShouldAllBe(result => !SharesAPoint(result[Dm], result[Dr]));
        right.Count(result => result.Threshold == 0).ShouldBeGreaterThan(150);
        Spread(right, SwitchDr).ShouldBeLessThan(Spread(right, Dr));
        Spread(right, DrOs).ShouldBeLessThan(Spread(right, Dr));
    }

    [Fact]
    public void A_policy_that_was_learned_from_the_log_is_judged_by_rows_that_it_has_not_seen()
    {
        // Arms that are all alike: a policy can only seem to be good.
        OffPolicyResult[] seen = Learned(folds: 1), unseen = Learned(folds: 5);

        seen.Average(result => result[Snipw].Value).ShouldBeGreaterThan(0.52);
        unseen.Average(result => result[Snipw].Value).ShouldBe(0.5, 0.005);

        static OffPolicyResult[] Learned(int folds) =>
        [
            .. Enumerable.Range(0, Logs).AsParallel().AsOrdered().Select(seed =>
            {
                BanditLog log = SyntheticLog.Of(300, (ulong)seed, isUniform: true);
                EntityRandom coin = new((ulong)seed, RandomPurpose.SimulatedReward, 1);
                log = log with { Rewards = Array.ConvertAll(log.Rewards, _ => coin.NextDouble() < 0.5 ? 1.0 : 0) };
                RewardMeans parts = RewardMeans.Fit(log, Usual with { Folds = folds, Seed = (ulong)seed });
                return OffPolicyEvaluator.Evaluate(
                    LogOutcomes.Of(log, TargetPolicy.Greedy(log, parts, exploration: 0), parts), Unbounded);
            }),
        ];
    }

    private static OffPolicyResult[] Judge(int rows, RewardModelOptions model, OffPolicyOptions options, int logs = Logs)
    {
        BanditLog ofTarget = SyntheticLog.OfTarget();
        return
        [
            .. Enumerable.Range(0, logs).AsParallel().AsOrdered().Select(seed =>
            {
                BanditLog log = SyntheticLog.Of(rows, (ulong)seed);
                RewardMeans parts = RewardMeans.Fit(log, model with { Seed = (ulong)seed });
                TargetPolicy policy = TargetPolicy.OfLog(log, ofTarget);
                return OffPolicyEvaluator.Evaluate(LogOutcomes.Of(log, policy, parts), options, LogOutcomes.Refit(log, policy, parts));
            }),
        ];
    }

    // Of intervals twice as wide as normal ones, by which the choice goes.
    private static bool SharesAPoint(OffPolicyEstimate one, OffPolicyEstimate other) =>
        Math.Abs(one.Value - other.Value) <= (one.Upper - one.Lower) + (other.Upper - other.Lower);

    private static double CoverageOf(OffPolicyResult[] results, Func<OffPolicyResult, (double Lower, double Upper)> interval) =>
        (double)results.Select(interval).Count(one => one.Lower <= SyntheticLog.TrueValue && SyntheticLog.TrueValue <= one.Upper) / results.Length;

    private static double BootstrapCoverageOf(OffPolicyResult[] results, OffPolicyEstimator estimator) =>
        CoverageOf(results, result => (result[estimator].Bootstrap!.Value.Lower, result[estimator].Bootstrap!.Value.Upper));

    private static double Spread(OffPolicyResult[] results, OffPolicyEstimator estimator)
    {
        double mean = results.Average(result => result[estimator].Value);
        return Math.Sqrt(results.Average(result => (result[estimator].Value - mean) * (result[estimator].Value - mean)));
    }
}
