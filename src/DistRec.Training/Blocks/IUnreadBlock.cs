namespace DistRec.Training.Blocks;

/// <summary>
/// A block that nobody has read yet: its bytes, in the form of <see cref="IBlock.WriteAsync"/>, lie in a file or a store. It goes
/// to other processes as it lies there, and a pull in this one reads it too, each time anew.
/// </summary>
public interface IUnreadBlock : IBlock
{
    /// <summary>Reads it as a pull of another process would.</summary>
    /// <exception cref="NotSupportedException">The reader selects a part, and the block is only handed out as a whole.</exception>
    /// <exception cref="UnreadableBlockException">What it consists of is gone or damaged.</exception>
    /// <exception cref="InvalidDataException">The bytes are not those of such a block.</exception>
    ValueTask<TBlock> ReadAsync<TBlock>(IBlockReader<TBlock> reader, CancellationToken cancellationToken)
        where TBlock : IBlock;
}
