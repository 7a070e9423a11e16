namespace DistRec.Data;

/// <summary>
/// Ratings in compressed rows, one row an entity of one side (users unless said otherwise), each row sorted by the
/// column's global index without duplicates. The order is canonical: it depends on the ratings alone, never on the order of a file,
/// so sums that run along a row have the same bits wherever the row lives.
/// </summary>
/// <remarks>
/// [rows] has <see cref="RowStarts"/>[row] .. <see cref="RowStarts"/>[row + 1) in <see cref="Columns"/> and
/// <see cref="Values"/>. Eight bytes a rating and eight a row: 20 million ratings take 153 MiB.
/// </remarks>
public sealed class RatingMatrix
{
    /// <summary>Wraps arrays that already hold the canonical order.</summary>
    /// <param name="columnCount">Number of entities of the other side.</param>
    /// <param name="rowStarts">[rows + 1], ascending, from 0 to the number of ratings.</param>
    /// <param name="columns">[ratings] at least; ascending within a row.</param>
    /// <param name="values">[ratings] at least; finite.</param>
    /// <param name="timestamps">[ratings] at least, seconds since 1970-01-01 UTC; null where the data has none.</param>
    public RatingMatrix(int columnCount, long[] rowStarts, int[] columns, float[] values, long[]? timestamps = null)
    {
        ArgumentNullException.ThrowIfNull(rowStarts);
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfNegative(columnCount);
        if (rowStarts.Length == 0 || rowStarts[0] != 0 || rowStarts[^1] > columns.Length || rowStarts[^1] > values.Length
            || (timestamps is not null && rowStarts[^1] > timestamps.Length))
        {
            throw new ArgumentException("row starts must run from 0 to a count that columns, values and timestamps hold", nameof(rowStarts));
        }

        ColumnCount = columnCount;
        RowStarts = rowStarts;
        Columns = columns;
        Values = values;
        Timestamps = timestamps;
    }

    /// <summary>Number of rows.</summary>
    public int RowCount => RowStarts.Length - 1;

    /// <summary>Number of columns.</summary>
    public int ColumnCount { get; }

    /// <summary>Number of ratings.</summary>
    public long Count => RowStarts[^1];

    /// <summary>Where each row starts, [rows + 1].</summary>
    public long[] RowStarts { get; }

    /// <summary>Global column index of each rating, [ratings] (the array may be longer).</summary>
    public int[] Columns { get; }

    /// <summary>Value of each rating, [ratings] (the array may be longer).</summary>
    public float[] Values { get; }

    /// <summary>Time of each rating in seconds since 1970-01-01 UTC, or null.</summary>
    public long[]? Timestamps { get; }

    /// <summary>Number of ratings in one row.</summary>
    public int RowLength(int row) => (int)(RowStarts[row + 1] - RowStarts[row]);

    /// <summary>The columns of one row, ascending.</summary>
    public ReadOnlySpan<int> RowColumns(int row) => Columns.AsSpan((int)RowStarts[row], RowLength(row));

    /// <summary>The values of one row, in the order of <see cref="RowColumns"/>.</summary>
    public ReadOnlySpan<float> RowValues(int row) => Values.AsSpan((int)RowStarts[row], RowLength(row));
}
