namespace DistRec.Actors;

/// <summary>The block's round or job is over.</summary>
public sealed class BlockDroppedException(BlockKey key)
    : ActorException($"The block {key} was dropped with its round; a pull of it is late or belongs to a job that ended.")
{
    public BlockKey Key { get; } = key;
}

/// <summary>The block published under this key is of another type.</summary>
public sealed class BlockTypeException(BlockKey key, string expected, string actual)
    : ActorException($"The block {key} is a {actual} where a {expected} was expected.")
{
    public BlockKey Key { get; } = key;
}

/// <summary>The block exchange is stopping or has stopped.</summary>
public sealed class BlockExchangeStoppedException()
    : ActorException("The block exchange is stopping: it takes and hands out no more blocks.");
