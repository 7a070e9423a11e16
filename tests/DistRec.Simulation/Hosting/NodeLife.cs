using DistRec.Simulation.Blocks;
using DistRec.Simulation.Schedule;
using DistRec.Training.Work;

namespace DistRec.Simulation.Hosting;

/// <summary>
/// One life of a node, from its start to its crash, its loss or its leave: the shells, timers, replicas and blocks that end with it. A node
/// that comes back has a new one.
/// </summary>
internal sealed class NodeLife
{
    internal NodeLife(SimulatedCluster cluster, SimulatedNode node, int number)
    {
        Cluster = cluster;
        Node = node;
        Number = number;
        Joined = cluster.NextNumber();
        Clock = new NodeClock(cluster.Scheduler, this);
        Blocks = new SimulatedBlockExchange(this);
        Resources = new NodeResources(Blocks, new SimulatedComputePool(this)) { NewIncarnation = () => cluster.NextNumber() << 32 };
    }

    internal SimulatedCluster Cluster { get; }

    internal SimulatedNode Node { get; }

    /// <summary>Counts a node's lives from 1.</summary>
    internal int Number { get; }

    /// <summary>Larger for those that joined later.</summary>
    internal ulong Joined { get; }

    /// <summary>False after a crash or a leave: nothing in it happens any more.</summary>
    internal bool IsRunning { get; private set; } = true;

    /// <summary>Whether the cluster counts it as lost or left: messages from it and to it are dropped.</summary>
    internal bool IsRemoved { get; set; }

    /// <summary>Whether its shells move elsewhere before it goes.</summary>
    internal bool IsLeaving { get; set; }

    /// <summary>Whether its node starts again when it has left.</summary>
    internal bool ComesBack { get; set; }

    /// <summary>Whether its shells were stopped while the process goes on.</summary>
    internal bool HasStopped { get; private set; }

    /// <summary>Ticks of virtual time until which nothing in it happens.</summary>
    internal long PausedUntil { get; set; }

    /// <summary>What it sent is lost if it has not arrived by then.</summary>
    internal long LostAfter { get; private set; } = long.MaxValue;

    internal NodeClock Clock { get; }

    internal SimulatedBlockExchange Blocks { get; }

    /// <summary>What its partitions share.</summary>
    internal NodeResources Resources { get; }

    /// <summary>What stands on it now.</summary>
    internal List<Shell> Shells { get; } = [];

    /// <summary>Whether it belongs to the cluster and shells can be placed on it.</summary>
    internal bool TakesShells => IsRunning && !HasStopped && !IsRemoved && !IsLeaving;

    /// <summary>Something happens here next, at a moment of its own.</summary>
    internal void Soon(string what, Action action)
    {
        Cluster.RequireThread(what);
        Cluster.Scheduler.After(0, this, action);
    }

    /// <summary>Lets virtual time pass, as a computation, a disk or another service takes it.</summary>
    /// <param name="time">Drawn from it.</param>
    /// <returns>Never completes when the node crashes meanwhile.</returns>
    internal Task PassAsync(TimeRange time)
    {
        Cluster.RequireThread($"node {Node.Number} computed or called a service");
        long ticks = Cluster.Ticks(time);
        if (ticks == 0)
        {
            return Task.CompletedTask;
        }

        TaskCompletionSource passed = new();
        Cluster.Scheduler.After(ticks, this, passed.SetResult);
        return passed.Task;
    }

    /// <summary>Everything in it ends at once, without a word.</summary>
    /// <param name="lostAfter">What it sent is lost if it has not arrived by then.</param>
    internal void End(long lostAfter)
    {
        IsRunning = false;
        LostAfter = lostAfter;
    }

    /// <summary>Its shells and pulls end by name; what they do later is in vain.</summary>
    internal void Stop()
    {
        HasStopped = true;
        foreach (Shell shell in Shells.ToArray())
        {
            shell.Stop();
        }

        Blocks.Stop();
    }
}
