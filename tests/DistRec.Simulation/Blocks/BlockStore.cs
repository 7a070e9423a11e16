using DistRec.Actors;

namespace DistRec.Simulation.Blocks;

/// <summary>The blocks that one life of a node published, and who waits for those to come.</summary>
internal sealed class BlockStore
{
    private readonly SortedDictionary<string, JobBlocks> _jobs = new(StringComparer.Ordinal);
    private bool _isStopped;

    /// <summary>Takes the answer to a pull: the block, or why there never will be one.</summary>
    internal delegate void Answer(IBlock? block, ActorException? failure);

    internal void Publish(BlockKey key, IBlock block)
    {
        ThrowIfStopped();
        JobBlocks job = JobOf(key.Job);
        if (key.Round <= job.DroppedThrough)
        {
            return;
        }

        Slot slot = job.SlotOf(key);
        slot.Block = block;
        Answer[] waiting = [.. slot.Waiting];
        slot.Waiting.Clear();
        foreach (Answer answer in waiting)
        {
            answer(block, null);
        }
    }

    /// <summary>Answers now, or when the block is published.</summary>
    internal void Subscribe(BlockKey key, Answer answer)
    {
        if (_isStopped)
        {
            answer(null, new BlockExchangeStoppedException());
            return;
        }

        JobBlocks job = JobOf(key.Job);
        if (key.Round <= job.DroppedThrough)
        {
            answer(null, new BlockDroppedException(key));
            return;
        }

        Slot slot = job.SlotOf(key);
        if (slot.Block is { } block)
        {
            answer(block, null);
        }
        else
        {
            slot.Waiting.Add(answer);
        }
    }

    internal void DropThrough(string job, long round)
    {
        if (_isStopped)
        {
            return;
        }

        JobBlocks blocks = JobOf(job);
        blocks.DroppedThrough = Math.Max(blocks.DroppedThrough, round);
        KeyValuePair<BlockKey, Slot>[] dropped = [.. blocks.Slots.Where(slot => slot.Key.Round <= round)];
        foreach ((BlockKey key, Slot slot) in dropped)
        {
            blocks.Slots.Remove(key);
            slot.Fail(new BlockDroppedException(key));
        }
    }

    internal void DropJob(string job)
    {
        if (_jobs.Remove(job, out JobBlocks? blocks))
        {
            foreach ((BlockKey key, Slot slot) in blocks.Slots)
            {
                slot.Fail(new BlockDroppedException(key));
            }
        }
    }

    internal void Stop()
    {
        _isStopped = true;
        foreach (Slot slot in _jobs.Values.SelectMany(job => job.Slots.Values))
        {
            slot.Fail(new BlockExchangeStoppedException());
        }

        _jobs.Clear();
    }

    /// <exception cref="BlockExchangeStoppedException">The exchange has stopped.</exception>
    /// <exception cref="BlockDroppedException">The round was dropped here.</exception>
    internal void ThrowIfOver(BlockKey key)
    {
        ThrowIfStopped();
        if (_jobs.TryGetValue(key.Job, out JobBlocks? job) && key.Round <= job.DroppedThrough)
        {
            throw new BlockDroppedException(key);
        }
    }

    private void ThrowIfStopped()
    {
        if (_isStopped)
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

        // Enumerated in the order of insertion and removal, whatever the keys' hash codes are in this process.
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

    private sealed class Slot
    {
        internal IBlock? Block { get; set; }

        internal List<Answer> Waiting { get; } = [];

        internal void Fail(ActorException failure)
        {
            foreach (Answer answer in Waiting.ToArray())
            {
                answer(null, failure);
            }

            Waiting.Clear();
        }
    }
}
