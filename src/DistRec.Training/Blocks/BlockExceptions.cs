namespace DistRec.Training.Blocks;

/// <summary>A block cannot be had.</summary>
public abstract class BlockException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>The block's round or job is over.</summary>
public sealed class BlockDroppedException(BlockKey key)
    : BlockException($"The block {key} was dropped with its round; a pull of it is late or belongs to a job that ended.")
{
    public BlockKey Key { get; } = key;
}

/// <summary>The node that has the block belongs to the cluster and could not be made to give it, for longer than is waited.</summary>
/// <param name="key">The block.</param>
/// <param name="puller">The block exchange that wants it.</param>
/// <param name="host">The block exchange that has it.</param>
/// <param name="limit">How long it was tried.</param>
/// <param name="reason">What came of it at last.</param>
public sealed class BlockUnreachableException(BlockKey key, Uri puller, Uri host, TimeSpan limit, string reason)
    : BlockException(
        $"The block {key}: expected {puller} to get it from {host}, found that impossible for {limit.TotalSeconds:0.#} s (at last: {reason}); "
        + "every node must reach every other one at the address that it advertises: check that address and what is between")
{
    public BlockKey Key { get; } = key;

    public Uri Host { get; } = host;
}

/// <summary>The block published under this key is of another type.</summary>
public sealed class BlockTypeException(BlockKey key, string expected, string actual)
    : BlockException($"The block {key} is a {actual} where a {expected} was expected.")
{
    public BlockKey Key { get; } = key;
}

/// <summary>What a block consists of is gone or damaged where its owner keeps it: pulling it again does not mend it.</summary>
/// <param name="reason">What is missing or damaged, and what to do.</param>
/// <param name="cause">The failure of the owner's store.</param>
public sealed class UnreadableBlockException(string reason, Exception cause)
    : BlockException($"The block cannot be read where its owner keeps it: {reason}", cause);

/// <summary>The block exchange is stopping or has stopped.</summary>
public sealed class BlockExchangeStoppedException()
    : BlockException("The block exchange is stopping: it takes and hands out no more blocks.");
