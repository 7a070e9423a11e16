using System.Buffers;
using DistRec.Data;
using DistRec.Training.Partitions;

namespace DistRec.Training.Tests.Partitions;

public sealed class BlockWireTests
{
    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 1)]
    [InlineData(5, 17)]
    [InlineData(3, 0)]
    public void A_block_of_factors_comes_back_from_its_bytes(int rows, int rank)
    {
        FactorBlock block = FactorBlock.Zeros(rows, rank);
        for (int row = 0; row < rows; row++)
        {
            block.Biases[row] = row + 0.5f;
            for (int j = 0; j < rank; j++)
            {
                block.Factors.Row(row)[j] = row * 100 + j;
            }
        }

        ArrayBufferWriter<byte> writer = new();
        block.Write(writer);
        writer.WrittenCount.ShouldBe((int)block.ByteLength);
        FactorBlock read = FactorBlock.Reader.Instance.Read(InPieces(writer.WrittenMemory));
        read.Biases.ShouldBe(block.Biases);
        read.Factors.Values.ToArray().ShouldBe(block.Factors.Values.ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_block_of_ratings_comes_back_from_its_bytes(bool withHeldOut)
    {
        RatingMatrix whole = new(9, [0, 2, 2, 5, 6], [1, 8, 0, 3, 4, 7], [1f, 2f, 3f, 4f, 5f, 0.5f]);
        RatingBlock block = new(whole.Rows(1, 4), withHeldOut ? whole.Rows(0, 3) : null);
        ArrayBufferWriter<byte> writer = new();
        block.Write(writer);
        writer.WrittenCount.ShouldBe((int)block.ByteLength);
        RatingBlock read = RatingBlock.Reader.Instance.Read(InPieces(writer.WrittenMemory));
        ShouldBeSame(read.Training, block.Training);
        (read.HeldOut is not null).ShouldBe(withHeldOut);
        if (withHeldOut)
        {
            ShouldBeSame(read.HeldOut!, block.HeldOut!);
        }
    }

    [Fact]
    public void Damaged_blocks_are_refused()
    {
        ArrayBufferWriter<byte> writer = new();
        FactorBlock.Zeros(3, 4).Write(writer);
        Should.Throw<InvalidDataException>(() => FactorBlock.Reader.Instance.Read(new ReadOnlySequence<byte>(writer.WrittenMemory[..^1])));
        Should.Throw<InvalidDataException>(() => RatingBlock.Reader.Instance.Read(new ReadOnlySequence<byte>([1, 2, 3])));
    }

    private static void ShouldBeSame(RatingMatrix actual, RatingMatrix expected)
    {
        actual.RowCount.ShouldBe(expected.RowCount);
        actual.ColumnCount.ShouldBe(expected.ColumnCount);
        for (int row = 0; row < expected.RowCount; row++)
        {
            actual.RowColumns(row).ToArray().ShouldBe(expected.RowColumns(row).ToArray());
            actual.RowValues(row).ToArray().ShouldBe(expected.RowValues(row).ToArray());
        }
    }

    // As a connection delivers: in pieces that end anywhere.
    private static ReadOnlySequence<byte> InPieces(ReadOnlyMemory<byte> bytes)
    {
        Piece first = new(bytes[..Math.Min(7, bytes.Length)], 0);
        Piece last = first;
        for (int position = first.Memory.Length; position < bytes.Length; position += 7)
        {
            last = last.Append(bytes.Slice(position, Math.Min(7, bytes.Length - position)));
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Piece : ReadOnlySequenceSegment<byte>
    {
        public Piece(ReadOnlyMemory<byte> memory, long index)
        {
            Memory = memory;
            RunningIndex = index;
        }

        public Piece Append(ReadOnlyMemory<byte> memory)
        {
            Piece next = new(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }
    }
}
