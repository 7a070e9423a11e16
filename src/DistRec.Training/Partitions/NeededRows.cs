using DistRec.Training.Transfer;

namespace DistRec.Training.Partitions;

/// <summary>Which rows of the other side a partition's ratings refer to.</summary>
internal static class NeededRows
{
    /// <summary>The rows needed of each block of the other side.</summary>
    /// <param name="starts">First row of each block, and the number of rows last.</param>
    /// <param name="ratings">Ratings whose columns are the other side's rows.</param>
    public static RowSet[] Of(IReadOnlyList<int> starts, params IReadOnlyList<RatingMatrix?> ratings)
    {
        bool[] needed = new bool[starts[^1]];
        foreach (RatingMatrix? matrix in ratings)
        {
            for (int row = 0; row < (matrix?.RowCount ?? 0); row++)
            {
                foreach (int column in matrix!.RowColumns(row))
                {
                    needed[column] = true;
                }
            }
        }

        return Of(starts, needed);
    }

    /// <summary>The marked rows of each block.</summary>
    /// <param name="starts">First row of each block, and the number of rows last.</param>
    /// <param name="needed">A mark for every row.</param>
    public static RowSet[] Of(IReadOnlyList<int> starts, bool[] needed)
    {
        RowSet[] sets = new RowSet[starts.Count - 1];
        List<int> rows = [];
        for (int block = 0; block < sets.Length; block++)
        {
            rows.Clear();
            for (int row = starts[block]; row < starts[block + 1]; row++)
            {
                if (needed[row])
                {
                    rows.Add(row - starts[block]);
                }
            }

            sets[block] = RowSet.FromSorted(starts[block + 1] - starts[block], [.. rows]);
        }

        return sets;
    }
}
