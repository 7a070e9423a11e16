namespace DistRec.Training.Tests.Work;

public sealed class WorkRunnerTests
{
    private static readonly BlockKey Key = new("j", 1, "tables", 0, 0);

    public static TheoryData<Exception, int> Failures { get; } = new()
    {
        { new OperationCanceledException(), (int)WorkOutcome.Overtaken },
        { new BlockDroppedException(Key), (int)WorkOutcome.Overtaken },
        { new NumericalException("not a number"), (int)WorkOutcome.Fatal },
        { new BlockUnreachableException(Key, new Uri("http://10.0.0.8/"), new Uri("http://10.0.0.9/"), TimeSpan.FromMinutes(1), "refused"), (int)WorkOutcome.Fatal },
        { new BlockTypeException(Key, "a", "b"), (int)WorkOutcome.Failed },
        { new IOException("the disk is on fire"), (int)WorkOutcome.Failed },
    };

    [Fact]
    public async Task Work_that_is_done_tells_its_sums()
    {
        RoundSums sums = RoundSums.OfDescent(0.5, 3);
        (await WorkRunner.RunAsync(7, () => Task.FromResult(sums))).ShouldBe(new WorkEnded(7, WorkOutcome.Done, sums));
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Work_that_throws_says_what_that_means_whether_it_threw_at_once_or_later(Exception failure, int outcome)
    {
        WorkEnded atOnce = await WorkRunner.RunAsync(7, () => throw failure);
        WorkEnded later = await WorkRunner.RunAsync(7, () => Task.FromException<RoundSums>(failure));
        (atOnce.Work, (int)atOnce.Outcome).ShouldBe((7, outcome));
        later.ShouldBe(atOnce);
        atOnce.Error.Contains(failure.Message, StringComparison.Ordinal).ShouldBe(atOnce.Outcome != WorkOutcome.Overtaken);
    }

    [Fact]
    public async Task Work_that_finds_no_memory_is_named_and_not_tried_again()
    {
        foreach (Exception failure in new Exception[] { new InsufficientMemoryException(), new AggregateException(new IOException("x"), new InvalidOperationException("y", new InsufficientMemoryException())) })
        {
            WorkEnded ended = await WorkRunner.RunAsync(7, () => Task.FromException<RoundSums>(failure));

            ended.Outcome.ShouldBe(WorkOutcome.Fatal);
            ended.Error.ShouldStartWith("memory: expected enough for what was asked, found none left of ");
            ended.Error.ShouldEndWith("give a lower rank, fewer partitions or less data, a machine with more memory, or a cluster of several");
        }
    }
}
