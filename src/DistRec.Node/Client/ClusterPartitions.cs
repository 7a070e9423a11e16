using DistRec.Actors.Cluster;
using DistRec.Data;
using DistRec.Node.Api;
using DistRec.Node.Hosting;

namespace DistRec.Node.Client;

/// <summary>Into how many partitions a job is cut where nobody says.</summary>
public static class ClusterPartitions
{
    private const int Fewest = 8;

    /// <summary>Threads that train: those of the workers.</summary>
    public static int ThreadsOf(ClusterStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return status.Nodes.Where(node => node.Role == StandaloneOptions.WorkerRole).Sum(node => node.Threads);
    }

    /// <summary>Refuses what no cluster trains.</summary>
    /// <exception cref="InputException">There are too many.</exception>
    public static void Check(int partitions)
    {
        if (partitions > TrainingNode.MaximumPartitions)
        {
            throw InputException.At("--partitions", $"at most {TrainingNode.MaximumPartitions} on a cluster", $"{partitions}", "lower it, or leave it out");
        }
    }

    /// <summary>
    /// One partition for each thread that trains, at least 8 so that workers that join later get some, at most 64, and never
    /// more than the smaller side has rows.
    /// </summary>
    public static int For(ClusterStatus status, int most) =>
        Math.Max(1, Math.Min(Math.Clamp(ThreadsOf(status), Fewest, TrainingNode.MaximumPartitions), most));
}
