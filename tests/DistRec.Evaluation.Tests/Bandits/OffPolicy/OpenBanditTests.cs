using DistRec.Data;
using DistRec.Data.Tests;
using DistRec.Evaluation.Bandits.Comparison;
using DistRec.Evaluation.Bandits.OffPolicy;
using static DistRec.Evaluation.Bandits.OffPolicy.OffPolicyEstimator;

namespace DistRec.Evaluation.Tests.Bandits.OffPolicy;

/// <summary>
/// Held against a plain program's figures of the men's part of the Open Bandit Dataset's sample (Saito et al., 2020): 10,000 impressions
/// by a uniform policy and 10,000 by Thompson sampling. With 46 and 69 clicks they test arithmetic, and rank nothing.
/// </summary>
public sealed class OpenBanditTests
{
    private const double LastDigit = 1e-9;

    // Means of the rows themselves, not smoothed: what the program has.
    private static readonly RewardModelOptions ItemMeans = new(ByContext: false, Smoothing: 0, Folds: 1);

    [SkippableFact]
    public void The_sample_is_read_whole()
    {
        BanditLog uniform = Read("random"), thompson = Read("bts");

        (uniform.Count, uniform.Rewards.Sum(), thompson.Count, thompson.Rewards.Sum()).ShouldBe((10_000, 46, 10_000, 69));
        uniform.Arms.ShouldBe(Enumerable.Range(0, 34).Select(item => $"{item}"));
        thompson.Contexts.Order().ShouldBe(["1", "2", "3"]);
        (thompson.Propensities.Min(), thompson.Propensities.Max()).ShouldBe((0.000165, 0.72529));
        (Replay.IsUniform(uniform), Replay.IsUniform(thompson)).ShouldBe((true, false));
        SampleRatio.Of([.. uniform.Chosen.CountBy(item => item).Select(item => (long)item.Value)], [.. Enumerable.Repeat(1.0, 34)])
            .IsMismatch.ShouldBeFalse();
    }

    [SkippableFact]
    public void The_uniform_policy_is_judged_by_the_log_of_Thompson_sampling()
    {
        BanditLog log = Read("bts");

        OffPolicyResult result = Judge(log, TargetPolicy.Uniform(log), ItemMeans, new OffPolicyOptions { Threshold = 5, Shrinkage = 10 });

        ShouldBe(result, Dm, 0.003619024, 0);
        ShouldBe(result, Ipw, 0.003008626, 0.000773935);
        ShouldBe(result, Snipw, 0.003189423, 0.000827823);
        ShouldBe(result, Dr, 0.002922733, 0.000799292);
        ShouldBe(result, Sndr, 0.002880891, 0.000843098);
        ShouldBe(result, SwitchDr, 0.004058628, 0.000765245);
        ShouldBe(result, DrOs, 0.003525083, 0.000407419);
        result.MeanWeight.ShouldBe(0.9433, 5e-5);
        result.LargestWeight.ShouldBe(178.3, 0.05);
        result.EffectiveSampleSize.ShouldBe(656, 0.5);

        // The uniform policy's own log has 0.0046, just outside: with so few clicks the interval is too short, as the warning says.
        result[Ipw].Lower.ShouldBe(0.001492, 1e-6);
        result[Ipw].Upper.ShouldBe(0.004526, 1e-6);
        result.Warnings.ShouldHaveSingleItem().ShouldContain("effective rows have a reward, fewer than 10");
    }

    [SkippableTheory]
    [InlineData(1, 0.003350314, 100, 0.003570172)]
    [InlineData(0, 0.003619024, 0, 0.003619024)]
    public void Thresholds_and_shrinkage_lead_from_the_direct_method_to_the_doubly_robust_one(
        double threshold, double switched, double shrinkage, double shrunk)
    {
        BanditLog log = Read("bts");

        OffPolicyResult result = Judge(
            log, TargetPolicy.Uniform(log), ItemMeans, new OffPolicyOptions { Threshold = threshold, Shrinkage = shrinkage });

        result[SwitchDr].Value.ShouldBe(switched, LastDigit);
        result[DrOs].Value.ShouldBe(shrunk, LastDigit);
    }

    [SkippableTheory]
    [InlineData(2, 0.002448, 0.004904)]
    [InlineData(5, 0.003009, 0.004460)]
    [InlineData(10, 0.003009, 0.003831)]
    [InlineData(100, 0.003009, 0.003217)]
    public void Weights_are_clipped(double largest, double ipw, double snipw)
    {
        BanditLog log = Read("bts");

        OffPolicyResult result = Judge(log, TargetPolicy.Uniform(log), ItemMeans, new OffPolicyOptions(largest));

        result[Ipw].Value.ShouldBe(ipw, 5e-7);
        result[Snipw].Value.ShouldBe(snipw, 5e-7);
    }

    // Item means as they are, and means of item and position that are smoothed by 100 rows.
    [SkippableTheory]
    [InlineData(false, 0, 0.005962215, 0.005812200, 0.001392807, 0.005809982, 0.001413305, 0.005968675, 0.005950045)]
    [InlineData(true, 100, 0.005671921, 0.005739033, 0.001389190, 0.005740025, 0.001409653, 0.005633097, 0.005658319)]
    public void Thompson_sampling_as_it_chose_on_average_is_judged_by_the_uniform_log(
        bool byContext, double smoothing, double dm, double dr, double drError, double sndr, double sndrError, double switched, double shrunk)
    {
        BanditLog log = Read("random");

        OffPolicyResult result = Judge(
            log,
            TargetPolicy.OfLog(log, TargetPolicy.Onto(Read("bts"), log)),
            new RewardModelOptions(byContext, smoothing, Folds: 1),
            new OffPolicyOptions { Threshold = 2, Shrinkage = 1 });

        ShouldBe(result, Ipw, 0.005656267, 0.001397600);
        ShouldBe(result, Snipw, 0.005739865, 0.001415238);
        ShouldBe(result, Dr, dr, drError);
        ShouldBe(result, Sndr, sndr, sndrError);
        result[Dm].Value.ShouldBe(dm, LastDigit);
        result[SwitchDr].Value.ShouldBe(switched, LastDigit);
        result[DrOs].Value.ShouldBe(shrunk, LastDigit);
        result.EffectiveSampleSize.ShouldBe(2869, 0.5);
    }

    [SkippableFact]
    public void Settings_that_the_data_choose_are_those_of_the_program()
    {
        BanditLog log = Read("bts");

        // The direct method is within what chance explains of the doubly robust one: nothing speaks against it.
        OffPolicyResult result = Judge(log, TargetPolicy.Uniform(log), ItemMeans, new OffPolicyOptions());

        (result.Threshold, result.Shrinkage).ShouldBe((0, 0));
    }

    [SkippableTheory]
    [InlineData("30", 279, 0.014336918, 0.007129675)]
    [InlineData("0", 272, 0.014705882, 0.007312129)]
    [InlineData("11", 345, 0.008695652, 0.005005822)]
    public void One_item_is_replayed_and_its_self_normalized_estimate_is_the_same(string item, int matched, double rate, double error)
    {
        BanditLog log = Read("random");
        RewardMeans parts = RewardMeans.Fit(log, ItemMeans);
        TargetPolicy policy = TargetPolicy.Constant(log, item);

        ReplayResult replay = Replay.Of(log, policy, parts, seed: 1);
        OffPolicyResult weighted = OffPolicyEvaluator.Evaluate(LogOutcomes.Of(log, policy, parts, isModelled: false), new OffPolicyOptions());

        (replay.Rows, replay.Matched).ShouldBe((10_000, matched));
        replay.Value.ShouldBe(rate, LastDigit);
        replay.StandardError.ShouldBe(error, LastDigit);
        weighted[Snipw].Value.ShouldBe(rate, LastDigit);
        weighted.EffectiveSampleSize.ShouldBe(matched, 1e-6);
    }

    private static void ShouldBe(OffPolicyResult result, OffPolicyEstimator estimator, double value, double error)
    {
        result[estimator].Value.ShouldBe(value, LastDigit, $"{estimator}");
        result[estimator].StandardError.ShouldBe(error, LastDigit, $"{estimator}");
    }

    private static OffPolicyResult Judge(BanditLog log, TargetPolicy policy, RewardModelOptions model, OffPolicyOptions options) =>
        OffPolicyEvaluator.Evaluate(LogOutcomes.Of(log, policy, RewardMeans.Fit(log, model)), options);

    private static BanditLog Read(string policy) =>
        BanditLogReader.Read(Path.Combine(RealData.Path("open-bandit"), policy, "men"), new BanditReadOptions());
}
