namespace DistRec.Actors;

/// <summary>The block exchange of one process: a pull returns the very reference that was published.</summary>
public sealed class LocalBlockExchange : IBlockExchange, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, JobBlocks> _jobs = new(StringComparer.Ordinal);
    private bool _stopped;

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
        ActorAddress owner, BlockKey key, IBlockReader<TBlock> reader, CancellationToken cancellationToken = default)
        where TBlock : IBlock
    {
        ArgumentNullException.ThrowIfNull(reader);
        cancellationToken.ThrowIfCancellationRequested();
        Task<IBlock> published;
        lock (_gate)
        {
            ThrowIfStopped();
            JobBlocks job = JobOf(key.Job);
            if (key.Round <= job.DroppedThrough)
            {
                throw new BlockDroppedException(key);
            }

            Slot slot = job.SlotOf(key);
            if (slot.Block is not null)
            {
                return new ValueTask<TBlock>(Cast<TBlock>(key, slot.Block));
            }

            slot.Waiting ??= new TaskCompletionSource<IBlock>(TaskCreationOptions.RunContinuationsAsynchronously);
            published = slot.Waiting.Task;
        }

        return new ValueTask<TBlock>(WaitAsync<TBlock>(key, published, cancellationToken));
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

    private static async Task<TBlock> WaitAsync<TBlock>(
        BlockKey key, Task<IBlock> published, CancellationToken cancellationToken)
        where TBlock : IBlock =>
        Cast<TBlock>(key, await published.WaitAsync(cancellationToken).ConfigureAwait(false));

    private static TBlock Cast<TBlock>(BlockKey key, IBlock block)
        where TBlock : IBlock =>
        block is TBlock expected ? expected : throw new BlockTypeException(key, typeof(TBlock).Name, block.GetType().Name);

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

        internal void Fail(ActorException failure)
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
