using DistRec.Actors.Cluster.Standalone.Protocol;
using DistRec.Actors.Runtime;

namespace DistRec.Actors.Cluster.Standalone;

/// <summary>A message or a request of this node on its way to another, from the call to its end.</summary>
internal sealed class RemoteSend(long correlation, ActorAddress to, Payload message, ActorAddress? sender, PendingAsk? ask)
{
    private readonly TaskCompletionSource _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public long Correlation => correlation;

    public ActorAddress To => to;

    public Payload Message => message;

    public ActorAddress? Sender => sender;

    /// <summary>Where the reply goes; null for a plain message.</summary>
    public PendingAsk? Ask => ask;

    public bool IsAsk => ask is not null;

    /// <summary>Completes when the message is in the receiver's mailbox.</summary>
    public Task Sent => _sent.Task;

    /// <summary>Its place among those that wait for their turn; null once it is on its way.</summary>
    public LinkedListNode<RemoteSend>? Place { get; set; }

    /// <summary>Ends the wait for its turn; null once it is on its way, and for requests, which end with their own timeout.</summary>
    public ITimer? Timer { get; set; }

    /// <summary>When the wait for room began, on the actors' clock.</summary>
    public long Began { get; init; }

    /// <summary>The sender's wish to take it back; for plain messages.</summary>
    public CancellationToken Cancellation { get; init; }

    public CancellationTokenRegistration Registration { get; set; }

    public bool IsAccepted { get; set; }

    public void Accept() => _sent.TrySetResult();

    public void Cancel() => _sent.TrySetCanceled(Cancellation);

    public void Fail(ActorException failure)
    {
        if (ask is not null)
        {
            ask.Fail(failure);
        }
        else
        {
            _sent.TrySetException(failure);
        }
    }

    public Deliver ToFrame(long origin, TimeSpan roomWait) => new()
    {
        Origin = origin,
        Correlation = correlation,
        To = to.ToWire(),
        Sender = sender?.ToWire(),
        Message = message,
        IsAsk = IsAsk,
        IsAccepted = IsAccepted,
        RoomWaitTicks = Math.Max(1, roomWait.Ticks),
    };
}
