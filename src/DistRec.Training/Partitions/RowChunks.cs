namespace DistRec.Training.Partitions;

/// <summary>Cuts a partition's rows into pieces of about equal work for the compute pool.</summary>
public static class RowChunks
{
    // A row costs its ratings plus a solve, which is worth about this many ratings at common ranks.
    private const int RowCost = 32;
    private const int ChunkCost = 32 * 1024;

    /// <summary>First row of each chunk, and the number of rows last.</summary>
    public static int[] Of(RatingMatrix ratings)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        List<int> starts = [0];
        long cost = 0;
        for (int row = 0; row < ratings.RowCount; row++)
        {
            cost += ratings.RowLength(row) + RowCost;
            if (cost >= ChunkCost && row + 1 < ratings.RowCount)
            {
                starts.Add(row + 1);
                cost = 0;
            }
        }

        starts.Add(ratings.RowCount);
        return [.. starts];
    }
}
