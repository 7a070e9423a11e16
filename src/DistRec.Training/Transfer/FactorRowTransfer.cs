using System.Runtime.InteropServices;
using DistRec.Numerics.Linear;
using DistRec.Training.Partitions;

namespace DistRec.Training.Transfer;

/// <summary>Moves chosen rows of a block of factors between its table and a stream.</summary>
internal static class FactorRowTransfer
{
    /// <summary>Writes the header and the named rows; all rows for null.</summary>
    public static async ValueTask WriteAsync(FactorBlock block, RowSet? rows, Stream stream, CancellationToken cancellationToken)
    {
        FactorTable table = block.Factors;
        using ChunkWriter writer = new(stream, table.Rank * sizeof(float));
        FactorBlockHeader.Of(block, rows).Write(writer);
        for (int from = 0; table.Rank > 0 && NextRun(table.Rows, rows, from, out int first, out int end); from = end)
        {
            if (IsDirect(table, end - first))
            {
                await writer.WriteAsync<float>(Neighbours(table, first, end), cancellationToken).ConfigureAwait(false);
                continue;
            }

            for (int row = first; row < end;)
            {
                row += CopyRows(table, row, end, writer);
                if (row < end)
                {
                    await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        }

        for (int from = 0; NextRun(table.Rows, rows, from, out int first, out int end); from = end)
        {
            if (rows is not null && end - first < ChunkWriter.DirectBytes / sizeof(float))
            {
                // Scattered biases are the many short runs: no call that could wait for each of them.
                ReadOnlySpan<byte> biases = MemoryMarshal.AsBytes(block.Biases.AsSpan(first, end - first));
                if (writer.TryCopy(biases))
                {
                    continue;
                }
            }

            await writer.WriteAsync<float>(block.Biases.AsMemory(first, end - first), cancellationToken).ConfigureAwait(false);
        }

        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the named rows, all for null, into their places; the header was read and fits.</summary>
    public static async ValueTask ReadAsync(FactorBlock block, RowSet? rows, ChunkReader reader, CancellationToken cancellationToken)
    {
        FactorTable table = block.Factors;
        int rowBytes = table.Rank * sizeof(float);
        for (int from = 0; table.Rank > 0 && NextRun(table.Rows, rows, from, out int first, out int end); from = end)
        {
            if (IsDirect(table, end - first))
            {
                await reader.ReadAsync(Neighbours(table, first, end), cancellationToken).ConfigureAwait(false);
                continue;
            }

            for (int row = first; row < end;)
            {
                if (reader.Available < rowBytes)
                {
                    await reader.FillAsync(rowBytes, cancellationToken).ConfigureAwait(false);
                }

                row += CopyRows(table, row, end, reader);
            }
        }

        for (int from = 0; NextRun(table.Rows, rows, from, out int first, out int end); from = end)
        {
            if ((end - first) * (long)sizeof(float) <= reader.Available)
            {
                reader.Take((end - first) * sizeof(float)).CopyTo(MemoryMarshal.AsBytes(block.Biases.AsSpan(first, end - first)));
                continue;
            }

            await reader.ReadAsync(block.Biases.AsMemory(first, end - first), cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool NextRun(int allRows, RowSet? rows, int from, out int first, out int end)
    {
        if (rows is not null)
        {
            return rows.TryNextRun(from, out first, out end);
        }

        first = from;
        end = allRows;
        return from < allRows;
    }

    // Rows without padding between them that are long enough to be worth a call of their own.
    private static bool IsDirect(FactorTable table, int rows) =>
        table.Rank == table.Stride && (long)rows * table.Rank * sizeof(float) >= ChunkWriter.DirectBytes;

    private static Memory<float> Neighbours(FactorTable table, int first, int end) =>
        table.Memory.Slice(first * table.Stride, (end - first) * table.Stride);

    private static int CopyRows(FactorTable table, int first, int end, ChunkWriter writer)
    {
        int row = first;
        while (row < end && writer.TryCopy(MemoryMarshal.AsBytes(table.Row(row))))
        {
            row++;
        }

        return row - first;
    }

    private static int CopyRows(FactorTable table, int first, int end, ChunkReader reader)
    {
        int rowBytes = table.Rank * sizeof(float);
        int count = Math.Min(end - first, reader.Available / rowBytes);
        ReadOnlySpan<byte> bytes = reader.Take(count * rowBytes);
        for (int row = 0; row < count; row++)
        {
            bytes.Slice(row * rowBytes, rowBytes).CopyTo(MemoryMarshal.AsBytes(table.Row(first + row)));
        }

        return count;
    }
}
