using DistRec.Actors;
using DistRec.Data;
using DistRec.Models;
using DistRec.Models.Feedback;
using DistRec.Training.Coordination;

namespace DistRec.Training.Partitions;

/// <summary>
/// One user partition of <c>svd++</c>, <c>asvd</c> or <c>nsvd</c>: its ratings, its users' tables, a working copy of the item
/// rows that it needs, and a clock's descent over some of its users. Knows no actors. Not thread-safe: one call at a time.
/// </summary>
public sealed class FeedbackPartition
{
    private const int RowsPerChunk = 256;

    private readonly FeedbackOptions _options;
    private readonly FeedbackShape _shape;
    private readonly UserFeedback _data;
    private readonly RatingMatrix? _heldOut;
    private readonly int[] _itemStarts;
    private readonly int[] _clockStarts;
    private readonly RowSet[][] _touched;
    private readonly FactorBlock[] _changes;
    private readonly FactorBlock _items;
    private readonly int _firstUser;
    private readonly float _globalMean;
    private readonly RatingScale _scale;

    /// <param name="options">The model's settings.</param>
    /// <param name="data">The partition's ratings and feedback.</param>
    /// <param name="itemStarts">First item of each shard of the item tables, and the number of items last.</param>
    /// <param name="clocks">Clocks of an epoch.</param>
    /// <param name="firstUser">Global index of the first user.</param>
    /// <param name="globalMean">μ.</param>
    /// <param name="scale">The range of ratings.</param>
    public FeedbackPartition(
        FeedbackOptions options, RatingBlock data, IReadOnlyList<int> itemStarts, int clocks, int firstUser, float globalMean, RatingScale scale)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(itemStarts);
        _options = options;
        _shape = FeedbackShape.Of(options);
        _data = new UserFeedback(data.Training, data.Feedback);
        _heldOut = data.HeldOut;
        _itemStarts = [.. itemStarts];
        _firstUser = firstUser;
        _globalMean = globalMean;
        _scale = scale;
        _clockStarts = ClockStarts(data.Training, clocks);
        _touched = [.. Enumerable.Range(0, clocks).Select(clock => RowsTouchedIn(clock))];
        _changes =
        [
            .. Enumerable.Range(0, _itemStarts.Length - 1)
                .Select(shard => FactorBlock.Zeros(_touched.Max(rows => rows[shard].Count), _shape.ItemWidth)),
        ];
        _items = FactorBlock.Zeros(_itemStarts[^1], _shape.ItemWidth);
        Tables = new UserTables(data.Training.RowCount, _shape.UserWidth);
    }

    /// <summary>p_u and b_u.</summary>
    public UserTables Tables { get; }

    /// <summary>Number of training ratings.</summary>
    public long Count => _data.Ratings.Count;

    /// <summary>Draws the first factors.</summary>
    public void Initialize() => Tables.Initialize(_firstUser, _options.InitialScale, _options.Seed);

    /// <summary>The rows of a shard that a clock reads and changes.</summary>
    public RowSet RowsOf(int clock, int shard) => _touched[clock][shard];

    /// <summary>The rows of every shard that predictions refer to.</summary>
    public RowSet[] PredictedRows() => NeededRows.Of(_itemStarts, _data.Ratings, _data.Feedback, _heldOut);

    /// <summary>Takes a shard's rows for a clock.</summary>
    public void Take(int clock, int shard, ParameterTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        table.CopyRows(_touched[clock][shard], _items, _itemStarts[shard], _changes[shard]);
    }

    /// <summary>Visits every rating of a clock's users once.</summary>
    /// <param name="clock">Which clock; its rows have been taken.</param>
    /// <param name="learningRate">γ of the epoch.</param>
    /// <returns>Σ e², each e before its own update; not finite where the descent diverged.</returns>
    public double Descend(int clock, double learningRate) =>
        FeedbackKernel.RunUsers(
            _shape, _data, _clockStarts[clock], _clockStarts[clock + 1], FeedbackStep.Of(_options, _globalMean, learningRate),
            Tables.Current.Factors, Tables.Current.Biases, _items.Factors, _items.Biases);

    /// <summary>What a clock changed of a shard's rows. Good until the shard's rows are taken again.</summary>
    public RowChanges ChangesOf(int clock, int shard)
    {
        RowSet rows = _touched[clock][shard];
        FactorBlock changes = _changes[shard];
        int stride = changes.Factors.Stride;
        int start = _itemStarts[shard];
        int next = 0;
        for (int from = 0; rows.TryNextRun(from, out int first, out int end); from = end)
        {
            Numerics.Vectors.Accumulate.SubtractFrom(
                changes.Factors.Values.Slice(next * stride, (end - first) * stride),
                _items.Factors.Values.Slice((start + first) * stride, (end - first) * stride));
            Numerics.Vectors.Accumulate.SubtractFrom(
                changes.Biases.AsSpan(next, end - first), _items.Biases.AsSpan(start + first, end - first));
            next += end - first;
        }

        return new RowChanges(rows, changes);
    }

    /// <summary>Errors on the held-out ratings, given the item side.</summary>
    public async Task<RoundSums> ValidateAsync(PartitionedFactors items, IComputePool pool, CancellationToken cancellationToken)
    {
        if (_heldOut is null)
        {
            return default;
        }

        TakeAll(items);
        FactorBlock users = await ProfilesAsync(Tables.Current, row => _heldOut.RowLength(row) > 0, pool, cancellationToken).ConfigureAwait(false);

        // q_i is what an item's row begins with.
        return await HeldOutErrors.SumAsync(
            _heldOut, users, items, new TableSection(0, _shape.Rank), _globalMean, _scale, pool, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The users' side of the model: p_u + z_u and b_u of the remembered tables, or of the newest where none were kept.</summary>
    /// <param name="items">The item side that belongs to them.</param>
    /// <param name="pool">Where it is computed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<FactorBlock> ModelAsync(PartitionedFactors items, IComputePool pool, CancellationToken cancellationToken)
    {
        TakeAll(items);
        return ProfilesAsync(Tables.Kept ?? Tables.Current, _ => true, pool, cancellationToken);
    }

    private async Task<FactorBlock> ProfilesAsync(FactorBlock users, Func<int, bool> isWanted, IComputePool pool, CancellationToken cancellationToken)
    {
        int rows = users.Biases.Length;
        FactorBlock profiles = FactorBlock.Zeros(rows, _options.Rank);
        users.Biases.CopyTo(profiles.Biases, 0);
        await pool.ForAsync(
            (rows + RowsPerChunk - 1) / RowsPerChunk,
            (chunk, _) =>
            {
                for (int row = chunk * RowsPerChunk; row < Math.Min(rows, (chunk + 1) * RowsPerChunk); row++)
                {
                    if (isWanted(row))
                    {
                        FeedbackKernel.Describe(
                            _shape, _data.Ratings.RowColumns(row), _data.Ratings.RowValues(row), _data.ItemsOf(row),
                            _globalMean, users.Biases[row], users.Factors.Row(row), _items.Factors, _items.Biases, profiles.Factors.Row(row));
                    }
                }
            },
            cancellationToken).ConfigureAwait(false);
        return profiles;
    }

    private void TakeAll(PartitionedFactors items)
    {
        ArgumentNullException.ThrowIfNull(items);
        for (int shard = 0; shard < items.Tables.Length; shard++)
        {
            items.Tables[shard].Values.CopyTo(_items.Factors.Values[(items.Starts[shard] * _items.Factors.Stride)..]);
            items.Biases[shard].CopyTo(_items.Biases, items.Starts[shard]);
        }
    }

    // Users in their order, about as many ratings a clock; where there are fewer users than clocks, the last clocks have none.
    private static int[] ClockStarts(RatingMatrix ratings, int clocks)
    {
        int filled = Math.Clamp(ratings.RowCount, 1, clocks);
        int[] starts = Partitioner.Balance(Partitioner.RowCounts(ratings), filled);
        return [.. starts, .. Enumerable.Repeat(ratings.RowCount, clocks - filled)];
    }

    private RowSet[] RowsTouchedIn(int clock) =>
        NeededRows.Of(_itemStarts, _data.Ratings.Rows(_clockStarts[clock], _clockStarts[clock + 1]), _data.Feedback?.Rows(_clockStarts[clock], _clockStarts[clock + 1]));
}
