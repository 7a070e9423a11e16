using System.Runtime.InteropServices;
using DistRec.Models.Neural;
using DistRec.Numerics.Linear;
using DistRec.Training.Blocks;
using DistRec.Training.Compute;
using DistRec.Training.Coordination;
using DistRec.Training.Transfer;

namespace DistRec.Training.Partitions;

/// <summary>
/// One user partition of <c>neumf-mf</c> or <c>mlp</c>: its ratings, dealt out anew to the mini-batches of each epoch, its users'
/// embeddings, and a copy of those rows of the items' tables that a
/// batch needs, the layers' among them. Knows no actors. Not thread-safe: one call at a time.
/// </summary>
public sealed class NeuralPartition : IPushPartition
{
    private readonly NeuralOptions _options;
    private readonly NeuralShape _shape;
    private readonly RatingBlock _data;
    private readonly int[] _starts;
    private readonly int _items;
    private readonly int _firstUser;
    private readonly RatingUnits _units;
    private readonly RatingScale _scale;
    private readonly MiniBatches _batches;
    private readonly NeuralBatch _batch;
    private readonly Lazy<RowSet[]> _needed;
    private readonly DenseLayers? _layers;
    private readonly int[] _places;
    private readonly int[] _userOf;
    private readonly float[] _weights;
    private readonly float[] _layerBiases;
    private readonly double[] _weightSums;
    private readonly double[] _layerBiasSums;
    private readonly double[] _userSums;
    private RowSet[] _rows = [];
    private int[] _firstPlaces = [];
    private FactorBlock _working = FactorBlock.Zeros(0, 0);
    private double[] _sums = [];
    private readonly int _first;
    private NeuralPair[] _pairs = [];
    private int _taken;
    private int _clock = -1;

    /// <param name="options">The model's settings.</param>
    /// <param name="data">The partition's ratings.</param>
    /// <param name="starts">First row of each shard of the items' tables, and the number of rows last.</param>
    /// <param name="clocks">Mini-batches of an epoch.</param>
    /// <param name="firstUser">Global index of the first user.</param>
    /// <param name="units">What ratings are to the arithmetic.</param>
    /// <param name="scale">The range of ratings.</param>
    public NeuralPartition(
        NeuralOptions options,
        RatingBlock data,
        IReadOnlyList<int> starts,
        int clocks,
        int firstUser,
        RatingUnits units,
        RatingScale scale)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(starts);
        (_options, _data, _starts, _firstUser, _units, _scale) = (options, data, [.. starts], firstUser, units, scale);
        _shape = NeuralShape.Of(options);
        _first = (int)data.Training.RowStarts[0];
        _items = _starts[^1] - _shape.LayerRows;
        _batches = new MiniBatches(data.Training, firstUser, clocks, options.Seed);
        _batch = new NeuralBatch(_shape);
        _layers = _shape.Layers == 0 ? null : new DenseLayers(_shape, new float[_shape.WeightCount], new float[_shape.BiasCount]);
        (_weights, _layerBiases) = (new float[_shape.WeightCount], new float[_shape.BiasCount]);
        (_weightSums, _layerBiasSums) = (new double[_shape.WeightCount], new double[_shape.BiasCount]);
        _places = new int[_items];
        RatingMatrix train = data.Training;
        _userOf = [.. Enumerable.Range(0, train.RowCount).SelectMany(user => Enumerable.Repeat(user, train.RowLength(user)))];
        _userSums = new double[(long)data.Training.RowCount * _shape.GradientWidth];
        _needed = new Lazy<RowSet[]>(PredictedBy);
        Tables = new UserTables(data.Training.RowCount, _shape.Width);
    }

    /// <inheritdoc/>
    public UserTables Tables { get; }

    /// <inheritdoc/>
    public long Count => _data.Training.Count;

    /// <inheritdoc/>
    public void Initialize() => Tables.Initialize(_firstUser, _options.InitialScale, _options.Seed, _shape.Rank);

    /// <inheritdoc/>
    public void BeginEpoch(int epoch)
    {
        _batches.Deal(epoch);
        _clock = -1;
    }

    /// <inheritdoc/>
    public RowSet[] PredictedRows() => _needed.Value;

    /// <inheritdoc/>
    public RowSet RowsOf(int clock, int shard)
    {
        if (clock != _clock)
        {
            Place(clock);
        }

        return _rows[shard];
    }

    /// <inheritdoc/>
    public void Take(int clock, int shard, ParameterTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        table.CopyRows(RowsOf(clock, shard), _working, _firstPlaces[shard]);
    }

    /// <inheritdoc/>
    public double Descend(int clock, int epoch, double learningRate)
    {
        Array.Clear(_sums);
        if (_layers is not null)
        {
            SpreadRows(_taken, _weights);
            SpreadRows(_taken + _shape.WeightRows, _layerBiases);
            _layers.Set(_weights, _layerBiases);
        }

        FactorBlock users = Tables.Current;
        double squaredError = _batch.Add(
            _layers, _pairs, (users.Factors, users.Biases), (_working.Factors, _working.Biases), _userSums, _sums);
        if (_layers is not null)
        {
            _batch.CopyLayerSums(_weightSums, _layerBiasSums);
            GatherRows(_weightSums, _taken);
            GatherRows(_layerBiasSums, _taken + _shape.WeightRows);
        }

        RowStep step = new(_shape, _options.Optimizer, learningRate);
        int last = -1;
        foreach (NeuralPair pair in _pairs)
        {
            if (pair.User == last)
            {
                continue;
            }

            last = pair.User;
            Span<double> sums = _userSums.AsSpan(last * _shape.GradientWidth, _shape.GradientWidth);
            step.Take(users.Factors.Row(last), ref users.Biases[last], sums, _options.Regularization, _options.BiasRegularization);
            sums.Clear();
        }

        return squaredError;
    }

    /// <inheritdoc/>
    public IBlock ChangesOf(int clock, int shard)
    {
        int width = _shape.GradientWidth;
        return new GradientRows(_rows[shard], width, _sums.AsMemory(_firstPlaces[shard] * width, _rows[shard].Count * width));
    }

    /// <inheritdoc/>
    public Task<RoundSums> ValidateAsync(PartitionedFactors items, IComputePool pool, CancellationToken cancellationToken) =>
        HeldOutErrors.SumAsync(
            _data.HeldOut, Tables.Current, items, new TableSection(0, _shape.Rank), _units, _scale, pool, cancellationToken,
            layers: LayersOf(items));

    /// <inheritdoc/>
    public Task<FactorBlock> ModelAsync(PartitionedFactors items, IComputePool pool, CancellationToken cancellationToken)
    {
        FactorBlock users = Tables.Best ?? Tables.Current;
        return Task.FromResult(new FactorBlock(new TableSection(0, _shape.Rank).Of([users.Factors]), users.Biases));
    }

    // The batch's items have places one after the other in their order, and behind them are the rows of layers.
    private void Place(int clock)
    {
        _clock = clock;
        ReadOnlySpan<int> batch = _batches.Of(clock);
        int[] items = ItemsOf(batch);
        for (int place = 0; place < items.Length; place++)
        {
            _places[items[place]] = place;
        }

        _taken = items.Length;
        _pairs = new NeuralPair[batch.Length];
        for (int index = 0; index < batch.Length; index++)
        {
            int rating = batch[index], at = _first + rating;
            _pairs[index] = new NeuralPair(
                _userOf[rating], _places[_data.Training.Columns[at]], _units.TargetOf(_data.Training.Values[at]));
        }

        int[] rows = [.. items, .. batch.IsEmpty ? [] : Enumerable.Range(_items, _shape.LayerRows)];
        _rows = SetsOf(rows);
        _firstPlaces = new int[_rows.Length];
        for (int shard = 1; shard < _rows.Length; shard++)
        {
            _firstPlaces[shard] = _firstPlaces[shard - 1] + _rows[shard - 1].Count;
        }

        if (_working.Biases.Length < rows.Length)
        {
            // What was pushed of the clock before may still be read.
            _working = FactorBlock.Zeros(rows.Length, _shape.Rank);
            _sums = new double[rows.Length * _shape.GradientWidth];
        }
    }

    private int[] ItemsOf(ReadOnlySpan<int> batch)
    {
        int[] items = new int[batch.Length];
        for (int index = 0; index < items.Length; index++)
        {
            items[index] = _data.Training.Columns[_first + batch[index]];
        }

        Array.Sort(items);
        return [.. items.Distinct()];
    }

    private RowSet[] SetsOf(int[] sortedRows)
    {
        RowSet[] sets = new RowSet[_starts.Length - 1];
        int next = 0;
        for (int shard = 0; shard < sets.Length; shard++)
        {
            int first = _starts[shard], end = _starts[shard + 1], from = next;
            while (next < sortedRows.Length && sortedRows[next] < end)
            {
                next++;
            }

            sets[shard] = RowSet.FromSorted(end - first, Array.ConvertAll(sortedRows[from..next], row => row - first));
        }

        return sets;
    }

    private RowSet[] PredictedBy()
    {
        RowSet[] ofItems = NeededRows.Of(_starts, _data.Training, _data.HeldOut);
        RowSet[] ofLayers = SetsOf([.. Enumerable.Range(_items, _shape.LayerRows)]);
        return [.. ofItems.Zip(ofLayers, (items, layers) => items.Union(layers))];
    }

    // Numbers of layers stand k in each row.
    private void SpreadRows(int place, Span<float> numbers)
    {
        for (; !numbers.IsEmpty; place++)
        {
            int count = Math.Min(_shape.Rank, numbers.Length);
            _working.Factors.Row(place)[..count].CopyTo(numbers);
            numbers = numbers[count..];
        }
    }

    private void GatherRows(ReadOnlySpan<double> numbers, int place)
    {
        for (; !numbers.IsEmpty; place++)
        {
            int count = Math.Min(_shape.Rank, numbers.Length);
            Span<double> sums = _sums.AsSpan(place * _shape.GradientWidth, _shape.GradientWidth);
            numbers[..count].CopyTo(sums);
            sums[^1] = _pairs.Length;
            numbers = numbers[count..];
        }
    }

    private DenseLayers? LayersOf(PartitionedFactors items)
    {
        if (_shape.Layers == 0)
        {
            return null;
        }

        List<float> numbers = [];
        for (int shard = 0; shard < items.Tables.Length; shard++)
        {
            for (int row = Math.Max(0, _items - _starts[shard]); row < items.Tables[shard].Rows; row++)
            {
                numbers.AddRange(items.Tables[shard].Row(row)[.._shape.Rank]);
            }
        }

        int biases = _shape.WeightRows * _shape.Rank;
        ReadOnlySpan<float> all = CollectionsMarshal.AsSpan(numbers);
        return new DenseLayers(_shape, all[.._shape.WeightCount], all.Slice(biases, _shape.BiasCount));
    }
}
