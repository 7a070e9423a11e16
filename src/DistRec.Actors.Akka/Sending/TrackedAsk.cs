using Akka.Actor;
using DistRec.Actors.Runtime;
using Google.Protobuf;

namespace DistRec.Actors.Akka.Sending;

/// <summary>An ask of this node, which other nodes know by its number.</summary>
internal sealed class TrackedAsk(long number, ActorAddress to, PendingAsk pending) : IAskSink
{
    public long Number => number;

    public ActorAddress To => to;

    /// <summary>Ends when the ask does.</summary>
    public Task<IMessage> Ended => pending.Task;

    /// <summary>The node in whose mailbox the request lies; null while it is not known to be in any other node's.</summary>
    public Address? Host { get; set; }

    public void Reply(IMessage reply) => pending.Reply(reply);

    public void Fail(ActorException failure) => pending.Fail(failure);
}
