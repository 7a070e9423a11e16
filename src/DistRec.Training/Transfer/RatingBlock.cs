using DistRec.Training.Blocks;
using DistRec.Training.Partitions;

namespace DistRec.Training.Transfer;

/// <summary>The ratings of one partition on their way from the node that read them.</summary>
/// <param name="Training">Rows are the partition's, columns the other side's global index.</param>
/// <param name="HeldOut">Validation ratings in the same form; null for none.</param>
/// <param name="Feedback">Items that users gave any feedback on, in the same form; null where those are the rated ones.</param>
public sealed record RatingBlock(RatingMatrix Training, RatingMatrix? HeldOut, RatingMatrix? Feedback = null) : IBlock
{
    private const int HeaderBytes = sizeof(int);
    private const int HasHeldOut = 1;
    private const int HasFeedback = 2;

    private IEnumerable<RatingMatrix> Parts => new[] { Training, HeldOut, Feedback }.OfType<RatingMatrix>();

    /// <summary>The same with the validation ratings among the others.</summary>
    public RatingBlock WithoutHeldOut() => HeldOut is { Count: > 0 } heldOut ? this with { Training = Training.With(heldOut), HeldOut = null } : this;

    /// <inheritdoc/>
    public long ByteLength => HeaderBytes + Parts.Sum(RatingMatrixTransfer.BytesOf);

    /// <inheritdoc/>
    public async ValueTask WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using ChunkWriter writer = new(stream, largestItem: 0);
        writer.WriteInt32((HeldOut is null ? 0 : HasHeldOut) + (Feedback is null ? 0 : HasFeedback));
        foreach (RatingMatrix part in Parts)
        {
            await RatingMatrixTransfer.WriteAsync(part, writer, cancellationToken).ConfigureAwait(false);
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
            if (parts is < 0 or > HasHeldOut + HasFeedback)
            {
                throw new InvalidDataException($"{What}: expected 0 to {HasHeldOut + HasFeedback} for the parts that follow, found {parts}");
            }

            RatingMatrix training = await ReadAsync(true).ConfigureAwait(false) ?? throw new InvalidDataException($"{What}: no ratings");
            RatingMatrix? heldOut = await ReadAsync((parts & HasHeldOut) != 0).ConfigureAwait(false);
            RatingMatrix? feedback = await ReadAsync((parts & HasFeedback) != 0).ConfigureAwait(false);
            return reader.Remaining == 0
                ? new RatingBlock(training, heldOut, feedback)
                : throw new InvalidDataException($"{What}: expected {length - reader.Remaining} bytes, found {length}");

            async ValueTask<RatingMatrix?> ReadAsync(bool isThere) =>
                isThere ? await RatingMatrixTransfer.ReadAsync(reader, What, cancellationToken).ConfigureAwait(false) : null;
        }
    }
}
