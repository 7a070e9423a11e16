using DistRec.Simulation.Hosting;
using DistRec.Training.Blocks;

namespace DistRec.Simulation;

/// <summary>A node of a simulated cluster; what it is at belongs to its present life.</summary>
public sealed class SimulatedNode
{
    private readonly SimulatedCluster _cluster;

    internal SimulatedNode(SimulatedCluster cluster, int number)
    {
        _cluster = cluster;
        Number = number;
        Life = new NodeLife(cluster, this, 1);
    }

    /// <summary>From 0.</summary>
    public int Number { get; }

    /// <summary>Whether its process runs and the cluster counts it in.</summary>
    public bool IsUp => Life.TakesShells;

    /// <summary>Whether its process runs, known to the cluster or not.</summary>
    public bool IsRunning => Life.IsRunning;

    public IBlockExchange Blocks => Life.Blocks;

    internal NodeLife Life { get; private set; }

    /// <summary>Begins a new life without memory.</summary>
    internal void ComeBack()
    {
        Life = new NodeLife(_cluster, this, Life.Number + 1);
        _cluster.Membership.Update();
        _cluster.Placement.Rebalance();
    }

    internal bool Plays(string role) => _cluster.Options.Roles is not { } roles || roles[Number].Contains(role, StringComparer.Ordinal);
}
