using DistRec.Actors;
using DistRec.Simulation.Hosting;

namespace DistRec.Simulation.Blocks;

/// <summary>
/// The block exchange of one life of a node: what it published ends with it. A drop acts on this node alone: it frees its
/// blocks, fails other nodes' pulls of them, and fails its own pulls of such rounds from anywhere.
/// </summary>
internal sealed class SimulatedBlockExchange(NodeLife life) : IBlockExchange
{
    private readonly List<IPull> _pulls = [];

    internal BlockStore Store { get; } = new();

    /// <summary>The pulls that wait.</summary>
    internal IReadOnlyList<IPull> Pulls => _pulls;

    public void Publish(BlockKey key, IBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        Require($"the block {key} was published");
        life.Cluster.Note("publish", life.Node.Number, -1, null, key.ToString());
        Store.Publish(key, block);
    }

    public async ValueTask<TBlock> PullAsync<TBlock>(
        ActorAddress owner, BlockKey key, IBlockReader<TBlock> reader, CancellationToken cancellationToken = default)
        where TBlock : IBlock
    {
        ArgumentNullException.ThrowIfNull(reader);
        cancellationToken.ThrowIfCancellationRequested();
        Require($"the block {key} was pulled");
        Store.ThrowIfOver(key);
        Pull<TBlock> pull = new(life, owner, key, reader, cancellationToken);
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
        Require($"the blocks of {job} were dropped");
        life.Cluster.Note("drop", life.Node.Number, -1, null, $"{job} through {round}");
        Store.DropThrough(job, round);
        FailPulls(job, round);
    }

    public void DropJob(string job)
    {
        Require($"the blocks of {job} were dropped");
        life.Cluster.Note("drop", life.Node.Number, -1, null, job);
        Store.DropJob(job);
        FailPulls(job, long.MaxValue);
    }

    /// <summary>The node where an actor lives as this node knows it; null while there is none that could be asked.</summary>
    internal NodeLife? HostOf(ActorAddress owner)
    {
        if (life.Actors.ContainsKey(owner))
        {
            return life;
        }

        return life.IsRemoved ? null : life.Cluster.Placement.Find(owner).Actor?.Life;
    }

    /// <summary>Fails what waits here, sends those who wait at other nodes away, and fails all later calls.</summary>
    internal void Stop()
    {
        foreach (IPull pull in _pulls)
        {
            life.Soon("a pull at its node's stop", () => pull.Fail(new BlockExchangeStoppedException()));
        }

        Store.Stop();
    }

    // Those of blocks of other nodes too: whoever drops a round here wants it no more.
    private void FailPulls(string job, long round)
    {
        foreach (IPull pull in _pulls.Where(pull => pull.Key.Job == job && pull.Key.Round <= round))
        {
            life.Soon("a pull of a dropped round", () => pull.Fail(new BlockDroppedException(pull.Key)));
        }
    }

    private void Require(string what)
    {
        life.Cluster.RequireThread(what);
        if (!life.IsRunning)
        {
            throw new NodeCrashedException(life.Node.Number);
        }
    }
}
