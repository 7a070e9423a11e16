using DistRec.Evaluation.Bandits;
using DistRec.Evaluation.Bandits.Comparison;
using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Tests.Bandits.Comparison;

public sealed class ArmComparisonTests
{
    [Fact]
    public void Two_proportions_have_the_z_and_the_p_value_worked_out_apart()
    {
        var comparison = ArmComparison.OfRates(200, 4000, 260, 4000);

        comparison.Difference.ShouldBe(0.015, 1e-15);
        comparison.Z.ShouldBe(2.881586461903164, 1e-12);
        comparison.PValue.ShouldBe(0.0039567866009765015, 1e-12);

        // ±1.96 √(0.05·0.95/4000 + 0.065·0.935/4000) around the difference, but for the squares of Wilson's distances.
        comparison.Lower.ShouldBe(0.0048, 1e-4);
        comparison.Upper.ShouldBe(0.0252, 1e-4);
    }

    // Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 1998, table II, method 10.
    [Theory]
    [InlineData(48, 80, 56, 70, 0.0524, 0.3339)]
    [InlineData(3, 10, 9, 10, 0.1705, 0.8090)]
    [InlineData(0, 10, 10, 10, 0.6075, 1.0000)]
    [InlineData(0, 29, 5, 56, -0.0381, 0.1926)]
    public void Intervals_are_those_of_the_literature(
        long control, long controlTrials, long other, long otherTrials, double lower, double upper)
    {
        var comparison = ArmComparison.OfRates(control, controlTrials, other, otherTrials);

        comparison.Lower.ShouldBe(lower, 5.1e-5);
        comparison.Upper.ShouldBe(upper, 5.1e-5);
    }

    [Fact]
    public void Sides_exchanged_turn_the_sign()
    {
        ArmComparison there = ArmComparison.OfRates(20, 400, 31, 300), back = ArmComparison.OfRates(31, 300, 20, 400);

        back.Difference.ShouldBe(-there.Difference, 1e-15);
        (back.Lower, back.Upper).ShouldBe((-there.Upper, -there.Lower));
        back.PValue.ShouldBe(there.PValue, 1e-15);
    }

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(0, 0, 3, 5)]
    [InlineData(2, 5, 0, 0)]
    public void Without_trials_nothing_can_be_said(long control, long controlTrials, long other, long otherTrials)
    {
        var comparison = ArmComparison.OfRates(control, controlTrials, other, otherTrials);

        (comparison.Lower, comparison.Upper, comparison.Z, comparison.PValue).ShouldBe((-1, 1, 0, 1));
    }

    [Fact]
    public void No_clicks_at_all_tell_no_arms_apart_and_still_have_an_interval()
    {
        var comparison = ArmComparison.OfRates(0, 50, 0, 50);

        (comparison.Z, comparison.PValue).ShouldBe((0, 1));
        comparison.Lower.ShouldBeLessThan(-0.05);
        comparison.Upper.ShouldBeGreaterThan(0.05);
    }

    [Fact]
    public void Mean_rewards_are_compared_by_their_own_spread()
    {
        ArmStatistics control = WithRewards(0.2, 0.4, 0.6), other = WithRewards(0.5, 0.9, 0.7, 0.7);

        var comparison = ArmComparison.OfRewards(control, other);

        // Variances 0.04 and 0.08/3.
        double error = Math.Sqrt((0.04 / 3) + (0.08 / 3 / 4));
        comparison.Difference.ShouldBe(0.3, 1e-12);
        comparison.Z.ShouldBe(0.3 / error, 1e-9);
        comparison.Lower.ShouldBe(0.3 - (1.959963984540054 * error), 1e-9);
        comparison.Upper.ShouldBe(0.3 + (1.959963984540054 * error), 1e-9);
    }

    [Fact]
    public void Rewards_that_never_varied_tell_nothing()
    {
        foreach ((ArmStatistics control, ArmStatistics other) in new[]
        {
            (default, default), (WithRewards(1), WithRewards(0, 1)), (WithRewards(0.5, 0.5), WithRewards(0.5, 0.5)),
        })
        {
            var comparison = ArmComparison.OfRewards(control, other);
            (comparison.Lower, comparison.Upper, comparison.Z, comparison.PValue).ShouldBe((-1, 1, 0, 1));
        }
    }

    [Fact]
    public void Equal_arms_are_told_apart_as_often_as_the_significance_says()
    {
        const int Tests = 4_000;
        int found = 0;
        for (int test = 0; test < Tests; test++)
        {
            EntityRandom random = new(5, RandomPurpose.SimulatedReward, test);
            long[] clicks = new long[2];
            for (int impression = 0; impression < 2_000; impression++)
            {
                clicks[impression % 2] += random.NextDouble() < 0.1 ? 1 : 0;
            }

            found += ArmComparison.OfRates(clicks[0], 1_000, clicks[1], 1_000).PValue <= 0.05 ? 1 : 0;
        }

        ((double)found / Tests).ShouldBe(0.05, 5 * Math.Sqrt(0.05 * 0.95 / Tests));
    }

    private static ArmStatistics WithRewards(params double[] rewards) =>
        rewards.Aggregate(default(ArmStatistics), (arm, reward) => arm.AddImpression().AddReward(reward));
}
