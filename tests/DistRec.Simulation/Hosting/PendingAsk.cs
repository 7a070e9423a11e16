using DistRec.Actors;
using DistRec.Simulation.Schedule;
using Google.Protobuf;

namespace DistRec.Simulation.Hosting;

/// <summary>
/// An ask that waits for its end. It is completed by events of the asker's node alone, so that what follows the await
/// happens at a moment of its own; after the node's end it never completes.
/// </summary>
internal sealed class PendingAsk : TaskCompletionSource<IMessage>, IDisposable
{
    private readonly ScheduledEvent _timeout;
    private readonly CancellationTokenRegistration _cancellation;

    internal PendingAsk(NodeLife life, ActorAddress to, IMessage request, TimeSpan timeout, CancellationToken cancellationToken)
    {
        string name = request.Descriptor.FullName;
        To = to;
        Request = name;
        _timeout = life.Cluster.Scheduler.After(timeout, life, () =>
        {
            life.Cluster.Note("ask timed out", life.Node.Number, -1, to, name);
            TrySetException(new AskTimeoutException(to, name, timeout));
        });
        _cancellation = cancellationToken.UnsafeRegister(
            _ => life.Soon("a cancellation", () => TrySetCanceled(cancellationToken)), null);
    }

    internal ActorAddress To { get; }

    internal string Request { get; }

    public void Dispose()
    {
        _timeout.Dispose();
        _cancellation.Dispose();
    }
}

/// <summary>The way from whoever handles a request back to whoever asks. Only the first answer counts.</summary>
internal sealed class ReturnPath(NodeLife asker, PendingAsk ask)
{
    /// <summary>Carries a reply back.</summary>
    /// <param name="from">Where the request was handled.</param>
    /// <param name="reply">The reply.</param>
    internal void Reply(NodeLife from, IMessage reply)
    {
        IMessage carried = from == asker ? reply : Wire.Copy(reply);
        Carry(from, "reply", carried.Descriptor.FullName, () => ask.TrySetResult(carried));
    }

    /// <summary>Carries a failure back.</summary>
    internal void Fail(NodeLife from, ActorException failure) =>
        Carry(from, "failed ask", failure.GetType().Name, () => ask.TrySetException(failure));

    private void Carry(NodeLife from, string what, string detail, Action complete)
    {
        if (from == asker)
        {
            asker.Cluster.Scheduler.After(asker.Cluster.TurnTicks(), asker, complete);
            return;
        }

        from.Cluster.Network.Carry(new Network.Parcel(from, asker, what, complete) { About = ask.To, Detail = detail });
    }
}
