using DistRec.Evaluation.Metrics;

namespace DistRec.Evaluation.Tests.Metrics;

public sealed class RatingMetricsTests
{
    [Fact]
    public void Figures_are_those_of_the_textbook()
    {
        var metrics = new RatingMetrics();
        metrics.Add(1);
        metrics.Add(-2, coldUser: true);
        metrics.Add(0, coldUser: true, coldItem: true);
        metrics.Rmse.ShouldBe(Math.Sqrt(5.0 / 3));
        metrics.Mae.ShouldBe(1);
        (metrics.Count, metrics.ColdUsers, metrics.ColdItems).ShouldBe((3, 2, 1));
    }

    [Fact]
    public void Merging_parts_in_any_order_gives_the_bits_of_one_pass()
    {
        double[] errors = [.. Enumerable.Range(1, 1000).Select(number => Math.Sin(number) / number)];
        RatingMetrics whole = Of(errors);
        RatingMetrics merged = new();
        foreach (double[] part in errors.Chunk(37).Reverse())
        {
            merged.Merge(Of(part));
        }

        BitConverter.DoubleToInt64Bits(merged.Rmse).ShouldBe(BitConverter.DoubleToInt64Bits(whole.Rmse));
        BitConverter.DoubleToInt64Bits(merged.Mae).ShouldBe(BitConverter.DoubleToInt64Bits(whole.Mae));
        merged.Count.ShouldBe(1000);
    }

    [Fact]
    public void Nothing_has_no_mean_error() =>
        Should.Throw<InvalidOperationException>(() => new RatingMetrics().Rmse).Message.ShouldStartWith("no ratings were added");

    [Fact]
    public void An_error_that_is_not_a_number_is_refused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => new RatingMetrics().Add(double.NaN));

    private static RatingMetrics Of(IEnumerable<double> errors)
    {
        var metrics = new RatingMetrics();
        foreach (double error in errors)
        {
            metrics.Add(error);
        }

        return metrics;
    }
}
