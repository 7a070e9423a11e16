using System.Buffers.Text;

namespace DistRec.Data;

/// <summary>Writes ratings as text that <see cref="RatingReader"/> reads.</summary>
public static class RatingWriter
{
    private const int BufferLength = 1 << 20;
    private const int MaxNumberLength = 32;

    /// <summary>Writes a file with the columns user, item, rating and, where there is one, timestamp. The file appears when it is whole.</summary>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void WriteCsv(RatingData data, string path, WriteOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        AtomicFile.Write(path, stream => Write(data, stream, options ?? new WriteOptions(), cancellation));
    }

    /// <summary>Writes the same to a stream.</summary>
    public static void Write(RatingData data, Stream stream, WriteOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(options);
        RatingMatrix ratings = data.Ratings;
        long[]? timestamps = options.Timestamps ? ratings.Timestamps : null;
        byte separator = (byte)options.Separator;
        byte[] buffer = new byte[BufferLength + 4 * IdTable.MaxTextLength + 4 * MaxNumberLength];
        int length = options.Header ? WriteHeader(buffer, options.Separator, timestamps is not null) : 0;
        KeyedPermutation? order = options.ShuffleSeed is { } seed ? new KeyedPermutation(seed, ratings.Count) : null;
        int row = 0;
        for (long index = 0; index < ratings.Count; index++)
        {
            long position = order?[index] ?? index;
            row = order is null ? NextRow(ratings.RowStarts, row, position) : RowOf(ratings.RowStarts, position);
            length += WriteId(data.Users.Table, row, separator, buffer.AsSpan(length));
            length += WriteId(data.Items.Table, ratings.Columns[position], separator, buffer.AsSpan(length));
            Utf8Formatter.TryFormat(ratings.Values[position], buffer.AsSpan(length), out int written);
            length += written;
            if (timestamps is not null)
            {
                buffer[length++] = separator;
                Utf8Formatter.TryFormat(timestamps[position], buffer.AsSpan(length), out written);
                length += written;
            }

            buffer[length++] = (byte)'\n';
            if (length >= BufferLength)
            {
                cancellation.ThrowIfCancellationRequested();
                stream.Write(buffer, 0, length);
                length = 0;
            }
        }

        stream.Write(buffer, 0, length);
    }

    private static int WriteHeader(Span<byte> buffer, char separator, bool hasTimestamps)
    {
        string[] names = hasTimestamps ? ["user", "item", "rating", "timestamp"] : ["user", "item", "rating"];
        return System.Text.Encoding.ASCII.GetBytes(string.Join(separator, names) + "\n", buffer);
    }

    /// <summary>Writes an id, quoted where it would be mistaken for something else, and the separator after it.</summary>
    private static int WriteId(IdTable ids, int index, byte separator, Span<byte> buffer)
    {
        int length = ids.Format(index, buffer);
        if (buffer[..length].IndexOfAny([separator, (byte)'"', (byte)' ', (byte)'\n', (byte)'\r']) >= 0)
        {
            RefuseLineEnd(ids, index);
            string quoted = $"\"{ids.Format(index).Replace("\"", "\"\"")}\"";
            length = System.Text.Encoding.UTF8.GetBytes(quoted, buffer);
        }

        buffer[length] = separator;
        return length + 1;
    }

    private static void RefuseLineEnd(IdTable ids, int index)
    {
        if (ids.Format(index).AsSpan().IndexOfAny('\n', '\r') >= 0)
        {
            throw InputException.At($"id {index}", "text without line ends", $"\"{ids.Format(index)}\"", "rename it before writing text files");
        }
    }

    private static int NextRow(long[] rowStarts, int row, long position)
    {
        while (rowStarts[row + 1] <= position)
        {
            row++;
        }

        return row;
    }

    /// <summary>The row that holds a position; empty rows hold none.</summary>
    private static int RowOf(long[] rowStarts, long position)
    {
        int low = 0;
        int high = rowStarts.Length - 1;
        while (high - low > 1)
        {
            int middle = (low + high) >>> 1;
            (low, high) = rowStarts[middle] <= position ? (middle, high) : (low, middle);
        }

        return low;
    }
}
