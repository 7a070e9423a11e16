using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using DistRec.Actors;
using DistRec.Data;

namespace DistRec.Training.Partitions;

/// <summary>The ratings of one partition on their way from the node that read them.</summary>
/// <param name="Training">Rows are the partition's, columns the other side's global index.</param>
/// <param name="HeldOut">Validation ratings in the same form; null for none.</param>
public sealed record RatingBlock(RatingMatrix Training, RatingMatrix? HeldOut) : IBlock
{
    /// <inheritdoc/>
    public long ByteLength => BytesOf(Training) + sizeof(byte) + (HeldOut is null ? 0 : BytesOf(HeldOut));

    /// <inheritdoc/>
    public void Write(IBufferWriter<byte> writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Write(writer, Training);
        writer.Write([HeldOut is null ? (byte)0 : (byte)1]);
        if (HeldOut is not null)
        {
            Write(writer, HeldOut);
        }
    }

    private static long BytesOf(RatingMatrix ratings) =>
        2 * sizeof(int) + (long)ratings.RowCount * sizeof(int) + ratings.Count * (sizeof(int) + sizeof(float));

    private static void Write(IBufferWriter<byte> writer, RatingMatrix ratings)
    {
        Span<byte> header = writer.GetSpan(2 * sizeof(int));
        BinaryPrimitives.WriteInt32LittleEndian(header, ratings.RowCount);
        BinaryPrimitives.WriteInt32LittleEndian(header[sizeof(int)..], ratings.ColumnCount);
        writer.Advance(2 * sizeof(int));
        for (int row = 0; row < ratings.RowCount; row++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(writer.GetSpan(sizeof(int)), ratings.RowLength(row));
            writer.Advance(sizeof(int));
        }

        for (int row = 0; row < ratings.RowCount; row++)
        {
            writer.Write(MemoryMarshal.AsBytes(ratings.RowColumns(row)));
        }

        for (int row = 0; row < ratings.RowCount; row++)
        {
            writer.Write(MemoryMarshal.AsBytes(ratings.RowValues(row)));
        }
    }

    /// <summary>Reads what <see cref="RatingBlock.Write(IBufferWriter{byte})"/> wrote.</summary>
    public sealed class Reader : IBlockReader<RatingBlock>
    {
        public static Reader Instance { get; } = new();

        /// <inheritdoc/>
        public RatingBlock Read(ReadOnlySequence<byte> bytes)
        {
            SequenceReader<byte> reader = new(bytes);
            RatingMatrix training = ReadMatrix(ref reader);
            bool hasHeldOut = reader.TryRead(out byte flag) && flag == 1;
            return new RatingBlock(training, hasHeldOut ? ReadMatrix(ref reader) : null);
        }

        private static RatingMatrix ReadMatrix(ref SequenceReader<byte> reader)
        {
            if (!reader.TryReadLittleEndian(out int rows) || !reader.TryReadLittleEndian(out int columnCount) || rows < 0)
            {
                throw new InvalidDataException("a block of ratings: expected the numbers of rows and columns");
            }

            long[] starts = new long[rows + 1];
            for (int row = 0; row < rows; row++)
            {
                if (!reader.TryReadLittleEndian(out int length) || length < 0)
                {
                    throw new InvalidDataException($"a block of ratings: expected the length of row {row}");
                }

                starts[row + 1] = starts[row] + length;
            }

            int[] columns = new int[starts[rows]];
            float[] values = new float[starts[rows]];
            if (!reader.TryCopyTo(MemoryMarshal.AsBytes(columns.AsSpan())))
            {
                throw new InvalidDataException($"a block of ratings: expected {columns.Length} columns");
            }

            reader.Advance((long)columns.Length * sizeof(int));
            if (!reader.TryCopyTo(MemoryMarshal.AsBytes(values.AsSpan())))
            {
                throw new InvalidDataException($"a block of ratings: expected {values.Length} values");
            }

            reader.Advance((long)values.Length * sizeof(float));
            return new RatingMatrix(columnCount, starts, columns, values);
        }
    }
}
