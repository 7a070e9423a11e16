namespace DistRec.Actors;

/// <summary>No actor has this address.</summary>
public sealed class UnknownActorException(ActorAddress address, string explanation)
    : ActorException($"There is no actor {address}: {explanation}.")
{
    public ActorAddress Address { get; } = address;
}
