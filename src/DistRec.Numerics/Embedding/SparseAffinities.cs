namespace DistRec.Numerics.Embedding;

/// <summary>
/// p_ij of t-SNE for the pairs of which one is among the nearest neighbours of the other; of all others it is 0 (van der Maaten,
/// "Accelerating t-SNE using tree-based algorithms", JMLR 2014). Rows are compressed, their columns ascending; over
/// all pairs p sums to 1.
/// </summary>
public sealed class SparseAffinities
{
    private SparseAffinities(int[] rowStarts, int[] columns, float[] values)
    {
        RowStarts = rowStarts;
        Columns = columns;
        Values = values;
    }

    /// <summary>Where each row starts, [points + 1].</summary>
    public int[] RowStarts { get; }

    /// <summary>The other point, [pairs].</summary>
    public int[] Columns { get; }

    /// <summary>p_ij, [pairs].</summary>
    public float[] Values { get; }

    /// <summary>Number of points.</summary>
    public int Count => RowStarts.Length - 1;

    /// <summary>p_ij = (p_j|i + p_i|j) / 2n.</summary>
    /// <param name="neighbours">Each point's neighbours, ascending and without the point itself, [points, K].</param>
    /// <param name="probabilities">p_j|i, which sum to 1 for each point, [points, K].</param>
    /// <param name="count">n, at least 1.</param>
    /// <exception cref="ArgumentException">The lengths do not fit together.</exception>
    public static SparseAffinities Of(int[] neighbours, float[] probabilities, int count)
    {
        ArgumentNullException.ThrowIfNull(neighbours);
        ArgumentNullException.ThrowIfNull(probabilities);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (neighbours.Length != probabilities.Length || neighbours.Length % count != 0)
        {
            throw new ArgumentException(
                $"expected as many of both for each of {count} points, found {neighbours.Length} and {probabilities.Length}",
                nameof(probabilities));
        }

        int each = neighbours.Length / count;
        (int[] starts, int[] sources, float[] given) = Transpose(neighbours, probabilities, count, each);
        int[] rowStarts = new int[count + 1];
        int[] columns = new int[2 * neighbours.Length];
        float[] values = new float[columns.Length];
        float scale = (float)(1 / (2.0 * count));
        int next = 0;
        for (int point = 0; point < count; point++)
        {
            int own = point * each, ownEnd = own + each, other = starts[point], otherEnd = starts[point + 1];
            while (own < ownEnd || other < otherEnd)
            {
                int ownColumn = own < ownEnd ? neighbours[own] : int.MaxValue;
                int otherColumn = other < otherEnd ? sources[other] : int.MaxValue;
                int column = Math.Min(ownColumn, otherColumn);
                float sum = (ownColumn == column ? probabilities[own++] : 0) + (otherColumn == column ? given[other++] : 0);
                columns[next] = column;
                values[next++] = sum * scale;
            }

            rowStarts[point + 1] = next;
        }

        return new SparseAffinities(rowStarts, columns[..next], values[..next]);
    }

    // Of each point, those that it is a neighbour of, ascending since they are visited so.
    private static (int[] Starts, int[] Sources, float[] Given) Transpose(int[] neighbours, float[] probabilities, int count, int each)
    {
        int[] starts = new int[count + 1];
        foreach (int neighbour in neighbours)
        {
            starts[neighbour + 1]++;
        }

        for (int point = 0; point < count; point++)
        {
            starts[point + 1] += starts[point];
        }

        int[] next = starts[..^1];
        int[] sources = new int[neighbours.Length];
        float[] given = new float[neighbours.Length];
        for (int index = 0; index < neighbours.Length; index++)
        {
            int position = next[neighbours[index]]++;
            sources[position] = index / each;
            given[position] = probabilities[index];
        }

        return (starts, sources, given);
    }
}
