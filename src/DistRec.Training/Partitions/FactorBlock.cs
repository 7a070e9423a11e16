using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using DistRec.Actors;
using DistRec.Numerics.Linear;

namespace DistRec.Training.Partitions;

/// <summary>Factors and biases of consecutive rows on their way between shards. Within a process it is a reference.</summary>
/// <param name="Factors">[rows, rank].</param>
/// <param name="Biases">[rows].</param>
public sealed record FactorBlock(FactorTable Factors, float[] Biases) : IBlock
{
    private const int HeaderBytes = 2 * sizeof(int);

    /// <summary>A block of zeros.</summary>
    public static FactorBlock Zeros(int rows, int rank) => new(new FactorTable(rows, rank), new float[rows]);

    /// <inheritdoc/>
    public long ByteLength => HeaderBytes + ((long)Factors.Rows * Factors.Rank + Biases.Length) * sizeof(float);

    /// <summary>Copies the values of a block of the same shape.</summary>
    public void CopyFrom(FactorBlock source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Factors.CopyFrom(source.Factors);
        source.Biases.CopyTo(Biases, 0);
    }

    /// <summary>A block with the same values.</summary>
    public FactorBlock Copy()
    {
        FactorBlock copy = Zeros(Factors.Rows, Factors.Rank);
        copy.CopyFrom(this);
        return copy;
    }

    /// <inheritdoc/>
    public void Write(IBufferWriter<byte> writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Span<byte> header = writer.GetSpan(HeaderBytes);
        BinaryPrimitives.WriteInt32LittleEndian(header, Factors.Rows);
        BinaryPrimitives.WriteInt32LittleEndian(header[sizeof(int)..], Factors.Rank);
        writer.Advance(HeaderBytes);
        for (int row = 0; row < Factors.Rows; row++)
        {
            writer.Write(MemoryMarshal.AsBytes<float>(Factors.Row(row)));
        }

        writer.Write(MemoryMarshal.AsBytes<float>(Biases));
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public sealed class Reader : IBlockReader<FactorBlock>
    {
        public static Reader Instance { get; } = new();

        /// <inheritdoc/>
        public FactorBlock Read(ReadOnlySequence<byte> bytes)
        {
            SequenceReader<byte> reader = new(bytes);
            if (!reader.TryReadLittleEndian(out int rows) || !reader.TryReadLittleEndian(out int rank)
                || rows < 0 || rank < 0 || reader.Remaining != ((long)rows * rank + rows) * sizeof(float))
            {
                throw new InvalidDataException($"a block of factors: expected two counts and as many values, found {bytes.Length} bytes");
            }

            FactorBlock block = Zeros(rows, rank);
            for (int row = 0; row < rows; row++)
            {
                reader.TryCopyTo(MemoryMarshal.AsBytes(block.Factors.Row(row)));
                reader.Advance(rank * sizeof(float));
            }

            reader.TryCopyTo(MemoryMarshal.AsBytes(block.Biases.AsSpan()));
            return block;
        }
    }
}
