using DistRec.Evaluation.Bandits;
using DistRec.Numerics.Linear;

namespace DistRec.Evaluation.Tests.Bandits;

public sealed class ArmStatisticsTests
{
    [Fact]
    public void Rates_are_outcomes_over_impressions()
    {
        ArmStatistics arm = new(impressions: 200, clicks: 20, views: 50, conversions: 4);

        arm.ClickRate().Rate.ShouldBe(0.1);
        arm.ViewRate().Rate.ShouldBe(0.25);
        arm.ConversionRate().Rate.ShouldBe(0.02);
        arm.ClickRate().ShouldBe(RateEstimate.Wilson(20, 200));
        arm.ClickRate(confidence: 0.5).Upper.ShouldBeLessThan(arm.ClickRate().Upper);
    }

    [Fact]
    public void Nothing_seen_is_a_rate_of_nothing_and_no_idea_of_it()
    {
        ArmStatistics arm = default;

        (arm.MeanReward, arm.RewardVariance).ShouldBe((0, 0));
        foreach (RateEstimate rate in new[] { arm.ClickRate(), arm.ViewRate(), arm.ConversionRate() })
        {
            rate.ShouldBe(new RateEstimate(0, 0, 1));
        }
    }

    [Fact]
    public void Outcomes_are_counted_one_by_one()
    {
        ArmStatistics arm = default;
        for (int impression = 0; impression < 4; impression++)
        {
            arm = arm.AddImpression();
        }

        arm = arm.AddClick().AddClick().AddView().AddConversion().AddReward(1).AddReward(0.5);

        (arm.Impressions, arm.Clicks, arm.Views, arm.Conversions).ShouldBe((4, 2, 1, 1));
        arm.MeanReward.ShouldBe(1.5 / 4);

        // Rewards 1, 0.5, 0, 0 around 0.375.
        arm.RewardVariance.ShouldBe(((0.625 * 0.625) + (0.125 * 0.125) + (2 * 0.375 * 0.375)) / 3, 1e-15);
    }

    [Fact]
    public void Parts_merge_to_the_same_bits_in_any_order()
    {
        double[] rewards = [0.1, 0.2, 0.3, 0.7];
        ArmStatistics[] parts = [.. rewards.Select(reward => default(ArmStatistics).AddImpression().AddClick().AddReward(reward))];

        ArmStatistics forwards = parts.Aggregate((sum, part) => sum.Merge(part));
        ArmStatistics backwards = parts.Reverse().Aggregate((sum, part) => sum.Merge(part));

        forwards.ShouldBe(backwards);
        (forwards.Impressions, forwards.Clicks).ShouldBe((4, 4));
        forwards.MeanReward.ShouldBe(1.3 / 4, 1e-15);
        forwards.Merge(default).ShouldBe(forwards);
    }

    [Theory]
    [InlineData(-1, 0, 0, 0)]
    [InlineData(3, 4, 0, 0)]
    [InlineData(3, 0, 4, 0)]
    [InlineData(3, 0, 0, 4)]
    [InlineData(3, -1, 0, 0)]
    public void Counts_that_cannot_be_are_refused(long impressions, long clicks, long views, long conversions) =>
        Should.Throw<ArgumentException>(() => new ArmStatistics(impressions, clicks, views, conversions));

    [Fact]
    public void Outcomes_without_an_impression_are_refused()
    {
        ArmStatistics arm = default(ArmStatistics).AddImpression().AddClick().AddView().AddConversion().AddReward(1);

        Should.Throw<ArgumentException>(() => arm.AddClick());
        Should.Throw<ArgumentException>(() => arm.AddView());
        Should.Throw<ArgumentException>(() => arm.AddConversion());
        Should.Throw<ArgumentException>(() => arm.AddReward(0.1));
        Should.Throw<ArgumentException>(
            () => new ArmStatistics(2, rewards: new ReproducibleSum(1, 0), squaredRewards: new ReproducibleSum(2, 0)));
    }

    [Theory]
    [InlineData(-0.1)]
    [InlineData(1.1)]
    [InlineData(double.NaN)]
    public void Rewards_outside_their_range_are_refused(double reward) =>
        Should.Throw<ArgumentOutOfRangeException>(() => default(ArmStatistics).AddImpression().AddReward(reward));
}
