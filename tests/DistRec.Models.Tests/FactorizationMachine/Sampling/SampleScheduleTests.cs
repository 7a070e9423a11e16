using DistRec.Models.FactorizationMachine.Sampling;

namespace DistRec.Models.Tests.FactorizationMachine.Sampling;

public sealed class SampleScheduleTests
{
    private static readonly FmOptions Options = new() { Learner = FmLearner.Mcmc };

    [Fact]
    public void Every_epoch_after_the_burn_in_counts_where_nobody_says()
    {
        FmOptions options = Options with { BurnIn = 2 };

        Places(options, 6).ShouldBe([0, 0, 1, 2, 3, 4]);
    }

    [Fact]
    public void Fewer_samples_are_spread_over_the_whole_run_and_not_its_end()
    {
        FmOptions options = Options with { BurnIn = 2, KeptSamples = 3 };

        Places(options, 11).ShouldBe([0, 0, 1, 0, 0, 2, 0, 0, 3, 0, 0]);
    }

    [Theory]
    [InlineData(500, 20, 8)]
    [InlineData(100, 7, 10)]
    [InlineData(30, 20, 16)]
    [InlineData(5, 20, 4)]
    [InlineData(1, 0, 3)]
    public void There_is_a_sample_and_never_more_than_asked_for(int epochs, int burnIn, int keptSamples)
    {
        int[] places = Places(Options with { BurnIn = burnIn, KeptSamples = keptSamples }, epochs);

        places.Max().ShouldBeInRange(1, keptSamples);
    }

    private static int[] Places(FmOptions options, int epochs) =>
        [.. Enumerable.Range(1, epochs).Select(epoch => SampleSchedule.PlaceOf(options, epochs, epoch))];
}
