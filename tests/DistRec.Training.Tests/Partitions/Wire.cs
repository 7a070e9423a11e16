namespace DistRec.Training.Tests.Partitions;

/// <summary>Blocks as their bytes, and back.</summary>
internal static class Wire
{
    public static async Task ShouldRefuseAsync<TBlock>(IBlockReader<TBlock> reader, byte[] bytes, params string[] words)
        where TBlock : IBlock
    {
        string message = (await Should.ThrowAsync<InvalidDataException>(() => ReadAsync(reader, bytes))).Message;
        words.ShouldAllBe(word => message.Contains(word, StringComparison.Ordinal), message);
    }

    public static FactorBlock Numbered(int rows, int rank)
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

        return block;
    }

    public static async Task<byte[]> BytesOfAsync(IBlock block)
    {
        using MemoryStream stream = new();
        await block.WriteAsync(stream, CancellationToken.None);
        stream.Length.ShouldBe(block.ByteLength);
        return stream.ToArray();
    }

    public static async Task<TBlock> ReadAsync<TBlock>(IBlockReader<TBlock> reader, byte[] bytes, int pieceBytes = 7)
        where TBlock : IBlock
    {
        using PiecesStream stream = new(bytes, bytes.Length > 1000 ? Math.Max(pieceBytes, 4099) : pieceBytes);
        return await reader.ReadAsync(stream, bytes.Length, CancellationToken.None);
    }
}

/// <summary>Delivers as a connection does: in pieces that end anywhere. Counts the calls.</summary>
internal sealed class PiecesStream(byte[] bytes, int pieceBytes) : MemoryStream(bytes, writable: false)
{
    public int Calls { get; private set; }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Calls++;
        return base.ReadAsync(buffer[..Math.Min(pieceBytes, buffer.Length)], cancellationToken);
    }
}

/// <summary>Keeps what is written, and counts the calls.</summary>
internal sealed class CountingStream : MemoryStream
{
    public int Calls { get; private set; }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Calls++;
        return base.WriteAsync(buffer, cancellationToken);
    }
}
