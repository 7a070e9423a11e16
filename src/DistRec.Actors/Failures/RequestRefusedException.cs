namespace DistRec.Actors;

/// <summary>The actor refused a request and goes on.</summary>
public sealed class RequestRefusedException(ActorAddress address, string reason)
    : ActorException($"{address} refused the request: {reason}")
{
    public ActorAddress Address { get; } = address;

    public string Reason { get; } = reason;
}
