namespace DistRec.Cluster.Hosting;

/// <summary>Roles of a node in its cluster; a node has one of them or several.</summary>
public static class NodeRoles
{
    /// <summary>Queue, journal, store and API.</summary>
    public const string Coordinator = "coordinator";

    /// <summary>Partitions of jobs.</summary>
    public const string Worker = "worker";

    /// <summary>Partitions of users whose questions are answered.</summary>
    public const string Predictor = "predictor";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Coordinator, Worker, Predictor];
}
