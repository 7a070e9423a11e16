using DistRec.Models.Neural;
using DistRec.Numerics.Linear;
using DistRec.Training.Transfer;

namespace DistRec.Training.Partitions;

/// <summary>A shard's sums of gradients until all workers of a mini-batch have pushed theirs, and the steps that its rows then take.
/// Not thread-safe.</summary>
public sealed class GradientTable
{
    private readonly NeuralOptions _options;
    private readonly NeuralShape _shape;
    private readonly int _layersStart;
    private readonly int _biasesStart;
    private readonly double[] _sums;
    private readonly bool[] _touched;

    /// <param name="options">The model's settings.</param>
    /// <param name="firstRow">Global index of the shard's first row.</param>
    /// <param name="rows">Rows of the shard.</param>
    /// <param name="items">Items of the model: the rows from there on are those of layers.</param>
    public GradientTable(NeuralOptions options, int firstRow, int rows, int items)
    {
        _options = options;
        _shape = NeuralShape.Of(options);
        _layersStart = items - firstRow;
        _biasesStart = _layersStart + _shape.WeightRows;
        _sums = new double[(long)rows * _shape.GradientWidth];
        _touched = new bool[rows];
    }

    /// <summary>Adds a worker's gradients.</summary>
    /// <exception cref="InvalidDataException">They are of another table.</exception>
    public void Add(GradientRows pushed)
    {
        ArgumentNullException.ThrowIfNull(pushed);
        int width = _shape.GradientWidth;
        if (pushed.Rows.Rows != _touched.Length || pushed.Width != width)
        {
            throw new InvalidDataException(
                $"gradients: expected those of {_touched.Length} rows of {width} numbers, found {pushed.Rows.Rows} of {pushed.Width}");
        }

        ReadOnlySpan<double> sums = pushed.Sums.Span;
        for (int from = 0; pushed.Rows.TryNextRun(from, out int first, out int end); from = end)
        {
            int count = (end - first) * width;
            ExactSum.Add(sums[..count], _sums.AsSpan(first * width, count));
            _touched.AsSpan(first..end).Fill(true);
            sums = sums[count..];
        }
    }

    /// <summary>Lets every row that gradients came for take its step, and forgets them.</summary>
    /// <param name="rows">The shard's table.</param>
    /// <param name="learningRate">γ.</param>
    public void Step(FactorBlock rows, double learningRate)
    {
        ArgumentNullException.ThrowIfNull(rows);
        RowStep step = new(_shape, _options.Optimizer, learningRate);
        for (int row = 0; row < _touched.Length; row++)
        {
            Span<double> sums = _sums.AsSpan(row * _shape.GradientWidth, _shape.GradientWidth);
            if (_touched[row] && sums[^1] > 0)
            {
                (float regularization, float ofBias) = row < _layersStart ? (_options.Regularization, _options.BiasRegularization)
                    : (row < _biasesStart ? _options.LayerRegularization : 0, 0);
                step.Take(rows.Factors.Row(row), ref rows.Biases[row], sums, regularization, ofBias);
            }

            sums.Clear();
        }

        Array.Clear(_touched);
    }
}
