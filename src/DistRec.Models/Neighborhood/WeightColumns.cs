namespace DistRec.Models.Neighborhood;

/// <summary>
/// Lists of <see cref="NeighborForm.Total"/> the other way round, by the item that speaks: a user's scores of all items take as many sums as its items have weights. Each
/// sum has the order and the bits of <see cref="NeighborKernel.Score"/>.
/// </summary>
public sealed class WeightColumns
{
    private readonly long[] _starts;
    private readonly int[] _targets;
    private readonly float[] _weights;

    /// <param name="shape">Where the parts of a list lie.</param>
    /// <param name="lists">A list an item.</param>
    public WeightColumns(NeighborShape shape, FactorTable lists)
    {
        ArgumentNullException.ThrowIfNull(lists);
        _starts = new long[lists.Rows + 1];
        for (int target = 0; target < lists.Rows; target++)
        {
            foreach (float item in lists.Row(target)[..shape.Length])
            {
                _starts[item >= 0 ? (int)item + 1 : 0] += item >= 0 ? 1 : 0;
            }
        }

        for (int item = 0; item < lists.Rows; item++)
        {
            _starts[item + 1] += _starts[item];
        }

        (_targets, _weights) = (new int[_starts[^1]], new float[_starts[^1]]);
        long[] next = [.. _starts];
        for (int target = 0; target < lists.Rows; target++)
        {
            ReadOnlySpan<float> list = lists.Row(target);
            for (int place = 0; place < shape.Length && list[place] >= 0; place++)
            {
                long at = next[(int)list[place]]++;
                (_targets[at], _weights[at]) = (target, list[shape.WeightsStart + place]);
            }
        }
    }

    /// <summary>Adds up what some items say of all.</summary>
    /// <param name="items">The items, ascending.</param>
    /// <param name="sums">Receives Σ w_ij of each item i, [items].</param>
    public void Add(ReadOnlySpan<int> items, Span<double> sums)
    {
        sums.Clear();
        foreach (int item in items)
        {
            for (long at = _starts[item]; at < _starts[item + 1]; at++)
            {
                sums[_targets[at]] += _weights[at];
            }
        }
    }
}
