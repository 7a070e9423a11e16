namespace DistRec.Actors;

/// <summary>A message is over the engine's size limit; thrown to its sender, nothing was sent.</summary>
public sealed class MessageTooLargeException(string message, int size, int limit)
    : ActorException(
        $"{message} has {size} bytes, more than the limit of {limit}. "
        + "Publish bulk data in the block exchange and send its key.")
{
    /// <summary>The full name of the message type.</summary>
    public string MessageName { get; } = message;

    /// <summary>Its size in bytes when serialized.</summary>
    public int Size { get; } = size;

    /// <summary>The largest size allowed, in bytes.</summary>
    public int Limit { get; } = limit;
}
