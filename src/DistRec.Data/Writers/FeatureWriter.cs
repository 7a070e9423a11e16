using System.Globalization;

namespace DistRec.Data;

/// <summary>Writes rows in the text form of libSVM and libFM, which <see cref="FeatureReader"/> reads.</summary>
public static class FeatureWriter
{
    private const int BufferLength = 1 << 20;
    private const int MaxNumberLength = 32;

    /// <summary>Writes a line <c>target index:value …</c> for each row, features ascending. The file appears when it is whole.</summary>
    /// <param name="rows">What is written.</param>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="firstIndex">Number of the first feature: 1 for libSVM; libFM takes 0 as well.</param>
    /// <param name="cancellation">Stops writing.</param>
    /// <exception cref="InputException">The file cannot be written.</exception>
    public static void Write(FeatureRows rows, string path, int firstIndex = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        AtomicFile.Write(path, stream => Write(rows, stream, firstIndex, cancellation));
    }

    /// <summary>Writes the same to a stream; numbers have as many digits as bring them back.</summary>
    public static void Write(FeatureRows rows, Stream stream, int firstIndex = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(stream);
        int[] features = new int[rows.MaxRowLength()];
        float[] values = new float[features.Length];
        byte[] buffer = new byte[BufferLength + (4 * MaxNumberLength)];
        int length = 0;
        for (int row = 0; row < rows.Count; row++)
        {
            int count = rows.Gather(row, features, values);
            Append(rows.Targets[row]);
            for (int t = 0; t < count; t++)
            {
                buffer[length++] = (byte)' ';
                Append(features[t] + (long)firstIndex);
                buffer[length++] = (byte)':';
                Append(values[t]);
                if (length >= BufferLength)
                {
                    Flush();
                }
            }

            buffer[length++] = (byte)'\n';
        }

        Flush();

        void Append<T>(T number)
            where T : IUtf8SpanFormattable
        {
            number.TryFormat(buffer.AsSpan(length), out int written, default, CultureInfo.InvariantCulture);
            length += written;
            if (length >= BufferLength)
            {
                Flush();
            }
        }

        void Flush()
        {
            cancellation.ThrowIfCancellationRequested();
            stream.Write(buffer, 0, length);
            length = 0;
        }
    }
}
