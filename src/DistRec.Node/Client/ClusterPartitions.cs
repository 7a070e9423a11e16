using DistRec.Data;
using DistRec.Node.Api;

namespace DistRec.Node.Client;

/// <summary>Into how many partitions a job is cut where nobody says.</summary>
public static class ClusterPartitions
{
    private const int Fewest = 8;
    private const int Most = 64;

    /// <summary>Threads that train: those of the workers.</summary>
    public static int ThreadsOf(ClusterStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return status.Nodes.Where(node => node.Role != "seed").Sum(node => node.Threads);
    }

    /// <summary>
    /// One partition for each thread that trains, at least 8 so that workers that join later get some, at most 64, and never
    /// more than the smaller side has rows.
    /// </summary>
    public static int For(ClusterStatus status, RatingMatrix train)
    {
        ArgumentNullException.ThrowIfNull(train);
        return Math.Max(1, Math.Min(Math.Clamp(ThreadsOf(status), Fewest, Most), Math.Min(train.RowCount, train.ColumnCount)));
    }
}
