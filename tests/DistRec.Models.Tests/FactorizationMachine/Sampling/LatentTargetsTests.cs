using DistRec.Models.FactorizationMachine.Sampling;

namespace DistRec.Models.Tests.FactorizationMachine.Sampling;

public sealed class LatentTargetsTests
{
    [Theory]
    [InlineData(-9)]
    [InlineData(-3)]
    [InlineData(0)]
    [InlineData(1.9999)]
    [InlineData(2.0001)]
    [InlineData(5)]
    [InlineData(30)]
    public void The_mean_above_a_bound_is_the_integral(double bound)
    {
        // ∫ x φ(x) / ∫ φ(x) above the bound, with φ scaled by its value there so that nothing vanishes.
        const int Steps = 400_000;
        double width = (Math.Max(bound, 0) + 12 - bound) / Steps, mass = 0, moment = 0;
        for (int step = 0; step < Steps; step++)
        {
            double x = bound + ((step + 0.5) * width);
            double density = Math.Exp((-x * x / 2) + (bound > 0 ? bound * bound / 2 : 0));
            mass += density;
            moment += x * density;
        }

        LatentTargets.MeanAbove(bound).ShouldBe(moment / mass, 1e-7);
    }

    [Theory]
    [InlineData(-4)]
    [InlineData(-0.5)]
    [InlineData(0.3)]
    [InlineData(2)]
    [InlineData(8)]
    public void Draws_above_a_bound_have_its_mean_and_variance(double bound)
    {
        const int Draws = 200_000;
        double sum = 0, squares = 0;
        for (int draw = 0; draw < Draws; draw++)
        {
            EntityRandom random = new(5, RandomPurpose.LatentTarget, draw);
            double value = LatentTargets.DrawAbove(bound, ref random);
            value.ShouldBeGreaterThanOrEqualTo(bound);
            sum += value;
            squares += value * value;
        }

        double mean = LatentTargets.MeanAbove(bound), variance = 1 + (bound * mean) - (mean * mean);
        (sum / Draws).ShouldBe(mean, 5 * Math.Sqrt(variance / Draws));
        ((squares / Draws) - (sum / Draws * (sum / Draws))).ShouldBe(variance, 0.03 * variance);
    }

    [Theory]
    [InlineData(true, 0.7)]
    [InlineData(true, -2.5)]
    [InlineData(false, 0.7)]
    [InlineData(false, -2.5)]
    public void Targets_lie_on_the_side_of_their_label(bool isPositive, double prediction)
    {
        for (int row = 0; row < 1000; row++)
        {
            EntityRandom random = new(6, RandomPurpose.LatentTarget, row);
            (prediction + LatentTargets.Draw(isPositive, prediction, ref random) > 0).ShouldBe(isPositive);
        }

        (prediction + LatentTargets.Mean(isPositive, prediction) > 0).ShouldBe(isPositive);
    }
}
