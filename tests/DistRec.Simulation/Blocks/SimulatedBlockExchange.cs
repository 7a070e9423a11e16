using DistRec.Actors;
using DistRec.Simulation.Hosting;

namespace DistRec.Simulation.Blocks;

/// <summary>The block exchange of one life of a node: what it published ends with it.</summary>
internal sealed class SimulatedBlockExchange(NodeLife life) : IBlockExchange
{
    private readonly List<IPull> _pulls = [];
    private readonly List<Action> _stopping = [];

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
        Store.ThrowIfStopped();
        Pull<TBlock> pull = new(life, owner, key, reader, cancellationToken);
        Action stop = () => pull.TrySetException(new BlockExchangeStoppedException());
        using CancellationTokenRegistration cancellation = cancellationToken.UnsafeRegister(
            _ => life.Soon("a cancellation", () => pull.TrySetCanceled(cancellationToken)), null);
        _pulls.Add(pull);
        _stopping.Add(stop);
        try
        {
            pull.Ask();
            return await pull.Task.ConfigureAwait(false);
        }
        finally
        {
            _pulls.Remove(pull);
            _stopping.Remove(stop);
        }
    }

    public void DropThrough(string job, long round)
    {
        Require($"the blocks of {job} were dropped");
        life.Cluster.Note("drop", life.Node.Number, -1, null, $"{job} through {round}");
        Store.DropThrough(job, round);
    }

    public void DropJob(string job)
    {
        Require($"the blocks of {job} were dropped");
        life.Cluster.Note("drop", life.Node.Number, -1, null, job);
        Store.DropJob(job);
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
        foreach (Action stop in _stopping.ToArray())
        {
            life.Soon("a pull at its node's stop", stop);
        }

        Store.Stop();
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
