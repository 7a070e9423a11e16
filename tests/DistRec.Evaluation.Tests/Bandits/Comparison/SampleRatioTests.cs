using DistRec.Data;
using DistRec.Evaluation.Bandits.Comparison;
using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Tests.Bandits.Comparison;

public sealed class SampleRatioTests
{
    [Fact]
    public void Chi_squared_is_worked_out_by_hand()
    {
        // 1000 in thirds of 2:1:1: off by 30, −10 and −20 from 500, 250 and 250.
        var ratio = SampleRatio.Of([530, 240, 230], [2, 1, 1]);

        ratio.ChiSquared.ShouldBe((900.0 / 500) + (100.0 / 250) + (400.0 / 250), 1e-12);

        // With two degrees of freedom the tail is e^(−χ²/2).
        ratio.PValue.ShouldBe(Math.Exp(-ratio.ChiSquared / 2), 1e-12);
        ratio.IsMismatch.ShouldBeFalse();
    }

    [Fact]
    public void One_in_a_hundred_lost_shows_in_a_million()
    {
        SampleRatio.Of([500_000, 495_000], [1, 1]).IsMismatch.ShouldBeTrue();
        SampleRatio.Of([5_000, 4_950], [1, 1]).IsMismatch.ShouldBeFalse();
        SampleRatio.Of([950_000_000_000, 40_000_000_000], [95, 5]).PValue.ShouldBe(0);
    }

    [Fact]
    public void An_arm_that_nobody_was_to_see_and_somebody_saw_is_a_mismatch()
    {
        SampleRatio seen = SampleRatio.Of([10, 10, 1], [1, 1, 0]);
        (seen.PValue, seen.IsMismatch).ShouldBe((0, true));
        double.IsFinite(seen.ChiSquared).ShouldBeTrue();
        SampleRatio.Of([10, 10, 0], [1, 1, 0]).ShouldBe(SampleRatio.Of([10, 10], [1, 1]));
    }

    [Fact]
    public void Nothing_shown_and_a_single_arm_match()
    {
        SampleRatio.Of([0, 0], [1, 3]).ShouldBe(new SampleRatio(0, 1, false));
        SampleRatio.Of([17], [1]).ShouldBe(new SampleRatio(0, 1, false));
    }

    [Fact]
    public void A_right_split_has_p_values_below_a_twentieth_as_often_as_that()
    {
        const int Tests = 4_000;
        int below = 0;
        for (int test = 0; test < Tests; test++)
        {
            EntityRandom random = new(7, RandomPurpose.ArmChoice, test);
            long[] shown = new long[2];
            for (int impression = 0; impression < 1_000; impression++)
            {
                shown[random.NextDouble() < 0.8 ? 0 : 1]++;
            }

            below += SampleRatio.Of(shown, [0.8, 0.2]).PValue <= 0.05 ? 1 : 0;
        }

        ((double)below / Tests).ShouldBe(0.05, 5 * Math.Sqrt(0.05 * 0.95 / Tests));
    }

    [Fact]
    public void Absurd_counts_and_weights_are_refused()
    {
        Should.Throw<InputException>(() => SampleRatio.Of([1, 2], [1]));
        Should.Throw<InputException>(() => SampleRatio.Of([], []));
        Should.Throw<InputException>(() => SampleRatio.Of([1, -2], [1, 1]));
        Should.Throw<InputException>(() => SampleRatio.Of([1, 2], [0, 0]));
        Should.Throw<InputException>(() => SampleRatio.Of([1, 2], [1, double.NaN]));
        Should.Throw<InputException>(() => SampleRatio.Of([1, 2], [1, double.PositiveInfinity]));
    }
}
