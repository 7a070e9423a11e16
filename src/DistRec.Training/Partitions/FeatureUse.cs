using DistRec.Training.Transfer;

namespace DistRec.Training.Partitions;

/// <summary>Which rows of the feature tables a worker's rows refer to, and the same rows with features numbered among those alone.</summary>
internal sealed class FeatureUse
{
    private readonly FeatureBlock _data;
    private readonly int _features;
    private readonly bool[] _always;

    /// <param name="data">The worker's rows.</param>
    /// <param name="features">Features of the whole problem.</param>
    /// <param name="rows">Rows of the tables: the features, the intercept and what follows it, which everyone needs.</param>
    public FeatureUse(FeatureBlock data, int features, int rows)
    {
        _data = data;
        _features = features;
        _always = new bool[rows];
        _always.AsSpan(features).Fill(true);
        if (data.RankedBlock >= 0)
        {
            // Any entity may be drawn as the negative of another.
            RatingMatrix ranked = data.Training.Blocks[data.RankedBlock].Rows;
            Mark(_always, ranked, Enumerable.Range(0, ranked.RowCount));
        }

        Marks = MarksOf(0, data.Training.Count);
        for (int block = 0; block < data.HeldOut?.Blocks.Count; block++)
        {
            Mark(Marks, data.HeldOut.Blocks[block].Rows, data.HeldOut.BlockRows[block]);
        }

        Held = [.. Enumerable.Range(0, rows).Where(row => Marks[row])];
        Features = Held.Count(row => row < features);
    }

    /// <summary>A mark for every row of the tables that is referred to.</summary>
    public bool[] Marks { get; }

    /// <summary>The marked rows, ascending.</summary>
    public List<int> Held { get; }

    /// <summary>How many of them are features.</summary>
    public int Features { get; }

    /// <summary>Marks what some training rows refer to.</summary>
    public bool[] MarksOf(int from, int to)
    {
        bool[] marks = [.. _always];
        for (int block = 0; block < _data.Training.Blocks.Count; block++)
        {
            Mark(marks, _data.Training.Blocks[block].Rows, new ArraySegment<int>(_data.Training.BlockRows[block], from, to - from));
        }

        return marks;
    }

    /// <summary>The same rows, whose features are places in <see cref="Held"/>.</summary>
    public FeatureRows Renumber(FeatureRows rows)
    {
        int[] places = new int[_features];
        for (int place = 0; place < Features; place++)
        {
            places[Held[place]] = place;
        }

        return new FeatureRows(rows.Targets, [.. rows.Blocks.Select(block => block with { Rows = Renumber(block.Rows, places) })], rows.BlockRows);
    }

    private RatingMatrix Renumber(RatingMatrix table, int[] places)
    {
        int first = (int)table.RowStarts[0];
        int[] columns = [.. table.Columns.AsSpan(first, (int)table.Count).ToArray().Select(column => places[column])];
        return new RatingMatrix(
            Features, [.. table.RowStarts.Select(start => start - first)], columns, table.Values.AsSpan(first, (int)table.Count).ToArray());
    }

    /// <summary>How many partitions' training rows have each feature, [features].</summary>
    /// <param name="data">The whole.</param>
    /// <param name="rowStarts">First training row of each partition, and the number of rows last.</param>
    public static int[] SharersOf(FeatureData data, IReadOnlyList<int> rowStarts)
    {
        int[] sharers = new int[data.Space.Count];
        for (int partition = 0; partition + 1 < rowStarts.Count; partition++)
        {
            bool[] marks = new bool[sharers.Length];
            for (int block = 0; block < data.Train.Blocks.Count; block++)
            {
                Mark(
                    marks, data.Train.Blocks[block].Rows,
                    new ArraySegment<int>(data.Train.BlockRows[block], rowStarts[partition], rowStarts[partition + 1] - rowStarts[partition]));
            }

            for (int feature = 0; feature < marks.Length; feature++)
            {
                sharers[feature] += marks[feature] ? 1 : 0;
            }
        }

        return sharers;
    }

    private static void Mark(bool[] marks, RatingMatrix table, IEnumerable<int> rows)
    {
        bool[] seen = new bool[table.RowCount];
        foreach (int row in rows)
        {
            if (!seen[row])
            {
                seen[row] = true;
                foreach (int column in table.RowColumns(row))
                {
                    marks[column] = true;
                }
            }
        }
    }
}
