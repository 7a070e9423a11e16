using DistRec.Data;
using DistRec.Evaluation.Metrics;

namespace DistRec.Evaluation.Tests.Metrics;

public sealed class HistogramTests
{
    [Fact]
    public void Few_different_ratings_get_a_bar_each() =>
        Histogram.OfRatings(Row(5, 1, 0.5f, 5, 5)).ShouldBe([new(0.5, 0.5, 1), new(1, 1, 1), new(5, 5, 3)]);

    [Fact]
    public void Many_different_ratings_get_round_steps_that_cover_them_all()
    {
        IReadOnlyList<HistogramBar> bars = Histogram.OfRatings(Row([.. Enumerable.Range(0, 1001).Select(number => number / 10f)]));
        bars.Count.ShouldBe(20);
        bars[0].ShouldBe(new HistogramBar(0, 5, 50));
        bars[^1].ShouldBe(new HistogramBar(95, 100, 51), "the last bar includes its upper end");
        bars.Sum(bar => bar.Count).ShouldBe(1001);
    }

    [Fact]
    public void No_ratings_have_no_bars() => Histogram.OfRatings(Row()).ShouldBeEmpty();

    [Fact]
    public void Steps_start_at_round_numbers_and_touch()
    {
        IReadOnlyList<HistogramBar> bars = EqualSteps.Over(-4.5, 4.5).ToBars();
        bars[0].From.ShouldBe(-4.5);
        bars[^1].To.ShouldBe(4.5);
        bars.Zip(bars.Skip(1)).ShouldAllBe(pair => pair.First.To == pair.Second.From);
        bars.ShouldContain(bar => bar.From == 0);
    }

    [Fact]
    public void Values_outside_fall_into_the_end_bars()
    {
        EqualSteps steps = EqualSteps.Over(0, 1);
        steps.Add(-100);
        steps.Add(100);
        steps.Add(1);
        IReadOnlyList<HistogramBar> bars = steps.ToBars();
        (bars[0].Count, bars[^1].Count).ShouldBe((1, 2));
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(0, 0)]
    [InlineData(-1e30, 1e30)]
    [InlineData(1e6, 1000000.5)]
    public void Any_finite_range_has_a_sensible_number_of_steps(double minimum, double maximum)
    {
        IReadOnlyList<HistogramBar> bars = EqualSteps.Over(minimum, maximum).ToBars();
        bars.Count.ShouldBeInRange(1, 25);
        bars[0].From.ShouldBeLessThanOrEqualTo(minimum + Math.Abs(minimum) * 1e-12);
        bars[^1].To.ShouldBeGreaterThanOrEqualTo(maximum - Math.Abs(maximum) * 1e-12);
    }

    [Theory]
    [InlineData(0.09, 0.1)]
    [InlineData(0.1, 0.1)]
    [InlineData(0.11, 0.2)]
    [InlineData(21, 25)]
    [InlineData(26, 50)]
    [InlineData(51, 100)]
    public void Steps_are_widths_people_read_easily(double width, double expected) => RoundStep.AtLeast(width).ShouldBe(expected, 1e-12);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(4, 1)]
    [InlineData(5, 2)]
    [InlineData(19, 3)]
    [InlineData(20, 4)]
    [InlineData(999, 8)]
    [InlineData(1000, 9)]
    [InlineData(int.MaxValue, 9)]
    public void Users_fall_into_the_bin_of_their_activity(int ratings, int bin) => ActivityBins.IndexOf(ratings).ShouldBe(bin);

    private static RatingMatrix Row(params float[] values) =>
        new(Math.Max(1, values.Length), [0, values.Length], [.. Enumerable.Range(0, values.Length)], values);
}
