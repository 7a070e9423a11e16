using DistRec.Cluster.Api;
using DistRec.Cluster.Hosting;

namespace DistRec.Cluster.Client;

/// <summary>Into how many partitions a job is cut where nobody says.</summary>
public static class ClusterPartitions
{
    private const int Minimum = 8;

    /// <summary>Threads that train: those of the nodes that are workers, whatever else they are.</summary>
    public static int ThreadsOf(ClusterStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return status.Nodes.Where(node => node.Role.Split(',').Contains(NodeRoles.Worker)).Sum(node => node.Threads);
    }

    /// <summary>
    /// One partition for each thread that trains, at least 8 so that workers that join later get some, and never more than the smaller
    /// side has rows.
    /// </summary>
    /// <param name="status">The cluster.</param>
    /// <param name="rows">Rows of the smaller side.</param>
    public static int For(ClusterStatus status, int rows) => Math.Max(1, Math.Min(Math.Max(ThreadsOf(status), Minimum), rows));
}
