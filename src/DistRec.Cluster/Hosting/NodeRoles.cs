namespace DistRec.Cluster.Hosting;

/// <summary>Roles of a node in its cluster; a node has one of them or both.</summary>
public static class NodeRoles
{
    /// <summary>Queue, journal, store and API.</summary>
    public const string Coordinator = "coordinator";

    /// <summary>Partitions of jobs.</summary>
    public const string Worker = "worker";
}
