using DistRec.Models.FactorizationMachine;
using DistRec.Training.Blocks;
using DistRec.Training.Compute;
using DistRec.Training.Coordination;
using DistRec.Training.Transfer;

namespace DistRec.Training.Partitions;

/// <summary>
/// One worker's rows of a factorization machine that descends, and a working copy of the rows of the feature tables that they refer to,
/// no others. Knows no actors. Not thread-safe: one call at a time.
/// </summary>
public sealed class FmPartition : IPushPartition
{
    private readonly FmOptions _options;
    private readonly FmShape _shape;
    private readonly FeatureRows _rows;
    private readonly FeatureRows? _heldOut;
    private readonly int[]? _runs;
    private readonly int _ranked;
    private readonly FmHeldOut? _guides; // of adaptive regularization alone
    private readonly int _firstRow;
    private readonly int[] _clockStarts;
    private readonly UpdateAveraging? _crowding;
    private readonly WorkingRows _working;
    private readonly RowSet[] _needed;
    private readonly FmParameters _parameters;
    private readonly RatingUnits _units;
    private readonly RatingScale _scale;
    private FmPairs? _pairs;
    private int _pairsEpoch;
    private double _rate;

    /// <param name="options">The model's settings.</param>
    /// <param name="data">The worker's rows.</param>
    /// <param name="starts">First row of each shard of the feature tables, and the number of rows last.</param>
    /// <param name="clocks">Clocks of an epoch.</param>
    /// <param name="groupStarts">First feature of each group, and the number of features last.</param>
    /// <param name="firstRow">Global index of the first training row.</param>
    /// <param name="units">What targets are to the arithmetic.</param>
    /// <param name="scale">The range of targets.</param>
    public FmPartition(
        FmOptions options, FeatureBlock data, IReadOnlyList<int> starts, int clocks, IReadOnlyList<int> groupStarts, int firstRow, RatingUnits units, RatingScale scale)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(starts);
        ArgumentNullException.ThrowIfNull(groupStarts);
        _options = options;
        _shape = FmShape.Of(options);
        _units = units;
        _scale = scale;
        _firstRow = firstRow;
        data = data with { Training = InUnits(data.Training, units) };
        _clockStarts = [.. Enumerable.Range(0, clocks + 1).Select(clock => (int)((long)data.Training.Count * clock / clocks))];
        bool adapts = options.Learner == FmLearner.AdaptiveSgd;
        if (options.Task != FmTask.Ranking)
        {
            data = data with { Training = RowShuffle.Of(data.Training, options.Seed, firstRow) };
        }

        FeatureUse use = new(data, groupStarts[^1], starts[^1]);
        List<int> held = use.Held;
        _rows = use.Renumber(data.Training);
        _heldOut = data.HeldOut is null ? null : new FeatureRows(data.HeldOut.Targets, _rows.Blocks, data.HeldOut.BlockRows);
        _runs = options.Task == FmTask.Ranking ? data.Runs : null;
        _ranked = data.RankedBlock;
        _needed = NeededRows.Of(starts, use.Marks);
        _working = new WorkingRows(
            starts,
            [.. Enumerable.Range(0, clocks).Select(clock => adapts ? _needed : NeededRows.Of(starts, use.MarksOf(_clockStarts[clock], _clockStarts[clock + 1])))],
            _shape.Width,
            held);
        if (adapts)
        {
            FeatureRows guides = _heldOut ?? throw new ArgumentException("expected held-out rows, from which adaptive regularization learns, found none", nameof(data));
            _guides = new FmHeldOut(InUnits(guides, units), GroupsOf(held[..use.Features], groupStarts), firstRow);
        }

        _parameters = new FmParameters(_working.Rows.Factors, _working.Rows.Biases, use.Features);
        _crowding = data.Sharers is null ? null : new UpdateAveraging(_rows, _clockStarts, [.. held.Select(row => row < groupStarts[^1] ? data.Sharers[row] : data.Sharers.Max())]);
        Tables = new UserTables(0, 0);
    }

    /// <inheritdoc/>
    public UserTables Tables { get; }

    /// <inheritdoc/>
    public long Count => _rows.Count;

    /// <summary>Does nothing: shards draw the tables of features.</summary>
    public void Initialize()
    {
    }

    /// <inheritdoc/>
    public RowSet[] PredictedRows() => _needed;

    /// <inheritdoc/>
    public RowSet RowsOf(int clock, int shard) => _working.Of(clock, shard);

    /// <inheritdoc/>
    public void Take(int clock, int shard, ParameterTable table) => _working.Take(clock, shard, table);

    /// <inheritdoc/>
    public double Descend(int clock, int epoch, double learningRate)
    {
        _rate = learningRate;
        FmStep step = FmStep.Of(_options, learningRate);
        int from = _clockStarts[clock], to = _clockStarts[clock + 1];
        if (_guides is not null)
        {
            return FmKernel.RunRows(_shape, step, _rows, from, to, _parameters, _guides);
        }

        return _runs is null
            ? FmKernel.RunRows(_shape, step, _rows, from, to, _parameters)
            : FmKernel.RunPairs(_shape, step, _rows, from, to, _parameters, PairsOf(epoch));
    }

    /// <inheritdoc/>
    public IBlock ChangesOf(int clock, int shard) => _crowding is null
        ? _working.ChangesOf(clock, shard)
        : _working.ChangesOf(clock, shard, place => _crowding.ShareOf(clock, place, RateOf(place)), _shape.FactorWidth);

    /// <inheritdoc/>
    public Task<RoundSums> ValidateAsync(PartitionedFactors items, IComputePool pool, CancellationToken cancellationToken)
    {
        if (_heldOut is null)
        {
            return Task.FromResult(default(RoundSums));
        }

        _working.TakeAll(items, _needed);
        return FmErrors.SumAsync(_options, _parameters, _heldOut, _units, _scale, pool, cancellationToken);
    }

    /// <summary>Of no rows: the model is made of the feature tables alone.</summary>
    public Task<FactorBlock> ModelAsync(PartitionedFactors items, IComputePool pool, CancellationToken cancellationToken) => Task.FromResult(Tables.Current);

    // AdaGrad's steps are shorter the more there have been.
    private double RateOf(int place) => _options.Learner == FmLearner.AdaGrad
        ? _rate / Math.Sqrt(1 + _working.Rows.Factors.Row(place)[_shape.StateStart + _shape.FactorWidth])
        : _rate;

    private FmPairs PairsOf(int epoch)
    {
        if (_pairs is null || _pairsEpoch != epoch)
        {
            (_pairs, _pairsEpoch) = (FmPairs.Draw(_ranked, _rows.BlockRows[_ranked], _rows.Blocks[_ranked].Rows.RowCount, _runs!, _options.Seed, epoch, _firstRow), epoch);
        }

        return _pairs;
    }

    /// <summary>Rows with targets as the arithmetic knows them.</summary>
    internal static FeatureRows InUnits(FeatureRows rows, RatingUnits units) =>
        new(Array.ConvertAll(rows.Targets, units.TargetOf), rows.Blocks, rows.BlockRows);

    private static int[] GroupsOf(List<int> features, IReadOnlyList<int> groupStarts)
    {
        int[] groups = new int[features.Count];
        int group = 0;
        for (int place = 0; place < groups.Length; place++)
        {
            while (groupStarts[group + 1] <= features[place])
            {
                group++;
            }

            groups[place] = group;
        }

        return groups;
    }
}
