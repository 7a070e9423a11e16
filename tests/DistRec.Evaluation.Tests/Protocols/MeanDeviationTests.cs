using DistRec.Evaluation.Protocols;

namespace DistRec.Evaluation.Tests.Protocols;

public sealed class MeanDeviationTests
{
    [Fact]
    public void Mean_and_deviation_are_those_computed_by_hand()
    {
        // Squares of the distances from 5: 9, 1, 1, 1, 0, 0, 4, 16, together 32; 32 / 7 is their variance.
        MeanDeviation of = MeanDeviation.Of(2, 4, 4, 4, 5, 5, 7, 9);

        of.Mean.ShouldBe(5);
        of.Deviation.ShouldNotBeNull().ShouldBe(Math.Sqrt(32.0 / 7), 1e-15);
        of.Count.ShouldBe(8);
    }

    [Fact]
    public void Errors_that_differ_in_their_last_digits_have_a_deviation()
    {
        MeanDeviation.Of(0.91 - 1e-9, 0.91, 0.91 + 1e-9).Deviation.ShouldNotBeNull().ShouldBe(1e-9, 1e-15);
    }

    [Fact]
    public void One_run_has_a_mean_and_no_deviation() => MeanDeviation.Of(0.93).ShouldBe(new MeanDeviation(0.93, null, 1));

    [Fact]
    public void No_run_and_a_figure_that_is_no_number_are_refused()
    {
        Should.Throw<ArgumentException>(() => MeanDeviation.Of());
        Should.Throw<ArgumentException>(() => MeanDeviation.Of(1, double.NaN));
    }
}
