using DistRec.Actors.Akka.Messages;

namespace DistRec.Actors.Akka.Sending;

/// <summary>A message that this node sends by way of a region and whose receiver has not confirmed it.</summary>
internal sealed class Outgoing(ActorAddress to, ActorAddress? sender, MessageBody body)
{
    private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Counts up over all that the node sends, and among what it sends to one actor gives the order.</summary>
    public required long Number { get; set; }

    public ActorAddress To => to;

    /// <summary>The request's own ask, when it comes from this node.</summary>
    public TrackedAsk? Ask { get; init; }

    /// <summary>The caller's wish to take it back.</summary>
    public CancellationToken Cancellation { get; init; }

    public CancellationTokenRegistration Registration { get; set; }

    /// <summary>The send timeout, and after a withdrawal the wait for the answer to that.</summary>
    public ITimer? Timer { get; set; }

    /// <summary>Whether it has left at least once, so that it may be in another node's hands.</summary>
    public bool HasLeft { get; set; }

    /// <summary>Whether it counts in the lane's window.</summary>
    public bool IsUnderway { get; set; }

    /// <summary>What the caller gets if the message can be taken back; null while nobody wants that.</summary>
    public Exception? Withdrawing { get; set; }

    /// <summary>Ends when it is in the receiver's mailbox or cannot get there.</summary>
    public Task Sent => _sent.Task;

    public DeliveryEnvelope ToEnvelope(long previous, int round, long life) =>
        new(to.Shard, Number, previous, round, sender, body, Ask?.Number ?? 0, life);

    public void Succeed() => _sent.TrySetResult();

    public void Fail(Exception failure)
    {
        if (Ask is { } ask)
        {
            if (failure is ActorException typed)
            {
                ask.Fail(typed);
            }

            return;
        }

        _sent.TrySetException(failure);

        // What an actor left behind when it moved has nobody who waits.
        _ = _sent.Task.Exception;
    }
}
