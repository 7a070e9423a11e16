using DistRec.Simulation.Hosting;
using DistRec.Training.Blocks;

namespace DistRec.Simulation.Blocks;

/// <summary>
/// The block exchange of one life of a node: what it published ends with it. A drop acts on this node alone: it frees its
/// blocks, fails other nodes' pulls of them, and fails its own pulls of such rounds from anywhere.
/// </summary>
internal sealed class SimulatedBlockExchange(NodeLife life) : IBlockExchange
{
    private readonly List<IPull> _pulls = [];
    private readonly Dictionary<string, long> _droppedThrough = new(StringComparer.Ordinal);

    // Enumerated in the order of insertion and removal, whatever the keys' hash codes are in this process.
    private readonly Dictionary<BlockKey, Slot> _slots = [];
    private bool _isStopped;

    /// <summary>Takes the answer to a pull: the block, or why there never will be one.</summary>
    internal delegate void Answer(IBlock? block, BlockException? failure);

    public string Endpoint { get; } = life.Cluster.EndpointsOutliveLives
        ? $"http://node{life.Node.Number}/" : $"http://node{life.Node.Number}.life{life.Number}/";

    /// <summary>The pulls that wait.</summary>
    internal IReadOnlyList<IPull> Pulls => _pulls;

    /// <summary>Blocks that it holds.</summary>
    internal int Count => _slots.Values.Count(slot => slot.Block is not null);

    public void Publish(BlockKey key, IBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        life.Cluster.RequireThread($"the block {key} was published");
        life.Cluster.Note("publish", life.Node.Number, -1, null, key.ToString());
        if (_isStopped)
        {
            throw new BlockExchangeStoppedException();
        }

        if (!IsDropped(key))
        {
            Slot slot = SlotOf(key);
            slot.Block = block;
            slot.Tell(block, null);
        }
    }

    public async ValueTask<TBlock> PullAsync<TBlock>(
        string endpoint, BlockKey key, IBlockReader<TBlock> reader, CancellationToken cancellationToken = default)
        where TBlock : IBlock
    {
        ArgumentNullException.ThrowIfNull(reader);
        cancellationToken.ThrowIfCancellationRequested();
        life.Cluster.RequireThread($"the block {key} was pulled");
        if (_isStopped || IsDropped(key))
        {
            throw _isStopped ? new BlockExchangeStoppedException() : new BlockDroppedException(key);
        }

        Pull<TBlock> pull = new(life, endpoint, key, reader, cancellationToken);
        using CancellationTokenRegistration cancellation = cancellationToken.UnsafeRegister(
            _ => life.Soon("a cancellation", () => pull.TrySetCanceled(cancellationToken)), null);
        _pulls.Add(pull);
        try
        {
            pull.Ask();
            return await pull.Task.ConfigureAwait(false);
        }
        finally
        {
            _pulls.Remove(pull);
        }
    }

    public void DropThrough(string job, long round)
    {
        life.Cluster.Note("drop", life.Node.Number, -1, null, $"{job} through {round}");
        _droppedThrough[job] = Math.Max(round, _droppedThrough.GetValueOrDefault(job, long.MinValue));
        Drop(key => key.Job == job && key.Round <= round);
    }

    public void DropJob(string job)
    {
        life.Cluster.Note("drop", life.Node.Number, -1, null, job);
        _droppedThrough.Remove(job);
        Drop(key => key.Job == job);
    }

    /// <summary>Answers now, or when the block is published.</summary>
    internal void Subscribe(BlockKey key, Answer answer)
    {
        if (_isStopped || IsDropped(key))
        {
            answer(null, _isStopped ? new BlockExchangeStoppedException() : new BlockDroppedException(key));
        }
        else if (SlotOf(key).Block is { } block)
        {
            answer(block, null);
        }
        else
        {
            SlotOf(key).Waiting.Add(answer);
        }
    }

    /// <summary>Fails what waits here, sends those who wait at other nodes away, and fails all later calls.</summary>
    internal void Stop()
    {
        _isStopped = true;
        foreach (IPull pull in _pulls)
        {
            life.Soon("a pull at its node's stop", () => pull.Fail(new BlockExchangeStoppedException()));
        }

        foreach (Slot slot in _slots.Values)
        {
            slot.Tell(null, new BlockExchangeStoppedException());
        }

        _slots.Clear();
    }

    private bool IsDropped(BlockKey key) => _droppedThrough.TryGetValue(key.Job, out long round) && key.Round <= round;

    private Slot SlotOf(BlockKey key)
    {
        if (!_slots.TryGetValue(key, out Slot? slot))
        {
            _slots[key] = slot = new Slot();
        }

        return slot;
    }

    private void Drop(Func<BlockKey, bool> isDropped)
    {
        life.Cluster.RequireThread("blocks were dropped");
        foreach ((BlockKey key, Slot slot) in _slots.Where(slot => isDropped(slot.Key)).ToArray())
        {
            _slots.Remove(key);
            slot.Tell(null, new BlockDroppedException(key));
        }

        // Pulls of other nodes' blocks too: whoever drops a round here wants it no more.
        foreach (IPull pull in _pulls.Where(pull => isDropped(pull.Key)))
        {
            life.Soon("a pull of a dropped round", () => pull.Fail(new BlockDroppedException(pull.Key)));
        }
    }

    private sealed class Slot
    {
        internal IBlock? Block { get; set; }

        internal List<Answer> Waiting { get; } = [];

        internal void Tell(IBlock? block, BlockException? failure)
        {
            Answer[] waiting = [.. Waiting];
            Waiting.Clear();
            foreach (Answer answer in waiting)
            {
                answer(block, failure);
            }
        }
    }
}
