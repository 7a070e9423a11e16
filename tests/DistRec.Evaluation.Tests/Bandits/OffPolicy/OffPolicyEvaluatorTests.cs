using DistRec.Data;
using DistRec.Evaluation.Bandits.OffPolicy;
using DistRec.Numerics.Random;
using static DistRec.Evaluation.Bandits.OffPolicy.OffPolicyEstimator;

namespace DistRec.Evaluation.Tests.Bandits.OffPolicy;

public sealed class OffPolicyEvaluatorTests
{
    private const double Tolerance = 1e-12;

    private static readonly double[] Logging = [0.6, 0.3, 0.1], Target = [0.1, 0.3, 0.6], Rates = [0.2, 0.5, 0.3];

    [Fact]
    public void Estimates_are_those_worked_out_by_hand()
    {
        // Weights 2, 0.5, 1, 0.
        LoggedOutcome[] log =
        [
            new(1, 0.25, 0.5, new(0.6, 0.5)),
            new(0, 0.5, 0.25, new(0.2, 0.3)),
            new(1, 0.5, 0.5, new(0.5, 0.5)),
            new(1, 0.5, 0, new(0.9, 0.1)),
        ];

        OffPolicyResult result = OffPolicyEvaluator.Evaluate(log, new OffPolicyOptions { Threshold = 1, Shrinkage = 2 });

        (result.Count, result.MeanWeight, result.LargestWeight, result.ClippedRows).ShouldBe((4, 3.5 / 4, 2, 0));
        result.EffectiveSampleSize.ShouldBe(3.5 * 3.5 / 5.25, Tolerance);
        result[Ipw].Value.ShouldBe(3.0 / 4, Tolerance);
        result[Snipw].Value.ShouldBe(3 / 3.5, Tolerance);
        result[Dm].Value.ShouldBe(0.35, Tolerance);

        // Corrections 2 · 0.4, 0.5 · −0.2, 1 · 0.5, 0.
        result[Dr].Value.ShouldBe(0.35 + (1.2 / 4), Tolerance);
        result[Sndr].Value.ShouldBe(0.35 + (1.2 / 3.5), Tolerance);

        // Without the weight of 2: 0.5 · −0.2 + 0.5; weights shrunk to 2·2/6, 2·0.5/2.25, 2/3.
        result[SwitchDr].Value.ShouldBe(0.35 + (0.4 / 4), Tolerance);
        result[DrOs].Value.ShouldBe(0.35 + (((2.0 / 3 * 0.4) - (1 / 2.25 * 0.2) + (2.0 / 3 * 0.5)) / 4), Tolerance);

        // Terms 2, 0, 1, 0 have the variance 11/12; those of SNIPW are 2/7, −3/7, 1/7, 0.
        result[Ipw].StandardError.ShouldBe(Math.Sqrt(11.0 / 12 / 4), Tolerance);
        result[Snipw].StandardError.ShouldBe(Math.Sqrt(14.0 / 49) / 3.5, Tolerance);

        // Those of SNDR are d − 0.35 + (we − w 1.2/3.5)/0.875.
        double[] terms = [0.15 + ((0.8 - (2.4 / 3.5)) / 0.875), -0.05 + ((-0.1 - (0.6 / 3.5)) / 0.875), 0.15 + ((0.5 - (1.2 / 3.5)) / 0.875), -0.25];
        result[Sndr].StandardError.ShouldBe(Math.Sqrt(terms.Sum(term => term * term)) / 4, Tolerance);
        (result[Ipw].Upper - result[Ipw].Value).ShouldBe(1.959963984540054 * result[Ipw].StandardError, Tolerance);
        (result[Ipw].Value - result[Ipw].Lower).ShouldBe(1.959963984540054 * result[Ipw].StandardError, Tolerance);
        result.Warnings.ShouldHaveSingleItem().ShouldContain("4 rows tell as much as 2 of the policy's own would");
    }

    [Fact]
    public void Clipping_holds_weights_and_counts_what_it_held()
    {
        OffPolicyResult result = OffPolicyEvaluator.Evaluate([new(1, 0.1, 1), new(0, 0.5, 0.5)], new OffPolicyOptions(LargestWeight: 4));

        (result.LargestWeight, result.MeanWeight, result.ClippedRows).ShouldBe((10, 5.5, 1));
        result[Ipw].Value.ShouldBe(2, Tolerance);
        result[Snipw].Value.ShouldBe(0.8, Tolerance);
        result.EffectiveSampleSize.ShouldBe(25.0 / 17, Tolerance);
    }

    [Fact]
    public void A_policy_that_is_judged_by_its_own_log_earned_what_is_logged()
    {
        LoggedOutcome[] log = [.. Log(500, seed: 1, modelled: false).Select(row => row with { TargetProbability = row.Propensity })];

        OffPolicyResult result = OffPolicyEvaluator.Evaluate(log, new OffPolicyOptions());

        double mean = log.Average(row => row.Reward);
        result[Ipw].Value.ShouldBe(mean, Tolerance);
        result[Snipw].Value.ShouldBe(mean, Tolerance);
        result.EffectiveSampleSize.ShouldBe(500, 1e-9);
        result.Estimates.Select(estimate => estimate.Estimator).ShouldBe([Ipw, Snipw]);
        result.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Thresholds_and_shrinkage_without_end_are_the_doubly_robust_estimate_and_none_the_direct_one()
    {
        LoggedOutcome[] log = Log(2_000, seed: 2, modelled: true);

        OffPolicyResult all = OffPolicyEvaluator.Evaluate(log, new OffPolicyOptions { Threshold = 6, Shrinkage = 1e15 });
        OffPolicyResult none = OffPolicyEvaluator.Evaluate(log, new OffPolicyOptions { Threshold = 0, Shrinkage = 0 });

        all[SwitchDr].Value.ShouldBe(all[Dr].Value, Tolerance);
        all[DrOs].Value.ShouldBe(all[Dr].Value, Tolerance);
        (none[SwitchDr].Value, none[DrOs].Value).ShouldBe((none[Dm].Value, none[Dm].Value));
    }

    [Fact]
    public void The_choice_goes_on_while_all_intervals_have_a_point_in_common()
    {
        // Intervals of ±3.92 standard errors: the third one leaves the first, and so nothing after it counts.
        Slope.Choose((1, 0.1), (1.5, 0.05), (0.5, 0.02), (1, 0.01)).ShouldBe(1);
        Slope.Choose((1, 0.1), (1.3, 0.05), (1.2, 0.02)).ShouldBe(2);
        Slope.Choose((1, 0)).ShouldBe(0);
    }

    [Fact]
    public void The_bootstrap_has_the_same_bits_for_any_threads_and_others_for_another_seed()
    {
        LoggedOutcome[] log = Log(500, seed: 5, modelled: true);
        OffPolicyOptions options = new() { Draws = 300, Seed = 7 };

        OffPolicyResult one = OffPolicyEvaluator.Evaluate(log, options with { Threads = 1 });
        OffPolicyResult many = OffPolicyEvaluator.Evaluate(log, options with { Threads = 4 });
        OffPolicyResult other = OffPolicyEvaluator.Evaluate(log, options with { Seed = 8 });

        many.Estimates.ShouldBe(one.Estimates);
        other[Ipw].Bootstrap.ShouldNotBe(one[Ipw].Bootstrap);
        foreach (OffPolicyEstimate estimate in one.Estimates.Where(estimate => estimate.Estimator is not Dm))
        {
            BootstrapInterval interval = estimate.Bootstrap!.Value;
            (interval.Upper - interval.Lower).ShouldBe(estimate.Upper - estimate.Lower, 0.15 * (estimate.Upper - estimate.Lower), $"{estimate.Estimator}");
        }
    }

    [Fact]
    public void Wrong_propensities_show_in_the_mean_of_the_weights()
    {
        LoggedOutcome[] log = [.. Log(5_000, seed: 4, modelled: false).Select(row => row with { Propensity = row.Propensity / 2 })];

        OffPolicyEvaluator.Evaluate(log, new OffPolicyOptions()).Warnings.ShouldHaveSingleItem().ShouldContain("propensities are wrong");
    }

    [Fact]
    public void A_policy_that_the_log_never_followed_has_finite_figures_and_warnings()
    {
        OffPolicyResult result = OffPolicyEvaluator.Evaluate([new(1, 0.5, 0), new(0, 0.5, 0)], new OffPolicyOptions());

        (result[Ipw].Value, result[Snipw].Value, result[Snipw].StandardError, result.EffectiveSampleSize).ShouldBe((0, 0, 0, 0));
        result.Warnings.Count.ShouldBe(2);
    }

    [Fact]
    public void Absurd_rows_are_refused_by_their_number()
    {
        LoggedOutcome good = new(1, 0.5, 0.5);
        LoggedOutcome[] bad =
        [
            good with { Reward = double.NaN }, good with { Propensity = 0 }, good with { Propensity = 1.1 },
            good with { Propensity = double.NaN }, good with { TargetProbability = -0.1 }, good with { TargetProbability = 1.1 },
            good with { Model = new(0, 0) },
        ];
        foreach (LoggedOutcome row in bad)
        {
            Should.Throw<InputException>(() => OffPolicyEvaluator.Evaluate([good, row], new OffPolicyOptions()))
                .Message.ShouldStartWith("row 1 of the log");
        }

        Should.Throw<InputException>(() => OffPolicyEvaluator.Evaluate([good with { Model = new(double.NaN, 0) }], new OffPolicyOptions()));
        Should.Throw<InputException>(() => OffPolicyEvaluator.Evaluate([], new OffPolicyOptions()));
        Should.Throw<InputException>(() => OffPolicyEvaluator.Evaluate([good], new OffPolicyOptions(LargestWeight: 0)));
        Should.Throw<InputException>(() => OffPolicyEvaluator.Evaluate([good], new OffPolicyOptions { Threshold = -1 }));
        Should.Throw<InputException>(() => OffPolicyEvaluator.Evaluate([good], new OffPolicyOptions { Shrinkage = double.NaN }));
        Should.Throw<InputException>(() => OffPolicyEvaluator.Evaluate([good], new OffPolicyOptions { Draws = 1 }));
        Should.Throw<ArgumentException>(() => OffPolicyEvaluator.Evaluate([good], new OffPolicyOptions(Confidence: 1)));
    }

    // The model takes every arm for one of 0.25, where the truth is 0.2, 0.5 and 0.3.
    private static LoggedOutcome[] Log(int rows, ulong seed, bool modelled)
    {
        LoggedOutcome[] log = new LoggedOutcome[rows];
        EntityRandom random = new(seed, RandomPurpose.SimulatedReward, 0);
        for (int row = 0; row < rows; row++)
        {
            double draw = random.NextDouble();
            int arm = draw < Logging[0] ? 0 : draw < Logging[0] + Logging[1] ? 1 : 2;
            double reward = random.NextDouble() < Rates[arm] ? 1 : 0;
            log[row] = new LoggedOutcome(reward, Logging[arm], Target[arm], modelled ? new ModelledReward(0.25, 0.25) : null);
        }

        return log;
    }
}
