using System.Diagnostics.CodeAnalysis;
using DistRec.Actors.Cluster.Standalone.Protocol;
using DistRec.Actors.Runtime;

namespace DistRec.Actors.Cluster.Standalone;

/// <summary>A message that waits for room in a mailbox of this node.</summary>
/// <param name="Envelope">The message.</param>
/// <param name="Frame">As it came from another node; null when its sender lives here.</param>
[SuppressMessage("Design", "CA1001", Justification = "Late frames may still withdraw it; the source holds no timer and no handle.")]
internal sealed record WaitingDelivery(Envelope Envelope, Deliver? Frame)
{
    /// <summary>Takes it back.</summary>
    public CancellationTokenSource Withdrawn { get; } = new();

    /// <summary>The wish of a sender that lives here to take it back.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Ends when it is in the mailbox or cannot get there, and a sender on another node has been told so.</summary>
    public Task Posted { get; set; } = Task.CompletedTask;

    /// <summary>For a sender that lives here: what became of it where its receiver moved to.</summary>
    public TaskCompletionSource<Task> SentOn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>What an actor that moves away leaves behind, in the order in which it was sent.</summary>
/// <param name="Accepted">What waited in its mailbox.</param>
/// <param name="Waiting">What waited for room in it.</param>
internal sealed record LeftBehind(IReadOnlyList<Envelope> Accepted, IReadOnlyList<WaitingDelivery> Waiting);

/// <summary>An actor that lives on this node, with all that waits for room in its mailbox.</summary>
internal sealed class HostedShard(ActorCell cell)
{
    private readonly Lock _gate = new();
    private readonly LinkedList<WaitingDelivery> _waiting = new();
    private volatile bool _isSettled;
    private volatile bool _isReleasing;
    private bool _isGone;

    public ActorCell Cell => cell;

    /// <summary>
    /// Whether messages from this node may go straight into the mailbox: what was sent before the actor came here is in
    /// it, and the actor is not about to leave.
    /// </summary>
    public bool TakesDirectly => _isSettled && !_isReleasing;

    public bool IsReleasing => _isReleasing;

    public void Settle() => _isSettled = true;

    /// <summary>Lets a message wait for room; null when the actor is gone from here.</summary>
    /// <param name="post">Puts it into the mailbox; called at once, so that messages wait in the order of the calls.</param>
    /// <param name="envelope">The message.</param>
    /// <param name="frame">As it came from another node.</param>
    /// <param name="cancellationToken">Its sender's wish to take it back, if that lives here.</param>
    public WaitingDelivery? Wait(
        in Envelope envelope, Deliver? frame, Func<WaitingDelivery, Task> post, CancellationToken cancellationToken = default)
    {
        WaitingDelivery waiting = new(envelope, frame) { Cancellation = cancellationToken };
        lock (_gate)
        {
            if (_isGone)
            {
                return null;
            }

            _waiting.AddLast(waiting);
            waiting.Posted = post(waiting);
        }

        return waiting;
    }

    /// <summary>It waits no longer.</summary>
    public void Forget(WaitingDelivery waiting)
    {
        lock (_gate)
        {
            _waiting.Remove(waiting);
        }
    }

    /// <summary>Takes back a message of another node that waits; one that does not wait any more is answered already.</summary>
    public void Withdraw(long origin, long correlation)
    {
        WaitingDelivery? found;
        lock (_gate)
        {
            found = _waiting.FirstOrDefault(
                waiting => waiting.Frame is { } frame && frame.Origin == origin && frame.Correlation == correlation);
        }

        found?.Withdrawn.Cancel();
    }

    /// <summary>From here on nothing from this node goes straight into the mailbox.</summary>
    public void BeginRelease() => _isReleasing = true;

    /// <summary>Ends the actor so that it can start elsewhere.</summary>
    public async Task<LeftBehind> HandOverAsync(TimeSpan timeout, TimeProvider time)
    {
        IReadOnlyList<Envelope> accepted;
        try
        {
            accepted = await cell.HandOverAsync().WaitAsync(timeout, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            cell.Abandon($"it did not end within {timeout} when it had to move");
            accepted = [];
        }

        WaitingDelivery[] waiting;
        lock (_gate)
        {
            _isGone = true;
            waiting = [.. _waiting];
        }

        List<WaitingDelivery> left = [];
        foreach (WaitingDelivery delivery in waiting)
        {
            // Once the actor is handed over nobody listens to this node's answers any more.
            await delivery.Posted.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (delivery.Posted.Exception?.InnerException is ActorMovedException)
            {
                left.Add(delivery);
            }
        }

        return new LeftBehind(accepted, left);
    }
}
