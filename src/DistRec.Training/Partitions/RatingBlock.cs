using DistRec.Actors;
using DistRec.Data;

namespace DistRec.Training.Partitions;

/// <summary>The ratings of one partition on their way from the node that read them.</summary>
/// <param name="Training">Rows are the partition's, columns the other side's global index.</param>
/// <param name="HeldOut">Validation ratings in the same form; null for none.</param>
public sealed record RatingBlock(RatingMatrix Training, RatingMatrix? HeldOut) : IBlock
{
    private const int HeaderBytes = sizeof(int);

    /// <inheritdoc/>
    public long ByteLength => HeaderBytes + RatingMatrixTransfer.BytesOf(Training) + (HeldOut is null ? 0 : RatingMatrixTransfer.BytesOf(HeldOut));

    /// <inheritdoc/>
    public async ValueTask WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using ChunkWriter writer = new(stream, largestItem: 0);
        writer.WriteInt32(HeldOut is null ? 1 : 2);
        await RatingMatrixTransfer.WriteAsync(Training, writer, cancellationToken).ConfigureAwait(false);
        if (HeldOut is not null)
        {
            await RatingMatrixTransfer.WriteAsync(HeldOut, writer, cancellationToken).ConfigureAwait(false);
        }

        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads what <see cref="WriteAsync"/> wrote.</summary>
    public sealed class Reader : IBlockReader<RatingBlock>
    {
        private const string What = "a block of ratings";

        public static Reader Instance { get; } = new();

        /// <inheritdoc/>
        public async ValueTask<RatingBlock> ReadAsync(Stream stream, long length, CancellationToken cancellationToken)
        {
            using ChunkReader reader = new(stream, What, length);
            await reader.FillAsync(HeaderBytes, cancellationToken).ConfigureAwait(false);
            int parts = reader.TakeInt32();
            if (parts is not (1 or 2))
            {
                throw new InvalidDataException($"{What}: expected 1 or 2 parts, found {parts}");
            }

            RatingMatrix training = await RatingMatrixTransfer.ReadAsync(reader, What, cancellationToken).ConfigureAwait(false);
            RatingMatrix? heldOut = parts == 1 ? null : await RatingMatrixTransfer.ReadAsync(reader, What, cancellationToken).ConfigureAwait(false);
            return reader.Remaining == 0
                ? new RatingBlock(training, heldOut)
                : throw new InvalidDataException($"{What}: expected {length - reader.Remaining} bytes, found {length}");
        }
    }
}
