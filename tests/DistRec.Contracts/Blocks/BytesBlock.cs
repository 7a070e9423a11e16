using DistRec.Training.Blocks;

namespace DistRec.Contracts;

/// <summary>A block of plain bytes; a selection lists the positions wanted, a byte each.</summary>
public sealed class BytesBlock(params byte[] bytes) : IBlock
{
    public ReadOnlyMemory<byte> Bytes => bytes;

    public long ByteLength => bytes.Length;

    public ValueTask WriteAsync(Stream stream, CancellationToken cancellationToken) => stream.WriteAsync(bytes, cancellationToken);

    public IBlock Select(ReadOnlyMemory<byte> selection) => new BytesBlock([.. selection.ToArray().Select(position => bytes[position])]);
}

public sealed class BytesBlockReader(params byte[] positions) : IBlockReader<BytesBlock>
{
    public ReadOnlyMemory<byte> Selection => positions;

    public async ValueTask<BytesBlock> ReadAsync(Stream stream, long length, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[length];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return new BytesBlock(bytes);
    }
}

/// <summary>Bytes that their owner has not read.</summary>
public sealed class UnreadBytesBlock(params byte[] bytes) : IUnreadBlock
{
    public long ByteLength => bytes.Length;

    public ValueTask WriteAsync(Stream stream, CancellationToken cancellationToken) => stream.WriteAsync(bytes, cancellationToken);

    public ValueTask<TBlock> ReadAsync<TBlock>(IBlockReader<TBlock> reader, CancellationToken cancellationToken)
        where TBlock : IBlock =>
        reader.ReadAsync(new MemoryStream(bytes), bytes.Length, cancellationToken);
}

/// <summary>A block of another type.</summary>
public sealed class EmptyBlock : IBlock
{
    public long ByteLength => 0;

    public ValueTask WriteAsync(Stream stream, CancellationToken cancellationToken) => ValueTask.CompletedTask;
}
