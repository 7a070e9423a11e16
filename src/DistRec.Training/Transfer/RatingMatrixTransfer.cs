using DistRec.Training.Partitions;

namespace DistRec.Training.Transfer;

/// <summary>
/// Moves ratings in compressed rows between their arrays and a stream: numbers of rows and columns, the length of each row,
/// then all columns and all values, little-endian, four bytes each.
/// </summary>
internal static class RatingMatrixTransfer
{
    private const int HeaderBytes = 2 * sizeof(int);
    private const int BytesPerRating = sizeof(int) + sizeof(float);

    public static long BytesOf(RatingMatrix ratings) =>
        HeaderBytes + (long)ratings.RowCount * sizeof(int) + ratings.Count * BytesPerRating;

    public static async ValueTask WriteAsync(RatingMatrix ratings, ChunkWriter writer, CancellationToken cancellationToken)
    {
        int[] lengths = new int[2 + ratings.RowCount];
        lengths[0] = ratings.RowCount;
        lengths[1] = ratings.ColumnCount;
        for (int row = 0; row < ratings.RowCount; row++)
        {
            lengths[2 + row] = ratings.RowLength(row);
        }

        int start = (int)ratings.RowStarts[0];
        await writer.WriteAsync<int>(lengths, cancellationToken).ConfigureAwait(false);
        await writer.WriteAsync<int>(ratings.Columns.AsMemory(start, (int)ratings.Count), cancellationToken).ConfigureAwait(false);
        await writer.WriteAsync<float>(ratings.Values.AsMemory(start, (int)ratings.Count), cancellationToken).ConfigureAwait(false);
    }

    /// <exception cref="InvalidDataException">The counts do not fit each other or the bytes that are left.</exception>
    public static async ValueTask<RatingMatrix> ReadAsync(ChunkReader reader, string what, CancellationToken cancellationToken)
    {
        await reader.FillAsync(HeaderBytes, cancellationToken).ConfigureAwait(false);
        int rows = reader.TakeInt32();
        int columnCount = reader.TakeInt32();
        if (rows < 0 || columnCount < 0 || (long)rows * sizeof(int) > reader.Remaining)
        {
            throw new InvalidDataException(
                $"{what}: expected counts of rows and columns that fit {reader.Remaining} bytes, found {rows} and {columnCount}");
        }

        long[] starts = await ReadStartsAsync(rows, reader, what, cancellationToken).ConfigureAwait(false);
        if (starts[rows] * BytesPerRating > reader.Remaining)
        {
            throw new InvalidDataException(
                $"{what}: expected {starts[rows] * BytesPerRating} bytes for {starts[rows]} ratings, found {reader.Remaining}");
        }

        int[] columns = new int[starts[rows]];
        float[] values = new float[starts[rows]];
        await reader.ReadAsync<int>(columns, cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync<float>(values, cancellationToken).ConfigureAwait(false);
        if (columns.AsSpan().ContainsAnyExceptInRange(0, columnCount - 1))
        {
            int found = columns[columns.AsSpan().IndexOfAnyExceptInRange(0, columnCount - 1)];
            throw new InvalidDataException($"{what}: expected columns below {columnCount}, found {found}");
        }

        return new RatingMatrix(columnCount, starts, columns, values);
    }

    private static async ValueTask<long[]> ReadStartsAsync(int rows, ChunkReader reader, string what, CancellationToken cancellationToken)
    {
        int[] lengths = new int[rows];
        await reader.ReadAsync<int>(lengths, cancellationToken).ConfigureAwait(false);
        long[] starts = new long[rows + 1];
        for (int row = 0; row < rows; row++)
        {
            if (lengths[row] < 0)
            {
                throw new InvalidDataException($"{what}: expected a count of ratings in row {row}, found {lengths[row]}");
            }

            starts[row + 1] = starts[row] + lengths[row];
        }

        return starts;
    }
}
