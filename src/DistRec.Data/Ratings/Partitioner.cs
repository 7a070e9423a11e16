namespace DistRec.Data;

/// <summary>Cuts an index range into consecutive parts of about equal work.</summary>
public static class Partitioner
{
    /// <summary>First index of each part, and the number of indices last, [parts + 1].</summary>
    /// <param name="weights">Work of each index, such as its number of ratings; at least 0.</param>
    /// <param name="parts">Number of parts, from 1 to the number of indices; every part gets at least one index.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer indices than parts.</exception>
    public static int[] Balance(ReadOnlySpan<long> weights, int parts)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parts);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(parts, Math.Max(1, weights.Length));
        double total = 0;
        foreach (long weight in weights)
        {
            total += weight;
        }

        int[] starts = new int[parts + 1];
        starts[parts] = weights.Length;
        double before = 0;
        int index = 0;
        for (int part = 1; part < parts; part++)
        {
            // Cut where the running sum passes its share, but leave an index for this part and each one after it.
            double share = total * part / parts;
            int lowest = starts[part - 1] + 1;
            int highest = weights.Length - (parts - part);
            while (index < lowest || (index < highest && before + weights[index] / 2.0 <= share))
            {
                before += weights[index++];
            }

            starts[part] = index;
        }

        return starts;
    }

    /// <summary>Number of ratings of each column.</summary>
    public static long[] ColumnCounts(RatingMatrix ratings)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        long[] counts = new long[ratings.ColumnCount];
        foreach (int column in ratings.Columns.AsSpan((int)ratings.RowStarts[0], checked((int)ratings.Count)))
        {
            counts[column]++;
        }

        return counts;
    }

    /// <summary>Number of ratings of each row.</summary>
    public static long[] RowCounts(RatingMatrix ratings)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        long[] counts = new long[ratings.RowCount];
        for (int row = 0; row < counts.Length; row++)
        {
            counts[row] = ratings.RowLength(row);
        }

        return counts;
    }
}
