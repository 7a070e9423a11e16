namespace DistRec.Models.Persistence;

/// <summary><c>ratings.safetensors</c>: a rating matrix as row starts, columns, values and, where known, times.</summary>
public static class RatingFile
{
    private const string RowStarts = "row_starts";
    private const string Columns = "columns";
    private const string Values = "values";
    private const string Timestamps = "timestamps";
    private const string ColumnCount = "column_count";

    /// <summary>Writes a matrix.</summary>
    public static void Write(Stream stream, RatingMatrix ratings)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        int count = checked((int)ratings.Count);
        var writer = new SafeTensorsWriter { Metadata = { [ColumnCount] = ratings.ColumnCount.ToString() } };
        writer.Add(RowStarts, ratings.RowStarts.AsMemory());
        if (ratings.Timestamps is { } times)
        {
            writer.Add(Timestamps, times.AsMemory(0, count));
        }

        writer.Add(Columns, ratings.Columns.AsMemory(0, count)).Add(Values, ratings.Values.AsMemory(0, count)).WriteTo(stream);
    }

    /// <summary>Reads a matrix and checks that it is in canonical order.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">Expected rows.</param>
    /// <param name="columns">Expected columns.</param>
    /// <param name="count">Expected ratings.</param>
    /// <exception cref="InputException">The file is not valid or of another shape.</exception>
    public static RatingMatrix Read(string path, int rows, int columns, long count)
    {
        using SafeTensorsReader reader = SafeTensorsReader.Open(path);
        if (reader.Metadata.GetValueOrDefault(ColumnCount) != columns.ToString())
        {
            throw InputException.At($"{path}: {ColumnCount}", $"{columns}", reader.Metadata.GetValueOrDefault(ColumnCount) ?? "none", "the file belongs to another model");
        }

        long[] rowStarts = reader.ReadInt64s(RowStarts, rows + 1L);
        int[] columnIndices = reader.ReadInt32s(Columns, count);
        float[] values = reader.ReadSingles(Values, count);
        long[]? times = reader.Contains(Timestamps) ? reader.ReadInt64s(Timestamps, count) : null;
        CheckOrder(path, rowStarts, columnIndices, columns);
        return new RatingMatrix(columns, rowStarts, columnIndices, values, times);
    }

    private static void CheckOrder(string path, long[] rowStarts, int[] columns, int columnCount)
    {
        const string Advice = "the file is damaged; copy or train the model again";
        if (rowStarts[0] != 0 || rowStarts[^1] != columns.Length)
        {
            throw InputException.At($"{path}: tensor {RowStarts}", $"values from 0 to {columns.Length}", $"{rowStarts[0]} to {rowStarts[^1]}", Advice);
        }

        for (int row = 0; row + 1 < rowStarts.Length; row++)
        {
            if (rowStarts[row + 1] < rowStarts[row] || rowStarts[row + 1] > columns.Length)
            {
                throw InputException.At($"{path}: tensor {RowStarts}[{row + 1}]", $"from {rowStarts[row]} to {columns.Length}", $"{rowStarts[row + 1]}", Advice);
            }

            int previous = -1;
            for (long index = rowStarts[row]; index < rowStarts[row + 1]; index++)
            {
                if (columns[index] <= previous || columns[index] >= columnCount)
                {
                    throw InputException.At($"{path}: tensor {Columns}[{index}]", $"above {previous} and below {columnCount}", $"{columns[index]}", Advice);
                }

                previous = columns[index];
            }
        }
    }
}
