using Akka.Actor;
using DistRec.Actors.Akka.Messages;
using DistRec.Actors.Akka.Sending;

namespace DistRec.Actors.Akka.Hosting;

/// <summary>Tells an entity that its shard moves to another node.</summary>
internal sealed class HandOff : INoSerializationVerificationNeeded
{
    public static HandOff Instance { get; } = new();

    private HandOff()
    {
    }
}

/// <summary>An entity's actor has ended, and everything it had to say has been said.</summary>
/// <param name="Actor">The actor.</param>
/// <param name="Own">What this node had sent to it and it has not handled, in order.</param>
/// <param name="Others">What other nodes had sent to it and it has not handled, in order.</param>
internal sealed record HandedOver(
    ActorAddress Actor, IReadOnlyList<LeftBehind> Own, IReadOnlyList<(IActorRef Hub, ReturnedEnvelope Message)> Others)
    : INoSerializationVerificationNeeded;
