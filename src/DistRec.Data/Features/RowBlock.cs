namespace DistRec.Data;

/// <summary>Rows that have features of their own, and their targets.</summary>
/// <param name="Rows">[rows, features].</param>
/// <param name="Targets">[rows].</param>
internal sealed record RowPart(RatingMatrix Rows, float[] Targets)
{
    /// <summary>Some of the rows.</summary>
    public RowPart Take(int[] rows) => Copy(rows, null, [.. rows.Select(row => Targets[row])]);

    /// <summary>The rows over other columns; those that have none are left out.</summary>
    /// <param name="columns">Column of each, ascending as they are.</param>
    public RowPart Onto(Dictionary<int, int> columns) => Copy([.. Enumerable.Range(0, Targets.Length)], columns, Targets);

    /// <summary>The columns that rows have, ascending.</summary>
    public int[] Numbers() => [.. new HashSet<int>(Rows.Columns).Order()];

    private RowPart Copy(int[] rows, Dictionary<int, int>? onto, float[] targets)
    {
        int[] columns = new int[rows.Sum(row => (long)Rows.RowLength(row))];
        float[] values = new float[columns.Length];
        long[] starts = new long[rows.Length + 1];
        int length = 0;
        for (int index = 0; index < rows.Length; index++)
        {
            ReadOnlySpan<int> rowColumns = Rows.RowColumns(rows[index]);
            ReadOnlySpan<float> rowValues = Rows.RowValues(rows[index]);
            for (int t = 0; t < rowColumns.Length; t++)
            {
                int column = rowColumns[t];
                if (onto is null || onto.TryGetValue(column, out column))
                {
                    (columns[length], values[length]) = (column, rowValues[t]);
                    length++;
                }
            }

            starts[index + 1] = length;
        }

        return new RowPart(new RatingMatrix(onto?.Count ?? Rows.ColumnCount, starts, columns[..length], values[..length]), targets);
    }
}

/// <summary>Problems of one relation block, in which every row is an entity of its own.</summary>
internal static class RowBlock
{
    /// <summary>Puts the parts into one block: training rows first, then validation and test rows.</summary>
    /// <exception cref="OverflowException">There are 2³¹ features of rows or more.</exception>
    public static FeatureData Join(FeatureSpace space, RowPart train, RowPart? validation, RowPart? test)
    {
        RowPart[] parts = [.. new[] { train, validation, test }.OfType<RowPart>()];
        int count = checked((int)parts.Sum(part => part.Rows.Count));
        long[] starts = new long[parts.Sum(part => part.Targets.Length) + 1];
        int[] columns = new int[count];
        float[] values = new float[count];
        int next = 0;
        int length = 0;
        int[] firsts = new int[parts.Length];
        for (int part = 0; part < parts.Length; part++)
        {
            RatingMatrix rows = parts[part].Rows;
            firsts[part] = next;
            rows.Columns.AsSpan(0, (int)rows.Count).CopyTo(columns.AsSpan(length));
            rows.Values.AsSpan(0, (int)rows.Count).CopyTo(values.AsSpan(length));
            for (int row = 0; row < rows.RowCount; row++)
            {
                starts[next++] = length + rows.RowStarts[row];
            }

            length += (int)rows.Count;
        }

        starts[next] = length;
        RelationBlock[] blocks = [new RelationBlock("row", RelationEntity.Row, new RatingMatrix(space.Count, starts, columns, values))];
        FeatureRows[] all = [.. parts.Select((part, index) => new FeatureRows(part.Targets, blocks, [[.. Enumerable.Range(firsts[index], part.Targets.Length)]]))];
        return new FeatureData(space, all[0], validation is null ? null : all[1], test is null ? null : all[^1]) { Present = [null] };
    }
}
