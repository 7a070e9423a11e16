namespace DistRec.Training.Tests.Work;

public sealed class ConcurrentlyTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task All_run_at_once_and_their_results_come_in_order()
    {
        TaskCompletionSource<int>[] turns = [.. Enumerable.Range(0, 3).Select(_ => new TaskCompletionSource<int>())];
        Task<int[]> all = Concurrently.RunAsync(3, (index, _) => turns[index].Task, CancellationToken.None);
        turns[2].SetResult(30);
        turns[0].SetResult(10);
        all.IsCompleted.ShouldBeFalse();
        turns[1].SetResult(20);
        (await all.WaitAsync(Bound)).ShouldBe([10, 20, 30]);
    }

    /// <summary>The others waited for what nobody would send any more, and the round never ended.</summary>
    [Fact]
    public async Task One_that_fails_ends_the_waits_of_the_others_and_its_failure_is_the_one_that_is_told()
    {
        TaskCompletionSource failing = new();
        Task all = Concurrently.RunAsync(
            3,
            async (index, token) =>
            {
                if (index == 1)
                {
                    await failing.Task;
                    throw new InvalidDataException("the disk is on fire");
                }

                await Forever(token);
            },
            CancellationToken.None);
        failing.SetResult();
        (await Should.ThrowAsync<InvalidDataException>(() => all.WaitAsync(Bound))).Message.ShouldBe("the disk is on fire");
    }

    [Fact]
    public async Task One_that_fails_before_its_first_wait_is_no_exception()
    {
        Task all = Concurrently.RunAsync(2, (index, token) => index == 0 ? Forever(token) : throw new InvalidDataException("at once"), CancellationToken.None);
        await Should.ThrowAsync<InvalidDataException>(() => all.WaitAsync(Bound));
    }

    [Fact]
    public async Task Nothing_goes_on_when_it_has_ended()
    {
        TaskCompletionSource closing = new();
        Task all = Concurrently.RunAsync(
            2,
            async (index, token) =>
            {
                if (index == 0)
                {
                    throw new InvalidDataException();
                }

                await Should.ThrowAsync<OperationCanceledException>(() => Forever(token));
                await closing.Task;
            },
            CancellationToken.None);
        all.IsCompleted.ShouldBeFalse("one still writes into what the others share");
        closing.SetResult();
        await Should.ThrowAsync<InvalidDataException>(() => all.WaitAsync(Bound));
    }

    [Fact]
    public async Task Whoever_cancels_ends_them_all()
    {
        using CancellationTokenSource cancel = new();
        Task all = Concurrently.RunAsync(2, (_, token) => Forever(token), cancel.Token);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => all.WaitAsync(Bound));
    }

    [Fact]
    public async Task None_is_done_at_once() => (await Concurrently.RunAsync(0, (_, _) => Task.FromResult(1), CancellationToken.None)).ShouldBeEmpty();

    private static Task Forever(CancellationToken token) => new TaskCompletionSource().Task.WaitAsync(token);
}
