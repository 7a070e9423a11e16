using DistRec.Models.Feedback;
using DistRec.Models.Neighborhood;
using DistRec.Training.Blocks;
using DistRec.Training.Compute;
using DistRec.Training.Coordination;
using DistRec.Training.Transfer;

namespace DistRec.Training.Partitions;

/// <summary>
/// One user partition of <c>svd++</c> and the models like it: its ratings, its users' tables, a working copy of the item
/// rows that one clock needs, and that clock's descent over some of its users. Knows no actors. Not thread-safe: one call at a time.
/// </summary>
public sealed class FeedbackPartition : IPushPartition
{
    private const int RowsPerChunk = 256;

    private readonly FeedbackOptions _options;
    private readonly FeedbackShape _shape;
    private readonly UserFeedback _data;
    private readonly RatingMatrix? _heldOut;
    private readonly int[] _itemStarts;
    private readonly int[] _clockStarts;
    private readonly WorkingRows _working;
    private readonly PlacedRatings _placed;
    private readonly PlacedRatings? _placedFeedback;
    private readonly Lazy<RowSet[]> _needed;
    private readonly int _firstUser;
    private readonly RatingUnits _units;
    private readonly RatingScale _scale;
    private int _placedClock = -1;

    /// <param name="options">The model's settings.</param>
    /// <param name="data">The partition's ratings and feedback.</param>
    /// <param name="itemStarts">First item of each shard of the item tables, and the number of items last.</param>
    /// <param name="clocks">Clocks of an epoch.</param>
    /// <param name="firstUser">Global index of the first user.</param>
    /// <param name="units">What ratings are to the arithmetic.</param>
    /// <param name="scale">The range of ratings.</param>
    public FeedbackPartition(
        FeedbackOptions options, RatingBlock data, IReadOnlyList<int> itemStarts, int clocks, int firstUser, RatingUnits units, RatingScale scale)
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
        _units = units;
        _scale = scale;
        _clockStarts = ClockStarts(data.Training, clocks);
        _working = new WorkingRows(_itemStarts, [.. Enumerable.Range(0, clocks).Select(clock => RowsTouchedIn(clock))], _shape.ItemWidth);
        _placed = new PlacedRatings(_data.Ratings, _clockStarts);
        _placedFeedback = _data.Feedback is null ? null : new PlacedRatings(_data.Feedback, _clockStarts);
        _needed = new Lazy<RowSet[]>(() => NeededRows.Of(_itemStarts, _data.Ratings, _data.Feedback, _heldOut));
        Tables = new UserTables(data.Training.RowCount, _shape.UserWidth);
    }

    /// <inheritdoc/>
    public UserTables Tables { get; }

    /// <inheritdoc/>
    public long Count => _data.Ratings.Count;

    /// <inheritdoc/>
    public void Initialize() => Tables.Initialize(_firstUser, _options.InitialScale, _options.Seed);

    /// <inheritdoc/>
    public RowSet RowsOf(int clock, int shard) => _working.Of(clock, shard);

    /// <inheritdoc/>
    public RowSet[] PredictedRows() => _needed.Value;

    /// <inheritdoc/>
    public void Take(int clock, int shard, ParameterTable table)
    {
        Place(clock);
        _working.Take(clock, shard, table);
    }

    /// <inheritdoc/>
    public double Descend(int clock, int epoch, double learningRate) =>
        FeedbackKernel.RunUsers(
            _shape, RatingsOf(clock), _clockStarts[clock], _clockStarts[clock + 1], FeedbackStep.Of(_options, _units, learningRate),
            Tables.Current.Factors, Tables.Current.Biases, Items.Factors, Items.Biases);

    /// <inheritdoc/>
    public IBlock ChangesOf(int clock, int shard) => _working.ChangesOf(clock, shard);

    /// <inheritdoc/>
    public async Task<RoundSums> ValidateAsync(PartitionedFactors items, IComputePool pool, CancellationToken cancellationToken)
    {
        if (_heldOut is null)
        {
            return default;
        }

        FactorBlock users = await ProfilesAsync(items, Tables.Current, row => _heldOut.RowLength(row) > 0, pool, cancellationToken).ConfigureAwait(false);

        // q_i is what an item's row begins with.
        return await HeldOutErrors.SumAsync(
            _heldOut, users, items, new TableSection(0, _shape.Rank), _units, _scale, pool, cancellationToken, NeighborsOf(items)).ConfigureAwait(false);
    }

    /// <summary>The users' side of the model: p_u + z_u and b_u of the remembered tables, or of the newest where none were kept.</summary>
    /// <param name="items">The item side that belongs to them.</param>
    /// <param name="pool">Where it is computed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<FactorBlock> ModelAsync(PartitionedFactors items, IComputePool pool, CancellationToken cancellationToken) =>
        ProfilesAsync(items, Tables.Best ?? Tables.Current, _ => true, pool, cancellationToken);

    private FactorBlock Items => _working.Rows;

    private Func<HeldOutNeighbors>? NeighborsOf(PartitionedFactors items) => _shape.Neighbors is not { } lists ? null
        : () => new HeldOutNeighbors(lists, _shape.ListStart, _data.Ratings, _units, items);

    // Clock by clock, so that the working copy need never hold more than in the descent.
    private async Task<FactorBlock> ProfilesAsync(
        PartitionedFactors items, FactorBlock users, Func<int, bool> isWanted, IComputePool pool, CancellationToken cancellationToken)
    {
        FactorBlock profiles = FactorBlock.Zeros(users.Biases.Length, _shape.Rank);
        users.Biases.CopyTo(profiles.Biases, 0);
        for (int clock = 0; clock + 1 < _clockStarts.Length; clock++)
        {
            Place(clock);
            _working.TakeAll(items, _working.Of(clock));
            UserFeedback data = RatingsOf(clock);
            int from = _clockStarts[clock], to = _clockStarts[clock + 1];
            await pool.ForAsync(
                (to - from + RowsPerChunk - 1) / RowsPerChunk,
                (chunk, _) =>
                {
                    for (int row = from + (chunk * RowsPerChunk); row < Math.Min(to, from + ((chunk + 1) * RowsPerChunk)); row++)
                    {
                        if (isWanted(row))
                        {
                            FeedbackKernel.Describe(
                                _shape, data.Ratings.RowColumns(row), data.Ratings.RowValues(row), data.ItemsOf(row),
                                _units, users.Biases[row], users.Factors.Row(row), Items.Factors, Items.Biases, profiles.Factors.Row(row));
                        }
                    }
                },
                cancellationToken).ConfigureAwait(false);
        }

        return profiles;
    }

    private void Place(int clock)
    {
        if (_placedClock != clock)
        {
            _working.Place(clock);
            _placedClock = clock;
        }
    }

    // What the clock's users gave, items by their places.
    private UserFeedback RatingsOf(int clock) =>
        new(_placed.Of(clock, Items.Biases.Length, _working.PlaceOf), _placedFeedback?.Of(clock, Items.Biases.Length, _working.PlaceOf), _data.Ratings);

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
