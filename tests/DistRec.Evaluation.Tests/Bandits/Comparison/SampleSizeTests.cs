using DistRec.Data;
using DistRec.Evaluation.Bandits.Comparison;
using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Tests.Bandits.Comparison;

public sealed class SampleSizeTests
{
    [Theory]
    [InlineData(0.5, 0.75, 0.9, 77)] // power.prop.test of R: 76.7
    [InlineData(0.75, 0.5, 0.9, 77)]
    [InlineData(0.05, 0.06, 0.8, 8158)]
    [InlineData(0.05, 0.1 / 3, 0.8, 2256)]
    public void Impressions_of_an_arm_are_those_that_others_work_out(double control, double other, double power, long expected) =>
        SampleSize.PerArm(control, other, power: power).ShouldBe(expected);

    [Fact]
    public void With_as_many_impressions_the_difference_is_found_as_often_as_wanted()
    {
        const int Tests = 1_000;
        long size = SampleSize.PerArm(0.1, 0.15);
        int found = 0;
        for (int test = 0; test < Tests; test++)
        {
            EntityRandom random = new(6, RandomPurpose.SimulatedReward, test);
            long control = 0, other = 0;
            for (long impression = 0; impression < size; impression++)
            {
                control += random.NextDouble() < 0.1 ? 1 : 0;
                other += random.NextDouble() < 0.15 ? 1 : 0;
            }

            found += ArmComparison.OfRates(control, size, other, size).PValue <= 0.05 ? 1 : 0;
        }

        ((double)found / Tests).ShouldBe(0.8, 5 * Math.Sqrt(0.8 * 0.2 / Tests));
    }

    [Fact]
    public void Smaller_differences_and_surer_tests_take_more()
    {
        SampleSize.PerArm(0.05, 0.051).ShouldBeGreaterThan(90 * SampleSize.PerArm(0.05, 0.06));
        SampleSize.PerArm(0.05, 0.06, significance: 0.01).ShouldBeGreaterThan(SampleSize.PerArm(0.05, 0.06));
        SampleSize.PerArm(0.05, 0.06, power: 0.99).ShouldBeGreaterThan(SampleSize.PerArm(0.05, 0.06));
    }

    [Theory]
    [InlineData(0.05, 0.05, 0.05, 0.8)]
    [InlineData(0, 0.05, 0.05, 0.8)]
    [InlineData(0.05, 1, 0.05, 0.8)]
    [InlineData(0.05, 0.06, 0, 0.8)]
    [InlineData(0.05, 0.06, 0.05, 1)]
    [InlineData(double.NaN, 0.06, 0.05, 0.8)]
    public void Absurd_plans_are_refused(double control, double other, double significance, double power) =>
        Should.Throw<InputException>(() => SampleSize.PerArm(control, other, significance, power));
}
