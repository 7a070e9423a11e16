namespace DistRec.Training.Blocks;

/// <summary>The block exchange of one process: a pull returns the very reference that was published, or what its reader makes of an <see cref="IUnreadBlock"/>.</summary>
public sealed class LocalBlockExchange : IBlockExchange, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, JobBlocks> _jobs = new(StringComparer.Ordinal);
    private bool _stopped;

    /// <summary>Nobody else pulls from here.</summary>
    public string Endpoint => "";

    public void Publish(BlockKey key, IBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        TaskCompletionSource<IBlock>? waiting;
        lock (_gate)
        {
            ThrowIfStopped();
            JobBlocks job = JobOf(key.Job);
            if (key.Round <= job.DroppedThrough)
            {
                return;
            }

            Slot slot = job.SlotOf(key);
            slot.Block = block;
            waiting = slot.Waiting;
            slot.Waiting = null;
        }

        waiting?.SetResult(block);
    }

    public ValueTask<TBlock> PullAsync<TBlock>(
        string endpoint, BlockKey key, IBlockReader<TBlock> reader, CancellationToken cancellationToken = default)
        where TBlock : IBlock
    {
        ArgumentNullException.ThrowIfNull(reader);
        ValueTask<IBlock> published = PublishedAsync(key, cancellationToken);
        return published.IsCompletedSuccessfully
            ? TakeAsync(key, published.Result, reader, cancellationToken)
            : new ValueTask<TBlock>(TakeAsync(key, published, reader, cancellationToken));
    }

    /// <summary>The block published under a key, of whatever type it is; null if there is none yet.</summary>
    /// <exception cref="BlockDroppedException">Its round was dropped.</exception>
    /// <exception cref="BlockExchangeStoppedException">The exchange has stopped.</exception>
    public IBlock? Find(BlockKey key)
    {
        lock (_gate)
        {
            ThrowIfStopped();
            if (!_jobs.TryGetValue(key.Job, out JobBlocks? job))
            {
                return null;
            }

            return key.Round > job.DroppedThrough ? job.Slots.GetValueOrDefault(key)?.Block : throw new BlockDroppedException(key);
        }
    }

    /// <summary>Waits until a block is published here and returns it, of whatever type it is.</summary>
    /// <exception cref="BlockDroppedException">Its round or job was dropped, before or during the wait.</exception>
    /// <exception cref="BlockExchangeStoppedException">The exchange stopped before it was published.</exception>
    public ValueTask<IBlock> PublishedAsync(BlockKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Slot slot;
        Task<IBlock> published;
        lock (_gate)
        {
            ThrowIfStopped();
            JobBlocks job = JobOf(key.Job);
            if (key.Round <= job.DroppedThrough)
            {
                throw new BlockDroppedException(key);
            }

            slot = job.SlotOf(key);
            if (slot.Block is not null)
            {
                return new ValueTask<IBlock>(slot.Block);
            }

            slot.Waiting ??= new TaskCompletionSource<IBlock>(TaskCreationOptions.RunContinuationsAsynchronously);
            slot.Waiters++;
            published = slot.Waiting.Task;
        }

        return new ValueTask<IBlock>(WaitAsync(key, slot, published, cancellationToken));
    }

    public void DropThrough(string job, long round)
    {
        List<KeyValuePair<BlockKey, Slot>> dropped;
        lock (_gate)
        {
            if (_stopped)
            {
                return;
            }

            JobBlocks blocks = JobOf(job);
            blocks.DroppedThrough = Math.Max(blocks.DroppedThrough, round);
            dropped = [.. blocks.Slots.Where(slot => slot.Key.Round <= round)];
            foreach (KeyValuePair<BlockKey, Slot> slot in dropped)
            {
                blocks.Slots.Remove(slot.Key);
            }
        }

        FailPulls(dropped);
    }

    public void DropJob(string job)
    {
        JobBlocks? blocks;
        lock (_gate)
        {
            _jobs.Remove(job, out blocks);
        }

        FailPulls(blocks?.Slots ?? []);
    }

    /// <summary>Frees everything and fails the pulls that wait, and all later calls.</summary>
    public void Dispose()
    {
        List<Slot> slots;
        lock (_gate)
        {
            _stopped = true;
            slots = [.. _jobs.Values.SelectMany(job => job.Slots.Values)];
            _jobs.Clear();
        }

        foreach (Slot slot in slots)
        {
            slot.Fail(new BlockExchangeStoppedException());
        }
    }

    private async Task<IBlock> WaitAsync(BlockKey key, Slot slot, Task<IBlock> published, CancellationToken cancellationToken)
    {
        try
        {
            return await published.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Leave(key, slot);
            throw;
        }
    }

    // Whoever gives up waiting leaves nothing behind: a key that is never published would stay for good.
    private void Leave(BlockKey key, Slot slot)
    {
        lock (_gate)
        {
            if (--slot.Waiters > 0 || slot.Block is not null
                || !_jobs.TryGetValue(key.Job, out JobBlocks? job) || job.Slots.GetValueOrDefault(key) != slot)
            {
                return;
            }

            job.Slots.Remove(key);
            if (job.Slots.Count == 0 && job.DroppedThrough == long.MinValue)
            {
                _jobs.Remove(key.Job);
            }
        }
    }

    private static async Task<TBlock> TakeAsync<TBlock>(
        BlockKey key, ValueTask<IBlock> published, IBlockReader<TBlock> reader, CancellationToken cancellationToken)
        where TBlock : IBlock =>
        await TakeAsync(key, await published.ConfigureAwait(false), reader, cancellationToken).ConfigureAwait(false);

    private static ValueTask<TBlock> TakeAsync<TBlock>(
        BlockKey key, IBlock block, IBlockReader<TBlock> reader, CancellationToken cancellationToken)
        where TBlock : IBlock =>
        block switch
        {
            TBlock expected => new ValueTask<TBlock>(expected),
            IUnreadBlock unread => unread.ReadAsync(reader, cancellationToken),
            _ => throw new BlockTypeException(key, typeof(TBlock).Name, block.GetType().Name),
        };

    private static void FailPulls(IEnumerable<KeyValuePair<BlockKey, Slot>> dropped)
    {
        foreach ((BlockKey key, Slot slot) in dropped)
        {
            slot.Fail(new BlockDroppedException(key));
        }
    }

    private void ThrowIfStopped()
    {
        if (_stopped)
        {
            throw new BlockExchangeStoppedException();
        }
    }

    private JobBlocks JobOf(string job)
    {
        if (!_jobs.TryGetValue(job, out JobBlocks? blocks))
        {
            _jobs[job] = blocks = new JobBlocks();
        }

        return blocks;
    }

    private sealed class JobBlocks
    {
        internal long DroppedThrough { get; set; } = long.MinValue;

        internal Dictionary<BlockKey, Slot> Slots { get; } = [];

        internal Slot SlotOf(BlockKey key)
        {
            if (!Slots.TryGetValue(key, out Slot? slot))
            {
                Slots[key] = slot = new Slot();
            }

            return slot;
        }
    }

    /// <summary>A key's block, or the pulls that wait for it.</summary>
    private sealed class Slot
    {
        internal IBlock? Block { get; set; }

        internal TaskCompletionSource<IBlock>? Waiting { get; set; }

        /// <summary>Pulls that wait for it and did not give up.</summary>
        internal int Waiters { get; set; }

        internal void Fail(BlockException failure)
        {
            if (Waiting is { } waiting)
            {
                waiting.SetException(failure);

                // Every pull may have been cancelled meanwhile; then nobody else looks at the exception.
                _ = waiting.Task.Exception;
            }
        }
    }
}
