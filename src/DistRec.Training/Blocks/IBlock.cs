namespace DistRec.Training.Blocks;

/// <summary>Bulk data that is never changed once published.</summary>
public interface IBlock
{
    /// <summary>How many bytes <see cref="WriteAsync"/> writes, known before it begins.</summary>
    long ByteLength { get; }

    /// <summary>
    /// Writes it for another node, exactly <see cref="ByteLength"/> bytes; not called where the reader lives in the same
    /// process. Several calls may run at once, one for each pull.
    /// </summary>
    /// <param name="stream">Takes the bytes; it splits large writes itself, so tables are best written in few calls.</param>
    /// <param name="cancellationToken">Fires when nobody reads any more.</param>
    /// <exception cref="UnreadableBlockException">
    /// What it consists of is gone or damaged; known at the latest with the last byte, and before the first one of every later call.
    /// </exception>
    ValueTask WriteAsync(Stream stream, CancellationToken cancellationToken);

    /// <summary>The part that a reader asks for, to be written in its place. Not called for an empty selection, which means all.</summary>
    /// <param name="selection">In the block's own encoding; valid until the selected part is written.</param>
    /// <exception cref="NotSupportedException">This type of block is only handed out as a whole.</exception>
    /// <exception cref="InvalidDataException">The selection is not one of this block.</exception>
    IBlock Select(ReadOnlyMemory<byte> selection) =>
        throw new NotSupportedException(
            $"{GetType().Name} is only handed out as a whole: expected an empty selection, found one of {selection.Length} bytes");
}

/// <summary>Reads on one node what <see cref="IBlock.WriteAsync"/> wrote on another.</summary>
public interface IBlockReader<TBlock>
    where TBlock : IBlock
{
    /// <summary>
    /// Which part of a remote block is wanted, in the encoding of <see cref="IBlock.Select"/>; empty for all of it. In one
    /// process it is ignored: the whole block is at hand. It must not change while a pull runs.
    /// </summary>
    ReadOnlyMemory<byte> Selection => default;

    /// <summary>
    /// Reads a whole block. After a broken or damaged transfer it is called again, for the same block from its beginning, so a
    /// reader that fills a table of the caller's must be able to fill it twice.
    /// </summary>
    /// <param name="stream">Ends after <paramref name="length"/> bytes.</param>
    /// <param name="length">Bytes of the block.</param>
    /// <param name="cancellationToken">Ends the pull, or the attempt.</param>
    /// <exception cref="InvalidDataException">The bytes are not those of such a block.</exception>
    ValueTask<TBlock> ReadAsync(Stream stream, long length, CancellationToken cancellationToken);
}
