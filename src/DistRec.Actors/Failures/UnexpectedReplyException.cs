namespace DistRec.Actors;

/// <summary>The reply is of another type than the asker expects.</summary>
public sealed class UnexpectedReplyException(ActorAddress address, string expected, string actual)
    : ActorException($"{address} replied with {actual} where {expected} was expected.")
{
    public ActorAddress Address { get; } = address;

    public string Expected { get; } = expected;

    public string Actual { get; } = actual;
}
