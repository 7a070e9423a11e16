using DistRec.Actors.Cluster.Blocks;

namespace DistRec.Actors.Cluster;

/// <summary>A node in the cluster.</summary>
/// <param name="NodeId">Its name, which stays the same when it starts again.</param>
/// <param name="Incarnation">Its number, which is another each time it joins.</param>
/// <param name="Role">"seed" or "worker".</param>
/// <param name="Address">Where its HTTP endpoints are.</param>
/// <param name="Threads">The width of its compute pool.</param>
/// <param name="Version">The program's version.</param>
public sealed record NodeInfo(string NodeId, long Incarnation, string Role, Uri Address, int Threads, string Version);

/// <summary>What a node knows of its cluster; every member gives the latest word of the seed. All members are thread-safe.</summary>
public interface IClusterView
{
    /// <summary>Counts up with every change of hosts.</summary>
    long TableVersion { get; }

    /// <summary>In the order in which they joined; empty while this node is not in the cluster.</summary>
    IReadOnlyList<NodeInfo> Nodes { get; }

    /// <summary>What a node's block exchange has carried since it started, as it last said.</summary>
    /// <returns>Null for a node that has not said so here.</returns>
    NodeTraffic? TrafficOf(NodeInfo node) => null;

    /// <summary>The node that an actor lives on; null while it moves or no node may host it.</summary>
    NodeInfo? HostOf(ActorAddress address);

    /// <summary>Completes with the next change of nodes or hosts; take it before looking, so that no change is missed.</summary>
    Task Changed { get; }
}
