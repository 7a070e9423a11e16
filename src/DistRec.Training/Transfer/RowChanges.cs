using DistRec.Numerics.Vectors;
using DistRec.Training.Blocks;
using DistRec.Training.Partitions;

namespace DistRec.Training.Transfer;

/// <summary>What a worker changed of some rows of a table: the differences, to be added.</summary>
/// <param name="rows">Which rows of the table.</param>
/// <param name="changes">Their differences in the same order, in the first rows of the block; it may have more.</param>
/// <remarks>On the wire: the number of rows of the table, its bitmap, and a block of factors.</remarks>
public sealed class RowChanges(RowSet rows, FactorBlock changes) : IBlock
{
    private RowSet Written => RowSet.First(changes.Factors.Rows, rows.Count);

    /// <inheritdoc/>
    public long ByteLength => sizeof(int) + rows.Bytes.Length + FactorBlockHeader.Of(changes, Written).ByteLength;

    /// <summary>Adds them to a table.</summary>
    public void AddTo(FactorBlock table)
    {
        ArgumentNullException.ThrowIfNull(table);
        int next = 0;
        for (int from = 0; rows.TryNextRun(from, out int first, out int end); from = end)
        {
            int stride = table.Factors.Stride;
            Accumulate.Add(
                table.Factors.Values.Slice(first * stride, (end - first) * stride), changes.Factors.Values.Slice(next * stride, (end - first) * stride));
            Accumulate.Add(table.Biases.AsSpan(first, end - first), changes.Biases.AsSpan(next, end - first));
            next += end - first;
        }
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using (ChunkWriter writer = new(stream, largestItem: 0))
        {
            writer.WriteInt32(rows.Rows);
            await writer.WriteAsync<byte>(rows.Bytes, cancellationToken).ConfigureAwait(false);
            await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        }

        await FactorRowTransfer.WriteAsync(changes, Written, stream, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads what <see cref="WriteAsync"/> wrote.</summary>
    public sealed class Reader : IBlockReader<RowChanges>
    {
        private const string What = "changes of rows";

        public static Reader Instance { get; } = new();

        /// <inheritdoc/>
        public async ValueTask<RowChanges> ReadAsync(Stream stream, long length, CancellationToken cancellationToken)
        {
            using ChunkReader reader = new(stream, What, length);
            await reader.FillAsync(sizeof(int), cancellationToken).ConfigureAwait(false);
            int count = reader.TakeInt32();
            if (count < 0 || RowSet.LengthFor(count) > length - sizeof(int))
            {
                throw new InvalidDataException($"{What}: expected a number of rows whose bitmap fits {length} bytes, found {count}");
            }

            byte[] bitmap = new byte[RowSet.LengthFor(count)];
            await reader.ReadAsync<byte>(bitmap, cancellationToken).ConfigureAwait(false);
            RowSet rows = RowSet.FromBytes(count, bitmap);
            FactorBlockHeader header = await FactorBlockHeader.ReadAsync(reader, length - sizeof(int) - bitmap.Length, cancellationToken).ConfigureAwait(false);
            if (header.Written != rows.Count)
            {
                throw new InvalidDataException($"{What}: expected {rows.Count} rows, found {header.Written}");
            }

            FactorBlock changes = FactorBlock.Zeros(header.Written, header.Rank);
            await FactorRowTransfer.ReadAsync(changes, null, reader, cancellationToken).ConfigureAwait(false);
            return new RowChanges(rows, changes);
        }
    }
}
