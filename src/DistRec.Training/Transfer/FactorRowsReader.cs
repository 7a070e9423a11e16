using DistRec.Training.Blocks;
using DistRec.Training.Partitions;

namespace DistRec.Training.Transfer;

/// <summary>
/// Pulls chosen rows of a remote block of factors into a table of the caller's, without allocating one. The pull returns that
/// table; where the owner lives in the same process it returns the owner's, and the caller's table is left as it was.
/// </summary>
/// <param name="target">A table of the whole block's shape; its other rows stay as they are. After a pull that failed, the named rows hold anything.</param>
/// <param name="rows">The rows wanted, over as many rows as the block has.</param>
public sealed class FactorRowsReader(FactorBlock target, RowSet rows) : IBlockReader<FactorBlock>
{
    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Selection => rows.Bytes;

    /// <inheritdoc/>
    public async ValueTask<FactorBlock> ReadAsync(Stream stream, long length, CancellationToken cancellationToken)
    {
        using ChunkReader reader = new(stream, "rows of a block of factors", length);
        FactorBlockHeader header = await FactorBlockHeader.ReadAsync(reader, length, cancellationToken).ConfigureAwait(false);
        FactorBlockHeader expected = FactorBlockHeader.Of(target, rows);
        if (header != expected)
        {
            throw new InvalidDataException($"rows of a block of factors: expected {expected}, found {header}");
        }

        await FactorRowTransfer.ReadAsync(target, rows, reader, cancellationToken).ConfigureAwait(false);
        return target;
    }
}
