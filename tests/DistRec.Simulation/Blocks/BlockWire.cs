using DistRec.Actors;

namespace DistRec.Simulation.Blocks;

/// <summary>Blocks as they are between processes: only their bytes are shared, and those as they were when they were sent.</summary>
internal static class BlockWire
{
    /// <summary>The bytes of a block, or of the part that a reader selects.</summary>
    /// <exception cref="InvalidOperationException">The block wrote another number of bytes than it said, or had to wait.</exception>
    internal static byte[] Write(BlockKey key, IBlock block, ReadOnlyMemory<byte> selection)
    {
        IBlock part = selection.IsEmpty ? block : block.Select(selection);
        using MemoryStream stream = new(checked((int)part.ByteLength));
        Task written = part.WriteAsync(stream, CancellationToken.None).AsTask();
        RequireInline(written.IsCompleted, key, "WriteAsync");
        written.GetAwaiter().GetResult();
        if (stream.Length != part.ByteLength)
        {
            throw new InvalidOperationException(
                $"the block {key}: expected the {part.ByteLength} bytes of its ByteLength, found {stream.Length} written");
        }

        return stream.ToArray();
    }

    /// <summary>What a reader makes of a block's bytes.</summary>
    internal static TBlock Read<TBlock>(BlockKey key, byte[] bytes, IBlockReader<TBlock> reader)
        where TBlock : IBlock
    {
        using MemoryStream stream = new(bytes, writable: false);
        Task<TBlock> read = reader.ReadAsync(stream, bytes.Length, CancellationToken.None).AsTask();
        RequireInline(read.IsCompleted, key, "ReadAsync");
        return read.GetAwaiter().GetResult();
    }

    private static void RequireInline(bool isCompleted, BlockKey key, string method)
    {
        if (!isCompleted)
        {
            throw new InvalidOperationException(
                $"the block {key}: {method} waits for something although a stream in memory never waits; in a simulation it cannot");
        }
    }
}
