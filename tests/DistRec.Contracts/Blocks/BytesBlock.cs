using System.Buffers;
using DistRec.Actors;

namespace DistRec.Contracts;

/// <summary>A block of plain bytes.</summary>
public sealed class BytesBlock(params byte[] bytes) : IBlock
{
    public ReadOnlyMemory<byte> Bytes => bytes;

    public long ByteLength => bytes.Length;

    public void Write(IBufferWriter<byte> writer) => writer.Write(bytes);
}

public sealed class BytesBlockReader : IBlockReader<BytesBlock>
{
    public BytesBlock Read(ReadOnlySequence<byte> bytes) => new(bytes.ToArray());
}

/// <summary>A block of another type.</summary>
public sealed class EmptyBlock : IBlock
{
    public long ByteLength => 0;

    public void Write(IBufferWriter<byte> writer)
    {
    }
}

public sealed class EmptyBlockReader : IBlockReader<EmptyBlock>
{
    public EmptyBlock Read(ReadOnlySequence<byte> bytes) => new();
}
