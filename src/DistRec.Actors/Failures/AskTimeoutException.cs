namespace DistRec.Actors;

/// <summary>No reply came in time; whether the request was handled is not known.</summary>
public sealed class AskTimeoutException(ActorAddress address, string request, TimeSpan timeout)
    : ActorException($"{address} did not answer {request} within {timeout}.")
{
    public ActorAddress Address { get; } = address;

    /// <summary>The full name of the request's message type.</summary>
    public string Request { get; } = request;

    public TimeSpan Timeout { get; } = timeout;
}
