using DistRec.Training.Blocks;
using DistRec.Training.Partitions;

namespace DistRec.Training.Transfer;

/// <summary>Sums of one worker or of all, on their way through an all-reduce. On the wire little-endian float64.</summary>
/// <param name="Values">Not changed any more.</param>
public sealed record SumsBlock(double[] Values) : IBlock
{
    /// <inheritdoc/>
    public long ByteLength => (long)Values.Length * sizeof(double);

    /// <inheritdoc/>
    public async ValueTask WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using ChunkWriter writer = new(stream, largestItem: 0);
        await writer.WriteAsync<double>(Values, cancellationToken).ConfigureAwait(false);
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The sums of all workers, added up in their order.</summary>
    /// <param name="workers">At least one, of one length.</param>
    /// <exception cref="InvalidDataException">Their lengths differ.</exception>
    public static SumsBlock Total(IReadOnlyList<SumsBlock> workers)
    {
        ArgumentNullException.ThrowIfNull(workers);
        double[] total = new double[workers[0].Values.Length];
        foreach (SumsBlock worker in workers)
        {
            if (worker.Values.Length != total.Length)
            {
                throw new InvalidDataException($"sums of workers: expected {total.Length} from each, found {worker.Values.Length}");
            }

            for (int index = 0; index < total.Length; index++)
            {
                total[index] += worker.Values[index];
            }
        }

        return new SumsBlock(total);
    }

    /// <summary>Reads what <see cref="WriteAsync"/> wrote.</summary>
    public sealed class Reader : IBlockReader<SumsBlock>
    {
        private const string What = "sums";

        public static Reader Instance { get; } = new();

        /// <inheritdoc/>
        public async ValueTask<SumsBlock> ReadAsync(Stream stream, long length, CancellationToken cancellationToken)
        {
            if (length % sizeof(double) != 0 || length / sizeof(double) > Array.MaxLength)
            {
                throw new InvalidDataException($"{What}: expected whole numbers of eight bytes, found {length} bytes");
            }

            double[] values = new double[length / sizeof(double)];
            using ChunkReader reader = new(stream, What, length);
            await reader.ReadAsync<double>(values, cancellationToken).ConfigureAwait(false);
            return new SumsBlock(values);
        }
    }
}
