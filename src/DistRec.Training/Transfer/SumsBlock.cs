using DistRec.Training.Blocks;
using DistRec.Training.Partitions;

namespace DistRec.Training.Transfer;

/// <summary>Sums of one worker or of all, on their way through an all-reduce. On the wire little-endian float64.</summary>
/// <param name="Values">Not changed as long as somebody may read them (<see cref="Reused"/>).</param>
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
    /// <param name="arrays">Arrays to use again; see <see cref="Reused"/>.</param>
    /// <exception cref="InvalidDataException">Their lengths differ.</exception>
    public static SumsBlock Total(IReadOnlyList<SumsBlock> workers, Dictionary<int, double[]> arrays)
    {
        ArgumentNullException.ThrowIfNull(workers);
        double[] total = Reused(arrays, workers[0].Values.Length);
        Array.Clear(total);
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

    /// <summary>
    /// An array of a length, the same one each time: sums as long as the features are many, made anew in each clock, would be gigabytes before they are collected.
    /// </summary>
    /// <remarks>
    /// A worker's sums are read by one shard alone, which publishes the total when it has all of them; the worker waits for it before the next clock. A total is read by
    /// workers alone, each of which has applied it when its sums of the shard's next clock come. A round that is done again has other blocks, and nobody
    /// waits any more for those of the one before.
    /// </remarks>
    public static double[] Reused(Dictionary<int, double[]> arrays, int length)
    {
        ArgumentNullException.ThrowIfNull(arrays);
        if (!arrays.TryGetValue(length, out double[]? array))
        {
            arrays[length] = array = new double[length];
        }

        return array;
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
