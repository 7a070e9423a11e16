using DistRec.Data;
using DistRec.Evaluation.Bandits.Comparison;
using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Tests.Bandits.Comparison;

public sealed class CanaryTestTests
{
    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(0.01, 0.05)]
    [InlineData(0.3, 0.9)]
    public void Expected_evidence_stays_as_it_is_at_the_margin_and_falls_on_the_side_of_the_hypothesis(double margin, double share)
    {
        CanaryOptions options = new(margin);
        CanaryTest test = new(options);
        for (int impression = 0; impression < 300; impression++)
        {
            EntityRandom random = new(1, RandomPurpose.SimulatedReward, impression);
            test.Observe(random.NextDouble() < share, random.NextDouble() < 0.4 ? 1 : 0, share);
            double control = margin + ((1 - margin) * random.NextDouble());
            (double worse, double notWorse) = Expected(test.Keep(), options, control, control - margin, share);
            worse.ShouldBe(test.WorseEvidence, test.WorseEvidence * 1e-12);
            notWorse.ShouldBe(test.NotWorseEvidence, test.NotWorseEvidence * 1e-12);

            // A canary as good as the control, and one that is never rewarded.
            Expected(test.Keep(), options, control, control, share).Worse.ShouldBeLessThanOrEqualTo(test.WorseEvidence * (1 + 1e-12));
            Expected(test.Keep(), options, control, 0, share).NotWorse.ShouldBeLessThanOrEqualTo(test.NotWorseEvidence * (1 + 1e-12));
        }
    }

    // The canary is as bad as the margin allows: whatever is found is found wrongly. Shares of 0.05, 0.5, and one that follows the rewards.
    [Theory]
    [InlineData(0, 0.05)]
    [InlineData(0, 0.5)]
    [InlineData(0.01, 0.5)]
    [InlineData(0, null)]
    public void Looked_at_after_every_impression_it_is_wrong_no_more_often_than_allowed(double margin, double? share)
    {
        const int Tests = 1_000;
        int rolledBack = 0, accepted = 0;
        Parallel.For(0, Tests, run =>
        {
            CanaryTest test = Play(new CanaryOptions(margin), 0.05, 0.05 - margin, share, impressions: 10_000, run);
            if (test.WorsePValue <= 0.05)
            {
                Interlocked.Increment(ref rolledBack);
            }

            if (test.NotWorsePValue <= 0.05)
            {
                Interlocked.Increment(ref accepted);
            }
        });

        ((double)rolledBack / Tests).ShouldBeLessThanOrEqualTo(0.05);
        ((double)accepted / Tests).ShouldBeLessThanOrEqualTo(0.05);
        (rolledBack + accepted).ShouldBeGreaterThan(0, "a test that never finds anything is no test");
    }

    [Fact]
    public void A_test_for_one_look_is_wrong_far_too_often_when_it_is_looked_at_all_the_time()
    {
        const int Tests = 200;
        int found = Enumerable.Range(0, Tests).Count(run =>
        {
            EntityRandom random = new(2, RandomPurpose.SimulatedReward, run);
            long[] clicks = new long[2];
            for (int impressions = 1; impressions <= 5_000; impressions++)
            {
                clicks[0] += random.NextDouble() < 0.05 ? 1 : 0;
                clicks[1] += random.NextDouble() < 0.05 ? 1 : 0;
                if (impressions % 50 == 0 && ArmComparison.OfRates(clicks[0], impressions, clicks[1], impressions).PValue <= 0.05)
                {
                    return true;
                }
            }

            return false;
        });

        ((double)found / Tests).ShouldBeGreaterThan(0.25);
    }

    // A click rate of 3.33 % where the control has 5 %. Figures are in the documentation.
    [Theory]
    [InlineData(0.5, 3_800, 11_000)]
    [InlineData(0.05, 22_000, 56_000)]
    public void A_canary_that_is_a_third_worse_is_rolled_back_soon(double share, int median, int late)
    {
        int[] impressions = [.. Enumerable.Range(0, 400).AsParallel().Select(run => (int)ImpressionsOf(
            Play(new CanaryOptions(), 0.05, 0.1 / 3, share, impressions: 5 * late, run, CanaryDecision.RollBack))).Order()];

        impressions[200].ShouldBeInRange(median * 4 / 5, median * 6 / 5);
        impressions[380].ShouldBeInRange(late * 3 / 4, late * 5 / 4);
    }

    [Fact]
    public void A_canary_as_good_as_the_control_is_accepted_where_a_little_loss_is_tolerated()
    {
        CanaryTest[] tests = [.. Enumerable.Range(0, 100).AsParallel().Select(run =>
            Play(new CanaryOptions(Margin: 0.01), 0.05, 0.05, 0.2, impressions: 100_000, run, CanaryDecision.Accept))];

        tests.Count(test => test.Decision == CanaryDecision.Accept).ShouldBeGreaterThanOrEqualTo(95);
        tests.ShouldAllBe(test => test.Decision != CanaryDecision.Continue);
    }

    [Fact]
    public void A_decision_stands_and_evidence_goes_on()
    {
        CanaryTest test = Play(new CanaryOptions(), 0.9, 0.1, 0.5, impressions: 1_000, run: 1, CanaryDecision.RollBack);
        test.Decision.ShouldBe(CanaryDecision.RollBack);
        double p = test.WorsePValue;
        p.ShouldBeInRange(1e-6, 0.05);

        for (int impression = 0; impression < 20_000; impression++)
        {
            test.Observe(impression % 2 == 0, impression % 2 == 0 ? 1 : 0, 0.5).ShouldBe(CanaryDecision.RollBack);
        }

        test.WorsePValue.ShouldBe(p, "the highest evidence counts, and there was none since");
        test.NotWorsePValue.ShouldBeLessThan(1e-50);
        double.IsFinite(test.NotWorseEvidence).ShouldBeTrue();
    }

    [Fact]
    public void A_test_that_was_kept_goes_on_with_the_same_bits()
    {
        CanaryOptions options = new(0.005);
        CanaryTest whole = Play(options, 0.3, 0.2, 0.3, impressions: 200, run: 5);
        CanaryTest half = Play(options, 0.3, 0.2, 0.3, impressions: 120, run: 5);
        CanaryTest resumed = Play(new CanaryTest(options, half.Keep()), 0.3, 0.2, 0.3, 120, 200, run: 5, until: null);

        resumed.Keep().Worse.ShouldBe(whole.Keep().Worse);
        resumed.Keep().NotWorse.ShouldBe(whole.Keep().NotWorse);
        (resumed.WorsePValue, resumed.NotWorsePValue, resumed.Decision).ShouldBe((whole.WorsePValue, whole.NotWorsePValue, whole.Decision));
        (resumed.Control, resumed.Canary).ShouldBe((whole.Control, whole.Canary));
        whole.Control.Impressions.ShouldBeInRange(100, 180);
    }

    [Fact]
    public void Nothing_is_proved_at_the_start()
    {
        CanaryTest test = new(new CanaryOptions());

        (test.WorseEvidence, test.NotWorseEvidence, test.WorsePValue, test.NotWorsePValue).ShouldBe((1, 1, 1, 1));
        test.Decision.ShouldBe(CanaryDecision.Continue);
    }

    [Fact]
    public void Fractions_of_rewards_are_observed_too()
    {
        CanaryTest test = new(new CanaryOptions());
        for (int impression = 0; test.Decision == CanaryDecision.Continue && impression < 5_000; impression++)
        {
            EntityRandom random = new(4, RandomPurpose.SimulatedReward, impression);
            bool isCanary = random.NextDouble() < 0.5;
            test.Observe(isCanary, (isCanary ? 0.4 : 0.6) * random.NextDouble(), 0.5);
        }

        test.Decision.ShouldBe(CanaryDecision.RollBack);
    }

    [Theory]
    [InlineData(-0.1, 0.05, 0.05)]
    [InlineData(1, 0.05, 0.05)]
    [InlineData(double.NaN, 0.05, 0.05)]
    [InlineData(0, 0, 0.05)]
    [InlineData(0, 0.05, 1)]
    public void Absurd_options_are_refused(double margin, double falseRollBacks, double falseAccepts) =>
        Should.Throw<InputException>(() => new CanaryTest(new CanaryOptions(margin, falseRollBacks, falseAccepts)));

    [Fact]
    public void Absurd_observations_are_refused_and_change_nothing()
    {
        CanaryTest test = new(new CanaryOptions());
        foreach ((double reward, double share) in new[] { (1.5, 0.5), (-1, 0.5), (double.NaN, 0.5), (1, 0), (1, 1), (1, double.NaN) })
        {
            Should.Throw<ArgumentException>(() => test.Observe(true, reward, share));
        }

        test.Canary.Impressions.ShouldBe(0);
        test.WorseEvidence.ShouldBe(1);
        Should.Throw<InputException>(() => new CanaryTest(new CanaryOptions(), test.Keep() with { Worse = [1] }));
    }

    // Evidence after one impression more, over the arm that it comes to and its reward.
    private static (double Worse, double NotWorse) Expected(
        CanaryEvidence before, CanaryOptions options, double control, double canary, double share)
    {
        double worse = 0, notWorse = 0;
        foreach (bool isCanary in new[] { false, true })
        {
            foreach (double reward in new[] { 0.0, 1 })
            {
                double rate = isCanary ? canary : control;
                double probability = (isCanary ? share : 1 - share) * (reward == 1 ? rate : 1 - rate);
                CanaryTest next = new(options, before);
                next.Observe(isCanary, reward, share);
                worse += probability * next.WorseEvidence;
                notWorse += probability * next.NotWorseEvidence;
            }
        }

        return (worse, notWorse);
    }

    private static long ImpressionsOf(CanaryTest test) => test.Control.Impressions + test.Canary.Impressions;

    private static CanaryTest Play(
        CanaryOptions options, double control, double canary, double? share, int impressions, int run, CanaryDecision? until = null) =>
        Play(new CanaryTest(options), control, canary, share, 0, impressions, run, until);

    // Without a share the canary gets less while it was rewarded more often than the control: an assignment may follow the past.
    private static CanaryTest Play(
        CanaryTest test, double control, double canary, double? share, int from, int to, int run, CanaryDecision? until)
    {
        for (int impression = from; impression < to && (until is null || test.Decision == CanaryDecision.Continue); impression++)
        {
            EntityRandom random = new(3, RandomPurpose.SimulatedReward, run, impression);
            double given = share ?? (test.Canary.MeanReward > test.Control.MeanReward ? 0.1 : 0.6);
            bool isCanary = random.NextDouble() < given;
            test.Observe(isCanary, random.NextDouble() < (isCanary ? canary : control) ? 1 : 0, given);
        }

        return test;
    }
}
