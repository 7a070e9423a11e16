using DistRec.Simulation.Faults;
using DistRec.Simulation.Hosting;
using DistRec.Simulation.Schedule;

namespace DistRec.Simulation;

/// <summary>
/// A cluster of nodes in one thread and in virtual time, where everything that may happen sooner or later, or not at all, is
/// drawn from one seed: the same seed repeats the same schedule, event by event.
/// </summary>
public sealed partial class SimulatedCluster
{
    private readonly Trace _trace = new();
    private readonly SimulationRandom _turns;
    private readonly SimulatedNode[] _nodes;
    private readonly List<(long Event, Action Action)> _atEvents = [];
    private ulong _numbers;

    public SimulatedCluster(ulong seed, SimulationOptions? options = null)
    {
        Seed = seed;
        Options = options ?? new SimulationOptions();
        _turns = new SimulationRandom(seed, SimulationRandom.Stream.Turns);
        Network = new Network(
            this, new SimulationRandom(seed, SimulationRandom.Stream.Network), new SimulationRandom(seed, SimulationRandom.Stream.Pulls));
        SimulationRandom placement = new(seed, SimulationRandom.Stream.Placement);
        Placement = new Placement(this, placement);
        EndpointsOutliveLives = placement.Chance(Options.SameEndpointShare);
        Membership = new Membership(this, placement);
        _nodes = [.. Enumerable.Range(0, Options.Nodes).Select(number => new SimulatedNode(this, number))];
        if (Options.Faults is { } faults)
        {
            new FaultInjector(this, faults, new SimulationRandom(seed, SimulationRandom.Stream.Faults)).Begin();
        }
    }

    public ulong Seed { get; }

    public SimulationOptions Options { get; }

    public IReadOnlyList<SimulatedNode> Nodes => _nodes;

    /// <summary>Virtual time since the beginning.</summary>
    public TimeSpan Now => TimeSpan.FromTicks(Scheduler.Now);

    /// <summary>Events that have happened.</summary>
    public long Events => Scheduler.Happened;

    /// <summary>A hash of everything that has happened, equal where the same has happened at the same times.</summary>
    public ulong TraceHash => _trace.Hash;

    internal Scheduler Scheduler { get; } = new();

    internal Network Network { get; }

    internal Placement Placement { get; }

    internal Membership Membership { get; }

    /// <summary>The last events, a line each.</summary>
    public string Tail() => _trace.Tail();

    /// <summary>Does something at a moment of virtual time, such as causing a fault.</summary>
    public void At(TimeSpan time, Action action) => Scheduler.At(time.Ticks, null, action);

    /// <summary>Does something after so many events, so that a test may cause a fault between any two.</summary>
    public void AtEvent(long number, Action action) => _atEvents.Add((number, action));

    /// <summary>Whether a node's next life is reached under the same endpoint, as one with a fixed port is.</summary>
    internal bool EndpointsOutliveLives { get; }

    /// <summary>The process that answers at an endpoint of the block exchange, known to the cluster or not; null for none.</summary>
    internal NodeLife? LifeAt(string endpoint) =>
        _nodes.Select(node => node.Life).FirstOrDefault(life => life.IsRunning && life.Blocks.Endpoint == endpoint);

    /// <summary>Counts from 1: what is drawn at random on real nodes, such as names of incarnations, is counted here.</summary>
    internal ulong NextNumber() => ++_numbers;

    internal long Ticks(TimeRange time) => _turns.Ticks(time);

    internal void Note(string what, int node, int other = -1, string? shell = null, string? detail = null, ulong number = 0) =>
        _trace.Add(Scheduler.Now, what, node, other, shell, detail, number);
}
