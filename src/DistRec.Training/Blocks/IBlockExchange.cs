namespace DistRec.Training.Blocks;

/// <summary>
/// Carries bulk data apart from messages: published by the partition that has it, pulled by the partition that needs it. A pull
/// may be repeated after any loss, and gives the same block until its round is dropped. All members are thread-safe.
/// </summary>
public interface IBlockExchange
{
    /// <summary>By which name other nodes pull from this one, such as <c>http://10.0.0.7:7400/</c>; empty where there is only this process.</summary>
    string Endpoint { get; }

    /// <summary>
    /// Makes a block available and hands it to the pulls that wait for it. A block already published under the key is
    /// replaced. A block of a round that was dropped is late, and ignored.
    /// </summary>
    /// <exception cref="BlockExchangeStoppedException">The exchange has stopped.</exception>
    void Publish(BlockKey key, IBlock block);

    /// <summary>
    /// Waits until the block is published and returns it: the very reference in the owner's process, what
    /// <paramref name="reader"/> makes of its bytes elsewhere and of an <see cref="IUnreadBlock"/>.
    /// </summary>
    /// <param name="endpoint">The <see cref="Endpoint"/> of the node that publishes it.</param>
    /// <param name="key">The block.</param>
    /// <param name="reader">Used when the block comes from another process, or its owner has not read it itself.</param>
    /// <param name="cancellationToken">Ends this pull alone.</param>
    /// <exception cref="BlockDroppedException">Its round or job was dropped, before or during the wait.</exception>
    /// <exception cref="BlockTypeException">The published block is not a <typeparamref name="TBlock"/>.</exception>
    /// <exception cref="BlockExchangeStoppedException">The exchange stopped before it was published.</exception>
    ValueTask<TBlock> PullAsync<TBlock>(
        string endpoint, BlockKey key, IBlockReader<TBlock> reader, CancellationToken cancellationToken = default)
        where TBlock : IBlock;

    /// <summary>
    /// Frees the blocks of that and older rounds; pulls that wait for them fail, and so do later ones. All partitions of a
    /// process share the blocks, so this is for whoever knows that everyone has pulled.
    /// </summary>
    void DropThrough(string job, long round);

    /// <summary>
    /// Frees all blocks of a job and fails the pulls that wait for them, and forgets its rounds: a job of the same
    /// name may begin again.
    /// </summary>
    void DropJob(string job);
}
