using DistRec.Numerics.Linear;
using DistRec.Training.Blocks;
using DistRec.Training.Partitions;

namespace DistRec.Training.Transfer;

/// <summary>
/// One partition's part of an all-reduce: sums over its rows. On the wire: rank, the number of rows, and the sums in both their
/// parts, [2, rank + 1, stride] little-endian float64.
/// </summary>
/// <param name="Moments">Not changed any more.</param>
public sealed record MomentBlock(MomentSums Moments) : IBlock
{
    private const string What = "a block of sums";
    private const int HeaderBytes = 3 * sizeof(int);

    /// <inheritdoc/>
    public long ByteLength => LengthFor(Moments.Rank);

    /// <inheritdoc/>
    public async ValueTask WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using ChunkWriter writer = new(stream, largestItem: 0);
        writer.WriteInt32(Moments.Rank);
        writer.WriteInt32((int)Moments.Count);
        writer.WriteInt32((int)(Moments.Count >> 32));
        await writer.WriteAsync<double>(Moments.Values, cancellationToken).ConfigureAwait(false);
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    private static long LengthFor(int rank) => HeaderBytes + (long)MomentSums.LengthFor(rank) * sizeof(double);

    /// <summary>Reads what <see cref="WriteAsync"/> wrote.</summary>
    /// <param name="rank">The rank that is expected.</param>
    public sealed class Reader(int rank) : IBlockReader<MomentBlock>
    {
        /// <inheritdoc/>
        public async ValueTask<MomentBlock> ReadAsync(Stream stream, long length, CancellationToken cancellationToken)
        {
            if (length != LengthFor(rank))
            {
                throw new InvalidDataException($"{What}: expected {LengthFor(rank)} bytes for rank {rank}, found {length}");
            }

            using ChunkReader reader = new(stream, What, length);
            await reader.FillAsync(HeaderBytes, cancellationToken).ConfigureAwait(false);
            int found = reader.TakeInt32();
            long count = (uint)reader.TakeInt32() | (long)reader.TakeInt32() << 32;
            if (found != rank || count < 0)
            {
                throw new InvalidDataException($"{What}: expected rank {rank} and a number of rows, found {found} and {count}");
            }

            double[] values = new double[MomentSums.LengthFor(rank)];
            await reader.ReadAsync<double>(values, cancellationToken).ConfigureAwait(false);
            MomentSums sums = new(rank);
            sums.Merge(values, count);
            return new MomentBlock(sums);
        }
    }
}
