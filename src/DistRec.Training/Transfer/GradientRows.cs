using DistRec.Numerics.Linear;
using DistRec.Training.Blocks;

namespace DistRec.Training.Transfer;

/// <summary>Gradients of some rows of a table, summed over one worker's ratings of a mini-batch.</summary>
/// <param name="Rows">Which rows of the table.</param>
/// <param name="Width">Numbers of each.</param>
/// <param name="Sums">In the order of the rows, [at least rows, width]; exact sums (<see cref="ExactSum"/>), which those of other
/// workers may be added to in any order.</param>
/// <remarks>On the wire: the number of rows of the table, its bitmap, the numbers of a row, and little-endian float64.</remarks>
public sealed record GradientRows(RowSet Rows, int Width, Memory<double> Sums) : IBlock
{
    /// <inheritdoc/>
    public long ByteLength => (2 * sizeof(int)) + Rows.Bytes.Length + ((long)Rows.Count * Width * sizeof(double));

    /// <inheritdoc/>
    public async ValueTask WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using ChunkWriter writer = new(stream, largestItem: 0);
        writer.WriteInt32(Rows.Rows);
        writer.WriteInt32(Width);
        await writer.WriteAsync<byte>(Rows.Bytes, cancellationToken).ConfigureAwait(false);
        await writer.WriteAsync<double>(Sums[..(Rows.Count * Width)], cancellationToken).ConfigureAwait(false);
        await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads what <see cref="WriteAsync"/> wrote.</summary>
    public sealed class Reader : IBlockReader<GradientRows>
    {
        private const string What = "gradients of rows";

        public static Reader Instance { get; } = new();

        /// <inheritdoc/>
        public async ValueTask<GradientRows> ReadAsync(Stream stream, long length, CancellationToken cancellationToken)
        {
            using ChunkReader reader = new(stream, What, length);
            await reader.FillAsync(2 * sizeof(int), cancellationToken).ConfigureAwait(false);
            int count = reader.TakeInt32(), width = reader.TakeInt32();
            if (count < 0 || width < 0 || RowSet.LengthFor(count) > length - (2 * sizeof(int)))
            {
                throw new InvalidDataException($"{What}: expected a number of rows whose bitmap fits {length} bytes, found {count}");
            }

            byte[] bitmap = new byte[RowSet.LengthFor(count)];
            await reader.ReadAsync<byte>(bitmap, cancellationToken).ConfigureAwait(false);
            RowSet rows = RowSet.FromBytes(count, bitmap);
            long bytes = (long)rows.Count * width * sizeof(double);
            if (bytes != length - (2 * sizeof(int)) - bitmap.Length)
            {
                throw new InvalidDataException(
                    $"{What}: expected {bytes} bytes for {rows.Count} rows, found {length - (2 * sizeof(int)) - bitmap.Length}");
            }

            double[] sums = new double[rows.Count * width];
            await reader.ReadAsync<double>(sums, cancellationToken).ConfigureAwait(false);
            return new GradientRows(rows, width, sums);
        }
    }
}
