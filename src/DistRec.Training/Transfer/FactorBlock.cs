using DistRec.Numerics.Linear;
using DistRec.Training.Blocks;
using DistRec.Training.Partitions;

namespace DistRec.Training.Transfer;

/// <summary>Factors and biases of consecutive rows on their way between shards. Within a process it is a reference.</summary>
/// <param name="Factors">[rows, rank].</param>
/// <param name="Biases">[rows].</param>
public sealed record FactorBlock(FactorTable Factors, float[] Biases) : IBlock
{
    /// <summary>A whole side as its blocks hold it.</summary>
    /// <param name="starts">First row of each block, and the number of rows last.</param>
    /// <param name="blocks">The blocks in the order of their rows.</param>
    public static PartitionedFactors SideOf(IReadOnlyList<int> starts, IReadOnlyList<FactorBlock> blocks) =>
        new([.. starts], [.. blocks.Select(block => block.Factors)], [.. blocks.Select(block => block.Biases)]);

    /// <summary>A block of zeros.</summary>
    public static FactorBlock Zeros(int rows, int rank) => new(new FactorTable(rows, rank), new float[rows]);

    /// <inheritdoc/>
    public long ByteLength => FactorBlockHeader.Of(this, null).ByteLength;

    /// <summary>Copies the values of a block of the same shape.</summary>
    public void CopyFrom(FactorBlock source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Factors.CopyFrom(source.Factors);
        source.Biases.CopyTo(Biases, 0);
    }

    /// <summary>A block with the same values.</summary>
    public FactorBlock Copy()
    {
        FactorBlock copy = Zeros(Factors.Rows, Factors.Rank);
        copy.CopyFrom(this);
        return copy;
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return FactorRowTransfer.WriteAsync(this, null, stream, cancellationToken);
    }

    /// <summary>The rows that a bitmap names: <see cref="RowSet.Bytes"/> of a set over this block's rows.</summary>
    public IBlock Select(ReadOnlyMemory<byte> selection) => new SelectedRows(this, RowSet.FromBytes(Factors.Rows, selection.Span));

    private sealed class SelectedRows(FactorBlock block, RowSet rows) : IBlock
    {
        public long ByteLength => FactorBlockHeader.Of(block, rows).ByteLength;

        public ValueTask WriteAsync(Stream stream, CancellationToken cancellationToken) =>
            FactorRowTransfer.WriteAsync(block, rows, stream, cancellationToken);
    }

    /// <summary>Reads a whole block into a table of its own.</summary>
    public sealed class Reader : IBlockReader<FactorBlock>
    {
        public static Reader Instance { get; } = new();

        /// <inheritdoc/>
        public async ValueTask<FactorBlock> ReadAsync(Stream stream, long length, CancellationToken cancellationToken)
        {
            using ChunkReader reader = new(stream, "a block of factors", length);
            FactorBlockHeader header = await FactorBlockHeader.ReadAsync(reader, length, cancellationToken).ConfigureAwait(false);
            if (header.Written != header.Rows || header.Checksum != 0)
            {
                throw new InvalidDataException($"a block of factors: expected all {header.Rows} rows, found {header.Written} chosen ones");
            }

            FactorBlock block = Zeros(header.Rows, header.Rank);
            await FactorRowTransfer.ReadAsync(block, null, reader, cancellationToken).ConfigureAwait(false);
            return block;
        }
    }
}
