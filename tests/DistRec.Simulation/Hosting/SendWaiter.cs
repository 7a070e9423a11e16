using DistRec.Actors;
using DistRec.Simulation.Schedule;

namespace DistRec.Simulation.Hosting;

/// <summary>A send that waits for room in a full mailbox.</summary>
internal sealed class SendWaiter : TaskCompletionSource
{
    private readonly NodeLife _from;
    private readonly SimulatedActor _to;
    private readonly Letter _letter;
    private readonly ScheduledEvent? _timeout;
    private readonly CancellationTokenRegistration _cancellation;

    /// <param name="from">The sender's node.</param>
    /// <param name="to">The receiver.</param>
    /// <param name="letter">What is sent.</param>
    /// <param name="timeout">Null for an ask, which has a timeout of its own.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    internal SendWaiter(NodeLife from, SimulatedActor to, Letter letter, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        _from = from;
        _to = to;
        _letter = letter;
        if (timeout is { } limit)
        {
            _timeout = from.Cluster.Scheduler.After(limit, from, () => End(() => TrySetException(
                new SendTimeoutException(to.Address, to.Capacity, limit))));
        }

        _cancellation = cancellationToken.UnsafeRegister(
            _ => End(() => from.Soon("a cancellation", () => TrySetCanceled(cancellationToken))), null);
    }

    internal NodeLife From => _from;

    /// <summary>Whether the sender is still there.</summary>
    internal bool IsWanted => _from.IsRunning && !_from.HasStopped;

    /// <summary>There is room: sends.</summary>
    internal void Admit()
    {
        Release();
        _from.Dispatch(_to, _letter);
        _from.Soon("a send that waited", () => TrySetResult());
    }

    /// <summary>There never will be room.</summary>
    internal void Fail(ActorException failure)
    {
        Release();
        _letter.Ask?.Fail(_from, failure);
        _from.Soon("a send that waited", () => TrySetException(failure));
    }

    /// <summary>The receiver is gone without a word; the sender does not know.</summary>
    internal void Lose()
    {
        Release();
        _from.Soon("a send that waited", () => TrySetResult());
    }

    /// <summary>Nobody waits for this ask any more.</summary>
    internal void Withdraw() => End(() => { });

    private void End(Action complete)
    {
        Release();
        _to.Forget(this);
        complete();
    }

    private void Release()
    {
        _timeout?.Dispose();
        _cancellation.Dispose();
    }
}
