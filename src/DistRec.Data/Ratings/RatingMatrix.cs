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
    /// <param name="rowStarts">[rows + 1], ascending positions in the other arrays; a slice of rows may start beyond 0.</param>
    /// <param name="columns">Ascending within a row.</param>
    /// <param name="values">Finite.</param>
    /// <param name="timestamps">Seconds since 1970-01-01 UTC; null where the data has none.</param>
    public RatingMatrix(int columnCount, long[] rowStarts, int[] columns, float[] values, long[]? timestamps = null)
    {
        ArgumentNullException.ThrowIfNull(rowStarts);
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfNegative(columnCount);
        if (rowStarts.Length == 0 || rowStarts[0] < 0 || rowStarts[^1] < rowStarts[0] || rowStarts[^1] > columns.Length || rowStarts[^1] > values.Length
            || (timestamps is not null && rowStarts[^1] > timestamps.Length))
        {
            throw new ArgumentException("row starts must ascend within what columns, values and timestamps hold", nameof(rowStarts));
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
    public long Count => RowStarts[^1] - RowStarts[0];

    /// <summary>Where each row starts, [rows + 1].</summary>
    public long[] RowStarts { get; }

    /// <summary>Global column index of each rating, at the positions that <see cref="RowStarts"/> names.</summary>
    public int[] Columns { get; }

    /// <summary>Value of each rating, at the positions that <see cref="RowStarts"/> names.</summary>
    public float[] Values { get; }

    /// <summary>Time of each rating in seconds since 1970-01-01 UTC, or null.</summary>
    public long[]? Timestamps { get; }

    /// <summary>Number of ratings in one row.</summary>
    public int RowLength(int row) => (int)(RowStarts[row + 1] - RowStarts[row]);

    /// <summary>The columns of one row, ascending.</summary>
    public ReadOnlySpan<int> RowColumns(int row) => Columns.AsSpan((int)RowStarts[row], RowLength(row));

    /// <summary>The values of one row, in the order of <see cref="RowColumns"/>.</summary>
    public ReadOnlySpan<float> RowValues(int row) => Values.AsSpan((int)RowStarts[row], RowLength(row));

    /// <summary>Rows [<paramref name="from"/>, <paramref name="to"/>) as a matrix of their own that shares these arrays.</summary>
    public RatingMatrix Rows(int from, int to) =>
        new(ColumnCount, RowStarts[from..(to + 1)], Columns, Values, Timestamps);

    /// <summary>The pairs that any of some matrices of one shape has, each once, with values of 0.</summary>
    /// <param name="matrices">At least one.</param>
    public static RatingMatrix UnionOfPairs(IEnumerable<RatingMatrix> matrices)
    {
        RatingMatrix[] all = [.. matrices];
        long[] starts = new long[all[0].RowCount + 1];
        List<int> columns = new(checked((int)all.Sum(matrix => matrix.Count)));
        List<int> row = [];
        for (int index = 0; index < all[0].RowCount; index++)
        {
            row.Clear();
            foreach (RatingMatrix matrix in all)
            {
                row.AddRange(matrix.RowColumns(index));
            }

            row.Sort();
            columns.AddRange(row.Distinct());
            starts[index + 1] = columns.Count;
        }

        return new RatingMatrix(all[0].ColumnCount, starts, [.. columns], new float[columns.Count]);
    }

    /// <summary>These ratings and others of the same shape; a pair that both have keeps the rating it has here.</summary>
    /// <param name="others">[rows, columns].</param>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public RatingMatrix With(RatingMatrix others)
    {
        ArgumentNullException.ThrowIfNull(others);
        if (others.RowCount != RowCount || others.ColumnCount != ColumnCount)
        {
            throw new ArgumentException(
                $"expected ratings of [{RowCount}, {ColumnCount}], found [{others.RowCount}, {others.ColumnCount}]", nameof(others));
        }

        long[] starts = new long[RowCount + 1];
        int[] columns = new int[Count + others.Count];
        float[] values = new float[columns.Length];
        long[]? timestamps = Timestamps is not null && others.Timestamps is not null ? new long[columns.Length] : null;
        int to = 0;
        for (int row = 0; row < RowCount; row++)
        {
            ReadOnlySpan<int> own = RowColumns(row), more = others.RowColumns(row);
            ReadOnlySpan<float> ownValues = RowValues(row), moreValues = others.RowValues(row);
            for (int i = 0, j = 0; i < own.Length || j < more.Length; to++)
            {
                bool isOwn = j == more.Length || (i < own.Length && own[i] <= more[j]);
                (columns[to], values[to]) = isOwn ? (own[i], ownValues[i]) : (more[j], moreValues[j]);
                if (timestamps is not null)
                {
                    timestamps[to] = isOwn ? Timestamps![RowStarts[row] + i] : others.Timestamps![others.RowStarts[row] + j];
                }

                j += !isOwn || (j < more.Length && more[j] == columns[to]) ? 1 : 0;
                i += isOwn ? 1 : 0;
            }

            starts[row + 1] = to;
        }

        return new RatingMatrix(ColumnCount, starts, columns, values, timestamps);
    }

    /// <summary>
    /// Columns [<paramref name="from"/>, <paramref name="to"/>) as the rows of a new matrix, [to − from, rows], without timestamps.
    /// Its rows are in canonical order because this matrix' rows are visited in theirs.
    /// </summary>
    public RatingMatrix TransposeColumns(int from, int to)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(from);
        ArgumentOutOfRangeException.ThrowIfLessThan(to, from);
        long[] starts = new long[to - from + 1];
        bool all = from == 0 && to == ColumnCount;
        for (int row = 0; row < RowCount; row++)
        {
            foreach (int column in all ? RowColumns(row) : RowColumns(row)[SegmentOf(row, from, to)])
            {
                starts[column - from + 1]++;
            }
        }

        for (int column = 0; column < starts.Length - 1; column++)
        {
            starts[column + 1] += starts[column];
        }

        long[] next = starts[..^1];
        int[] columns = new int[starts[^1]];
        float[] values = new float[starts[^1]];
        for (int row = 0; row < RowCount; row++)
        {
            Range segment = all ? Range.All : SegmentOf(row, from, to);
            ReadOnlySpan<int> rowColumns = RowColumns(row)[segment];
            ReadOnlySpan<float> rowValues = RowValues(row)[segment];
            for (int t = 0; t < rowColumns.Length; t++)
            {
                long position = next[rowColumns[t] - from]++;
                columns[position] = row;
                values[position] = rowValues[t];
            }
        }

        return new RatingMatrix(RowCount, starts, columns, values);
    }

    // The part of a row whose columns lie in [from, to).
    private Range SegmentOf(int row, int from, int to)
    {
        ReadOnlySpan<int> columns = RowColumns(row);
        int first = columns.BinarySearch(from);
        int last = columns.BinarySearch(to);
        return (first < 0 ? ~first : first)..(last < 0 ? ~last : last);
    }
}
