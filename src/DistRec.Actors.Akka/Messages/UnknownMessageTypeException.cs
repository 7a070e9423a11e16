namespace DistRec.Actors.Akka;

/// <summary>A message of a type that a node cannot read; nothing was delivered.</summary>
public sealed class UnknownMessageTypeException(string message)
    : ActorException(
        $"A node cannot read messages of type {message}: add the file that declares it to "
        + $"{nameof(AkkaActorSystemOptions)}.{nameof(AkkaActorSystemOptions.Messages)} on every node, and run the same version everywhere.")
{
    /// <summary>The full name of the message type.</summary>
    public string MessageName { get; } = message;
}
