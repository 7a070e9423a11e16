using DistRec.Evaluation.Bandits;

namespace DistRec.Evaluation.Tests.Bandits;

public sealed class RateEstimateTests
{
    // Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 1998, table I, method 3.
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void Intervals_are_those_of_the_literature(long successes, long trials, double lower, double upper)
    {
        RateEstimate rate = RateEstimate.Wilson(successes, trials);

        rate.Rate.ShouldBe((double)successes / trials);
        rate.Lower.ShouldBe(lower, 5e-5);
        rate.Upper.ShouldBe(upper, 5e-5);
    }

    [Fact]
    public void Ends_are_where_the_rate_is_just_not_significant()
    {
        RateEstimate rate = RateEstimate.Wilson(7, 90, confidence: 0.9);

        foreach (double end in new[] { rate.Lower, rate.Upper })
        {
            (Math.Abs(rate.Rate - end) / Math.Sqrt(end * (1 - end) / 90)).ShouldBe(1.6448536269514722, 1e-9);
        }
    }

    [Theory]
    [InlineData(0.03)]
    [InlineData(0.2)]
    public void Intervals_cover_the_true_rate_as_often_as_they_say(double rate)
    {
        const int Trials = 400;
        double covered = 0, probability = Math.Pow(1 - rate, Trials);
        for (int successes = 0; successes <= Trials; successes++)
        {
            RateEstimate estimate = RateEstimate.Wilson(successes, Trials);
            covered += estimate.Lower <= rate && rate <= estimate.Upper ? probability : 0;
            probability *= (Trials - successes) / (successes + 1.0) * rate / (1 - rate);
        }

        covered.ShouldBe(0.95, 0.015);
    }

    [Fact]
    public void All_and_none_end_at_one_and_zero()
    {
        RateEstimate.Wilson(0, 1_000_000_007).Lower.ShouldBe(0);
        RateEstimate.Wilson(1_000_000_007, 1_000_000_007).Upper.ShouldBe(1);
        RateEstimate.Wilson(3, 3).Lower.ShouldBeInRange(0.4, 0.5);
    }

    [Theory]
    [InlineData(-1, 3, 0.95)]
    [InlineData(4, 3, 0.95)]
    [InlineData(double.NaN, 3, 0.95)]
    [InlineData(0, -1, 0.95)]
    [InlineData(1, 3, 0)]
    [InlineData(1, 3, 1)]
    [InlineData(1, 3, double.NaN)]
    public void Absurd_numbers_are_refused(double successes, long trials, double confidence) =>
        Should.Throw<ArgumentException>(() => RateEstimate.Wilson(successes, trials, confidence));
}
