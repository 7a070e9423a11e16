namespace DistRec.Actors.Cluster;

/// <summary>What an actor threw on another node, of which only the words have travelled.</summary>
public sealed class RemoteActorException(ActorAddress address, string cause)
    : Exception($"{address} on another node threw {cause}")
{
    public ActorAddress Address { get; } = address;
}
