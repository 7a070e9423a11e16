using DistRec.Training.Coordination;
using DistRec.Training.Protocol;
using Google.Protobuf;

namespace DistRec.Simulation.Hosting;

/// <summary>
/// Where things live that the cluster has once. A partition lives on a worker that is drawn when it is first sent to, and again, at the
/// next message, when that worker is lost; what is sent meanwhile is kept by its sender's node. The singleton lives on the oldest
/// coordinator node, at first the lowest-numbered one, and begins anew on the next oldest when that is lost.
/// </summary>
internal sealed class Placement(SimulatedCluster cluster, SimulationRandom random)
{
    private readonly Dictionary<(string Job, PartitionId Partition), Home> _partitions = [];
    private readonly List<Home> _homes = [];
    private Home? _singleton;

    /// <summary>Makes a partition on a node.</summary>
    internal Func<NodeLife, string, PartitionId, Shell>? MakePartition { get; set; }

    /// <summary>The singleton that the cluster believes in; null while there is none.</summary>
    internal Shell? Singleton => _singleton?.Shell;

    /// <summary>Begins the singleton.</summary>
    /// <param name="make">Makes it on a node.</param>
    internal void HostSingleton(Func<NodeLife, Shell> make)
    {
        _homes.Add(_singleton = new Home("singleton", SimulationOptions.Coordinator, make));
        Place(_singleton);
    }

    /// <summary>Sends to the singleton from outside; lost while there is none.</summary>
    internal void TellSingleton(IMessage message)
    {
        if (Singleton is { } shell)
        {
            (Func<object> read, _) = Wire.Write(message);
            cluster.Scheduler.After(cluster.Ticks(cluster.Options.MessageDelay), shell.Life, () => shell.Deliver(read(), null));
        }
    }

    /// <summary>Sends to a partition, wherever it lives.</summary>
    internal void Tell(Shell from, string job, PartitionId to, IMessage message)
    {
        if (!_partitions.TryGetValue((job, to), out Home? home))
        {
            _partitions[(job, to)] = home = new Home($"{to} of {job}", SimulationOptions.Worker, life => MakePartition!(life, job, to));
            _homes.Add(home);
        }

        PartitionEnvelope envelope = new(job, to.Index, to.Index, message);
        if (from.Life.IsRemoved)
        {
            cluster.Note("fenced", from.Life.Node.Number, -1, home.Name, message.GetType().Name);
        }
        else if (home.Shell is { } shell && !home.IsMoving)
        {
            from.Tell(shell, envelope);
        }
        else
        {
            home.Held.Add((from, envelope));
            Place(home);
        }
    }

    /// <summary>Looks for places for what has none.</summary>
    internal void PlaceHomeless() => _homes.ForEach(Place);

    /// <summary>A node came, and some partitions are to move, perhaps to it.</summary>
    internal void Rebalance()
    {
        foreach (Home home in _homes.Where(home => home != _singleton && home is { Shell: not null, IsMoving: false }))
        {
            if (random.Chance(cluster.Options.RebalancedShare))
            {
                Move(home);
            }
        }
    }

    /// <summary>A node is lost, and with it what lives there.</summary>
    internal void Forget(NodeLife life) => Empty(home => home.Shell?.Life == life);

    /// <summary>A shell has nothing more to do, or has let go.</summary>
    internal void Stopped(Shell shell) => Empty(home => home.Shell == shell);

    /// <summary>What lives on a node is to move: partitions when they let go, or have waited for as long as sharding lets them.</summary>
    internal void Leave(NodeLife life)
    {
        foreach (Home home in _homes.Where(home => home.Shell?.Life == life).ToArray())
        {
            if (home == _singleton)
            {
                home.Shell!.Stop();
            }
            else
            {
                Move(home);
            }
        }
    }

    private void Move(Home home)
    {
        Shell shell = home.Shell!;
        home.IsMoving = true;
        shell.TellSelf(HandOff.Instance);
        cluster.Scheduler.After(cluster.Options.HandOffTime, shell.Life, shell.Stop);
    }

    private void Empty(Func<Home, bool> which)
    {
        foreach (Home home in _homes.Where(which))
        {
            home.Shell = null;
            home.IsMoving = false;
            Place(home);
        }
    }

    private void Place(Home home)
    {
        if (home.Shell is null && !home.IsBeingPlaced && (home == _singleton || home.Held.Count > 0))
        {
            home.IsBeingPlaced = true;
            cluster.Scheduler.After(random.Ticks(cluster.Options.PlacementTime), null, () => PlaceNow(home));
        }
    }

    private void PlaceNow(Home home)
    {
        home.IsBeingPlaced = false;
        NodeLife[] lives = [.. cluster.Nodes.Where(node => node.Plays(home.Role)).Select(node => node.Life)
            .Where(life => life.TakesShells && (home == _singleton || cluster.Membership.IsReachable(life)))];
        if (lives.Length == 0)
        {
            cluster.Note("homeless", -1, -1, home.Name);
            return;
        }

        NodeLife chosen = home == _singleton ? lives.MinBy(life => life.Joined)! : lives[random.Next(lives.Length)];
        cluster.Note("place", chosen.Node.Number, -1, home.Name);
        Shell shell = home.Shell = home.Make(chosen);
        cluster.Scheduler.After(0, chosen, () =>
        {
            if (home.Shell == shell)
            {
                shell.Start();
            }
        });
        foreach ((Shell from, PartitionEnvelope envelope) in home.Held)
        {
            // It was kept on the sender's node, and went with that.
            if (from.Life is { IsRunning: true, IsRemoved: false })
            {
                from.Tell(shell, envelope);
            }
        }

        home.Held.Clear();
    }

    private sealed class Home(string name, string role, Func<NodeLife, Shell> make)
    {
        internal string Name => name;

        internal string Role => role;

        internal Func<NodeLife, Shell> Make => make;

        internal Shell? Shell { get; set; }

        internal bool IsMoving { get; set; }

        internal bool IsBeingPlaced { get; set; }

        internal List<(Shell From, PartitionEnvelope Envelope)> Held { get; } = [];
    }
}
