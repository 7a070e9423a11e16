using DistRec.Training.Blocks;
using DistRec.Training.Partitions;

namespace DistRec.Training.Transfer;

/// <summary>One worker's rows of a learning problem on their way from the node that has them.</summary>
/// <param name="Training">What the worker learns from.</param>
/// <param name="HeldOut">Validation rows over the same blocks; null for none.</param>
/// <param name="Runs">Where runs of training rows begin, see <see cref="FeatureData.Runs"/>; null where nothing is ranked.</param>
/// <param name="RankedBlock">See <see cref="FeatureData.RankedBlock"/>.</param>
/// <param name="Sharers">How many workers' training rows have each feature, [features]; null where nobody asks.</param>
/// <remarks>On the wire: numbers of relation blocks, ranked block and parts that follow; each block's entity and matrix; of each part the number of rows,
/// the targets and the rows of each block that they refer to; the runs; the sharers. Little-endian, four bytes each.</remarks>
public sealed record FeatureBlock(FeatureRows Training, FeatureRows? HeldOut, int[]? Runs, int RankedBlock, int[]? Sharers = null) : IBlock
{
    private const int HeaderBytes = 3 * sizeof(int);
    private const int HasHeldOut = 1;
    private const int HasRuns = 2;
    private const int HasSharers = 4;

    /// <summary>Cuts a worker's rows out of a learning problem.</summary>
    /// <param name="data">The whole.</param>
    /// <param name="training">Which training rows.</param>
    /// <param name="heldOut">Which validation rows.</param>
    /// <param name="keepsBlocks">Whether blocks stay whole; otherwise rows of blocks that nothing here refers to are left out.</param>
    public static FeatureBlock Of(FeatureData data, Range training, Range heldOut, bool keepsBlocks)
    {
        ArgumentNullException.ThrowIfNull(data);
        (int first, int count) = training.GetOffsetAndLength(data.Train.Count);
        FeatureRows rows = data.Train.Slice(first, first + count);
        FeatureRows? held = null;
        if (data.Validation is { } validation)
        {
            (int firstHeld, int heldCount) = heldOut.GetOffsetAndLength(validation.Count);
            held = validation.Slice(firstHeld, firstHeld + heldCount);
        }

        int[]? runs = data.Runs is null ? null : [.. data.Runs.Where(start => start > first && start < first + count).Select(start => start - first).Prepend(0).Append(count)];
        if (!keepsBlocks)
        {
            (rows, held) = RelationCut.Of(rows, held, data.RankedBlock);
        }

        return new FeatureBlock(rows, held, runs, data.RankedBlock);
    }

    /// <summary>Refuses rows that are not what a job says of them.</summary>
    /// <param name="features">Features that there are.</param>
    /// <param name="rows">Training rows of this worker.</param>
    /// <param name="isRanking">Whether the job ranks, by runs and a block.</param>
    /// <returns>The same.</returns>
    /// <exception cref="InvalidDataException">They are of another job.</exception>
    public FeatureBlock Require(int features, int rows, bool isRanking)
    {
        Require(Training.Count == rows, $"{rows} training rows", Training.Count);
        int widest = Training.Blocks.Max(block => block.Rows.ColumnCount);
        Require(widest <= features, $"at most {features} features", widest);
        Require(Sharers is null || Sharers.Length == features, $"sharers of {features} features", Sharers?.Length ?? 0);
        Require(!isRanking || (RankedBlock >= 0 && Runs is not null), "runs of rows and a block to rank", RankedBlock);
        Require(Runs is null || IsOfRuns(Runs, rows), $"runs from 0 to {rows}", Runs is null ? "" : string.Join(' ', Runs.Take(10)));
        return this;
    }

    private static void Require(bool holds, string expected, object found)
    {
        if (!holds)
        {
            throw new InvalidDataException($"a worker's rows: expected {expected}, found {found}; upload the data of this very job");
        }
    }

    private static bool IsOfRuns(int[] runs, int rows) =>
        runs.Length >= 2 && runs[0] == 0 && runs[^1] == rows && Enumerable.Range(1, runs.Length - 1).All(run => runs[run] >= runs[run - 1]);

    /// <inheritdoc/>
    public long ByteLength =>
        HeaderBytes
        + Training.Blocks.Sum(block => sizeof(int) + RatingMatrixTransfer.BytesOf(block.Rows))
        + PartBytes(Training)
        + (HeldOut is null ? 0 : PartBytes(HeldOut))
        + ListBytes(Runs)
        + ListBytes(Sharers);

    private int Parts => (HeldOut is null ? 0 : HasHeldOut) + (Runs is null ? 0 : HasRuns) + (Sharers is null ? 0 : HasSharers);

    /// <inheritdoc/>
    public async ValueTask WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using ChunkWriter writer = new(stream, largestItem: 0);
        await writer.WriteAsync<int>(
            new[] { Training.Blocks.Count, RankedBlock, Parts }, cancellationToken).ConfigureAwait(false);
        foreach (RelationBlock block in Training.Blocks)
        {
            await writer.WriteAsync<int>(new[] { (int)block.Entity }, cancellationToken).ConfigureAwait(false);
            await RatingMatrixTransfer.WriteAsync(block.Rows, writer, cancellationToken).ConfigureAwait(false);
        }

        await WritePartAsync(Training).ConfigureAwait(false);
        if (HeldOut is not null)
        {
            await WritePartAsync(HeldOut).ConfigureAwait(false);
        }

        foreach (int[] list in new[] { Runs, Sharers }.OfType<int[]>())
        {
            await writer.WriteAsync<int>(new[] { list.Length }, cancellationToken).ConfigureAwait(false);
            await writer.WriteAsync<int>(list, cancellationToken).ConfigureAwait(false);
        }

        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);

        async ValueTask WritePartAsync(FeatureRows part)
        {
            await writer.WriteAsync<int>(new[] { part.Count }, cancellationToken).ConfigureAwait(false);
            await writer.WriteAsync<float>(part.Targets, cancellationToken).ConfigureAwait(false);
            foreach (int[] rows in part.BlockRows)
            {
                await writer.WriteAsync<int>(rows, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static long ListBytes(int[]? list) => list is null ? 0 : sizeof(int) * (1L + list.Length);

    private static long PartBytes(FeatureRows part) => sizeof(int) * (1 + ((1L + part.Blocks.Count) * part.Count));

    /// <summary>Reads what <see cref="WriteAsync"/> wrote.</summary>
    public sealed class Reader : IBlockReader<FeatureBlock>
    {
        private const string What = "a block of features";

        public static Reader Instance { get; } = new();

        /// <inheritdoc/>
        public async ValueTask<FeatureBlock> ReadAsync(Stream stream, long length, CancellationToken cancellationToken)
        {
            using ChunkReader reader = new(stream, What, length);
            await reader.FillAsync(HeaderBytes, cancellationToken).ConfigureAwait(false);
            int count = reader.TakeInt32();
            int ranked = reader.TakeInt32();
            int parts = reader.TakeInt32();
            if (count < 1 || count > reader.Remaining / sizeof(int) || ranked < -1 || ranked >= count || parts is < 0 or > HasHeldOut + HasRuns + HasSharers)
            {
                throw new InvalidDataException($"{What}: expected relation blocks, one of them ranked or none, and 0 to {HasHeldOut + HasRuns + HasSharers} for what follows, found {count}, {ranked} and {parts}");
            }

            RelationBlock[] blocks = new RelationBlock[count];
            for (int block = 0; block < count; block++)
            {
                int entity = await ReadNumberAsync((int)RelationEntity.Row).ConfigureAwait(false);
                blocks[block] = new RelationBlock(
                    $"{block}", (RelationEntity)entity, await RatingMatrixTransfer.ReadAsync(reader, What, cancellationToken).ConfigureAwait(false));
            }

            FeatureRows training = await ReadPartAsync().ConfigureAwait(false);
            FeatureRows? heldOut = (parts & HasHeldOut) != 0 ? await ReadPartAsync().ConfigureAwait(false) : null;
            int[]? runs = (parts & HasRuns) != 0 ? await ReadListAsync(training.Count).ConfigureAwait(false) : null;
            int[]? sharers = (parts & HasSharers) != 0 ? await ReadListAsync(int.MaxValue).ConfigureAwait(false) : null;
            return reader.Remaining == 0
                ? new FeatureBlock(training, heldOut, runs, ranked, sharers)
                : throw new InvalidDataException($"{What}: expected {length - reader.Remaining} bytes, found {length}");

            async ValueTask<int> ReadNumberAsync(int most)
            {
                await reader.FillAsync(sizeof(int), cancellationToken).ConfigureAwait(false);
                int number = reader.TakeInt32();
                return number >= 0 && number <= most ? number : throw new InvalidDataException($"{What}: expected a number of 0 to {most}, found {number}");
            }

            async ValueTask<int[]> ReadListAsync(int most) =>
                await ReadNumbersAsync(await ReadNumberAsync(int.MaxValue).ConfigureAwait(false), most).ConfigureAwait(false);

            async ValueTask<int[]> ReadNumbersAsync(int numbers, int most)
            {
                if ((long)numbers * sizeof(int) > reader.Remaining)
                {
                    throw new InvalidDataException($"{What}: expected {numbers} numbers, found {reader.Remaining} bytes");
                }

                int[] read = new int[numbers];
                await reader.ReadAsync<int>(read, cancellationToken).ConfigureAwait(false);
                return read.AsSpan().ContainsAnyExceptInRange(0, most)
                    ? throw new InvalidDataException($"{What}: expected numbers of 0 to {most}, found {read[read.AsSpan().IndexOfAnyExceptInRange(0, most)]}")
                    : read;
            }

            async ValueTask<FeatureRows> ReadPartAsync()
            {
                int rows = await ReadNumberAsync(int.MaxValue).ConfigureAwait(false);
                if ((long)rows * sizeof(float) * (1 + count) > reader.Remaining)
                {
                    throw new InvalidDataException($"{What}: expected {rows} rows, found {reader.Remaining} bytes");
                }

                float[] targets = new float[rows];
                await reader.ReadAsync<float>(targets, cancellationToken).ConfigureAwait(false);
                int[][] blockRows = new int[count][];
                for (int block = 0; block < count; block++)
                {
                    blockRows[block] = await ReadNumbersAsync(rows, blocks[block].Rows.RowCount - 1).ConfigureAwait(false);
                }

                return new FeatureRows(targets, blocks, blockRows);
            }
        }
    }
}
