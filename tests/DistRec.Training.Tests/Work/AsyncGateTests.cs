namespace DistRec.Training.Tests.Work;

public sealed class AsyncGateTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    private readonly AsyncGate _gate = new();

    [Fact]
    public async Task Callers_come_in_one_at_a_time_in_the_order_in_which_they_came()
    {
        await _gate.EnterAsync(CancellationToken.None);
        Task second = _gate.EnterAsync(CancellationToken.None);
        Task third = _gate.EnterAsync(CancellationToken.None);
        _gate.Leave();
        await second.WaitAsync(Bound);
        third.IsCompleted.ShouldBeFalse();
        _gate.Leave();
        await third.WaitAsync(Bound);
        _gate.Leave();
        _gate.EnterAsync(CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task A_caller_that_gave_up_is_passed_over()
    {
        await _gate.EnterAsync(CancellationToken.None);
        using CancellationTokenSource cancel = new();
        Task second = _gate.EnterAsync(cancel.Token);
        Task third = _gate.EnterAsync(CancellationToken.None);
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => second);
        _gate.Leave();
        await third.WaitAsync(Bound);
    }
}
