using Akka.Actor;
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
internal sealed record HandedOver(ActorAddress Actor, IReadOnlyList<LeftBehind> Left) : INoSerializationVerificationNeeded;
