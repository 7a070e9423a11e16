using DistRec.Training.Blocks;

namespace DistRec.Cluster.Blocks;

/// <summary>
/// Another node refused a pull for a reason that asking again does not mend: no or another secret, or a selection that is not one of
/// the block.
/// </summary>
public sealed class BlockRefusedException(BlockKey key, Uri host, int status, string reason)
    : BlockException($"The block {key} was refused by {host} with status {status}: {reason}.")
{
    public BlockKey Key { get; } = key;

    /// <summary>The node that refused.</summary>
    public Uri Host { get; } = host;

    /// <summary>The HTTP status of its answer.</summary>
    public int Status { get; } = status;
}
