using DistRec.Numerics.Vectors;
using DistRec.Training.Transfer;

namespace DistRec.Training.Partitions;

/// <summary>
/// A worker's copy of the rows that it works on: pulled from their shards before a clock, changed by the descent, and compared with what
/// was pulled to say what changed.
/// </summary>
internal sealed class WorkingRows
{
    private readonly int[] _starts;
    private readonly RowSet[][] _touched;
    private readonly FactorBlock[] _pulled;
    private readonly int[] _places;

    /// <param name="starts">First row of each shard, and the number of rows last.</param>
    /// <param name="touched">The rows that each clock reads and changes, [clocks][shards].</param>
    /// <param name="width">Factors of a row.</param>
    /// <param name="held">The rows that there are places for, ascending; null for those of one clock at a time, see <see cref="Place"/>.</param>
    public WorkingRows(IReadOnlyList<int> starts, RowSet[][] touched, int width, IReadOnlyList<int>? held = null)
    {
        _starts = [.. starts];
        _touched = touched;
        _pulled = [.. Enumerable.Range(0, _starts.Length - 1).Select(shard => FactorBlock.Zeros(touched.Max(rows => rows[shard].Count), width))];
        Rows = FactorBlock.Zeros(held?.Count ?? touched.Max(rows => rows.Sum(set => set.Count)), width);
        _places = new int[_starts[^1]];
        for (int place = 0; place < (held?.Count ?? 0); place++)
        {
            _places[held![place]] = place;
        }
    }

    /// <summary>The rows, each in its place.</summary>
    public FactorBlock Rows { get; }

    /// <summary>The rows of a shard that a clock reads and changes.</summary>
    public RowSet Of(int clock, int shard) => _touched[clock][shard];

    /// <summary>The rows of each shard that a clock reads and changes.</summary>
    public RowSet[] Of(int clock) => _touched[clock];

    /// <summary>Gives the places to the rows of one clock, side by side.</summary>
    public void Place(int clock)
    {
        int place = 0;
        for (int shard = 0; shard < _pulled.Length; shard++)
        {
            RowSet rows = _touched[clock][shard];
            for (int from = 0; rows.TryNextRun(from, out int first, out int end); from = end)
            {
                for (int row = first; row < end; row++)
                {
                    _places[_starts[shard] + row] = place++;
                }
            }
        }
    }

    /// <summary>The place of a row.</summary>
    // Neighbouring rows that are held have neighbouring places.
    public int PlaceOf(int row) => _places[row];

    /// <summary>Takes a shard's rows for a clock.</summary>
    public void Take(int clock, int shard, ParameterTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        table.CopyRows(_touched[clock][shard], Rows, row => PlaceOf(_starts[shard] + row), _pulled[shard]);
    }

    /// <summary>Takes rows that there are places for.</summary>
    /// <param name="tables">The whole side.</param>
    /// <param name="needed">Which rows of each shard.</param>
    public void TakeAll(PartitionedFactors tables, RowSet[] needed)
    {
        ArgumentNullException.ThrowIfNull(tables);
        for (int shard = 0; shard < needed.Length; shard++)
        {
            FactorBlock table = new(tables.Tables[shard], tables.Biases[shard]);
            for (int from = 0; needed[shard].TryNextRun(from, out int first, out int end); from = end)
            {
                ParameterTable.Copy(table, first, Rows, PlaceOf(_starts[shard] + first), end - first);
            }
        }
    }

    /// <summary>What a clock changed of a shard's rows. Good until the shard's rows are taken again.</summary>
    /// <param name="clock">Which clock.</param>
    /// <param name="shard">Which shard.</param>
    /// <param name="shareOf">What to push of a row's changes, given the row's place: 1 for all; null for all of every row.</param>
    /// <param name="sharedWidth">Factors of a row that are pushed in that share; those after them as they are.</param>
    public RowChanges ChangesOf(int clock, int shard, Func<int, float>? shareOf = null, int sharedWidth = 0)
    {
        RowSet rows = _touched[clock][shard];
        FactorBlock pulled = _pulled[shard];
        int stride = pulled.Factors.Stride;
        int next = 0;
        for (int from = 0; rows.TryNextRun(from, out int first, out int end); from = end)
        {
            int place = PlaceOf(_starts[shard] + first);
            Accumulate.SubtractFrom(
                pulled.Factors.Values.Slice(next * stride, (end - first) * stride), Rows.Factors.Values.Slice(place * stride, (end - first) * stride));
            Accumulate.SubtractFrom(pulled.Biases.AsSpan(next, end - first), Rows.Biases.AsSpan(place, end - first));
            for (int row = 0; row < end - first && shareOf is not null; row++)
            {
                float share = shareOf(place + row);
                if (share < 1)
                {
                    Scale(pulled.Factors.Row(next + row)[..sharedWidth], share);
                    pulled.Biases[next + row] *= share;
                }
            }

            next += end - first;
        }

        return new RowChanges(rows, pulled);
    }

    private static void Scale(Span<float> values, float share)
    {
        foreach (ref float value in values)
        {
            value *= share;
        }
    }
}
