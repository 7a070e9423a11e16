using DistRec.Actors;

namespace DistRec.Simulation.Blocks;

/// <summary>Blocks as they are between processes: only their bytes are shared, and those as they were when they were sent.</summary>
internal static class BlockWire
{
    /// <summary>The bytes of a block, or of the part that a reader selects.</summary>
    /// <exception cref="InvalidDataException">The block wrote another number of bytes than it said.</exception>
    internal static async Task<byte[]> WriteAsync(BlockKey key, IBlock block, ReadOnlyMemory<byte> selection)
    {
        IBlock part = selection.IsEmpty ? block : block.Select(selection);
        using MemoryStream stream = new(checked((int)part.ByteLength));
        await part.WriteAsync(stream, CancellationToken.None).ConfigureAwait(false);
        return stream.Length == part.ByteLength
            ? stream.ToArray()
            : throw new InvalidDataException(
                $"the block {key}: expected the {part.ByteLength} bytes of its ByteLength, found {stream.Length} written");
    }

    /// <summary>What a reader makes of a block's bytes.</summary>
    internal static async Task<TBlock> ReadAsync<TBlock>(byte[] bytes, IBlockReader<TBlock> reader, CancellationToken cancellationToken)
        where TBlock : IBlock
    {
        using MemoryStream stream = new(bytes, writable: false);
        return await reader.ReadAsync(stream, bytes.Length, cancellationToken).ConfigureAwait(false);
    }
}
