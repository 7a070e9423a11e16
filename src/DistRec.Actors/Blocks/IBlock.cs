using System.Buffers;

namespace DistRec.Actors;

/// <summary>Bulk data that is never changed once published.</summary>
public interface IBlock
{
    /// <summary>How many bytes <see cref="Write"/> writes.</summary>
    long ByteLength { get; }

    /// <summary>Writes it for another node; not called where the reader lives in the same process.</summary>
    void Write(IBufferWriter<byte> writer);
}

/// <summary>Reads on one node what <see cref="IBlock.Write"/> wrote on another.</summary>
public interface IBlockReader<out TBlock>
    where TBlock : IBlock
{
    /// <summary>Reads a whole block; <paramref name="bytes"/> are not valid after the call.</summary>
    TBlock Read(ReadOnlySequence<byte> bytes);
}
