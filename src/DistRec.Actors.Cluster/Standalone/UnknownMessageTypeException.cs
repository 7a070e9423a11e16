namespace DistRec.Actors.Cluster;

/// <summary>A message of a type that a node cannot read; nothing was delivered.</summary>
public sealed class UnknownMessageTypeException(string message)
    : ActorException(
        $"No node can read messages of type {message} unless it is told of them: "
        + $"add the file that declares it to {nameof(StandaloneOptions)}.{nameof(StandaloneOptions.Messages)} on every node.")
{
    /// <summary>The full name of the message type.</summary>
    public string MessageName { get; } = message;
}
