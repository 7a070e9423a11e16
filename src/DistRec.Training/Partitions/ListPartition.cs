using DistRec.Models.Baseline;
using DistRec.Models.Neighborhood;
using DistRec.Models.Settings;
using DistRec.Training.Blocks;
using DistRec.Training.Compute;
using DistRec.Training.Coordination;
using DistRec.Training.Transfer;

namespace DistRec.Training.Partitions;

/// <summary>
/// One user partition of a model that learns nothing but lists of items, such as <c>knn</c> and <c>ease</c>, which the items' shards make; a user's bias, where there are
/// any, follows from those of the items.
/// Knows no actors. Not thread-safe: one call at a time.
/// </summary>
public sealed class ListPartition : IPushPartition
{
    private readonly ModelOptions _options;
    private readonly RatingBlock _data;
    private readonly int[] _starts;
    private readonly RatingUnits _units;
    private readonly RatingScale _scale;
    private readonly Lazy<RowSet[]> _needed;

    /// <param name="options">The model's settings.</param>
    /// <param name="data">The partition's ratings.</param>
    /// <param name="itemStarts">First item of each shard of the item tables, and the number of items last.</param>
    /// <param name="units">What ratings are to the arithmetic.</param>
    /// <param name="scale">The range of ratings.</param>
    public ListPartition(ModelOptions options, RatingBlock data, IReadOnlyList<int> itemStarts, RatingUnits units, RatingScale scale)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(data);
        (_options, _data, _starts, _units, _scale) = (options, data, [.. itemStarts], units, scale);
        _needed = new Lazy<RowSet[]>(() => NeededRows.Of(_starts, data.Training, data.HeldOut));
        Tables = new UserTables(data.Training.RowCount, 0);
    }

    /// <inheritdoc/>
    public UserTables Tables { get; }

    /// <inheritdoc/>
    public long Count => _data.Training.Count;

    /// <inheritdoc/>
    public void Initialize() => Array.Clear(Tables.Current.Biases);

    /// <inheritdoc/>
    public RowSet[] PredictedRows() => _needed.Value;

    /// <inheritdoc/>
    public RowSet RowsOf(int clock, int shard) => RowSet.None(_starts[shard + 1] - _starts[shard]);

    /// <inheritdoc/>
    public void Take(int clock, int shard, ParameterTable table)
    {
        // The items' biases come with validation, and with the model.
    }

    /// <inheritdoc/>
    public double Descend(int clock, int epoch, double learningRate) => 0;

    /// <inheritdoc/>
    public IBlock ChangesOf(int clock, int shard) => new RowChanges(RowsOf(clock, shard), FactorBlock.Zeros(0, _options.WidthOf(Side.Item)));

    /// <inheritdoc/>
    public Task<RoundSums> ValidateAsync(PartitionedFactors items, IComputePool pool, CancellationToken cancellationToken) => HeldOutErrors.SumAsync(
        _data.HeldOut,
        UsersOf(items),
        items,
        new TableSection(0, 0),
        _units,
        _scale,
        pool,
        cancellationToken,
        () => new HeldOutNeighbors(_options.NeighborLists!.Shape, 0, _data.Training, _units, items));

    /// <inheritdoc/>
    public Task<FactorBlock> ModelAsync(PartitionedFactors items, IComputePool pool, CancellationToken cancellationToken) => Task.FromResult(UsersOf(items));

    private FactorBlock UsersOf(PartitionedFactors items)
    {
        RatingMatrix ratings = _data.Training;
        FactorBlock users = FactorBlock.Zeros(ratings.RowCount, 0);
        if (_options.NeighborLists!.Biases is not { } biases)
        {
            return users;
        }

        float[] itemBiases = [.. items.Biases.SelectMany(biases => biases)];
        for (int user = 0; user < ratings.RowCount; user++)
        {
            users.Biases[user] = DampedBiases.OfRow(ratings.RowColumns(user), ratings.RowValues(user), itemBiases, _units, biases.UserRegularization);
        }

        return users;
    }
}
