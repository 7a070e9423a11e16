using DistRec.Simulation.Hosting;
using DistRec.Training.Jobs;
using DistRec.Training.Journal;
using DistRec.Training.Protocol;
using DistRec.Training.Storage;
using DistRec.Training.Work;

namespace DistRec.Simulation.Shells;

/// <summary>What the nodes of a cluster that trains are given.</summary>
internal sealed record TrainingServices
{
    /// <summary>A node's way to the journal, which outlives all nodes.</summary>
    public required Func<NodeLife, IJobJournal> JournalOf { get; init; }

    /// <summary>A node's way to the store, which outlives all nodes.</summary>
    public required Func<NodeLife, IBlobStore> StoreOf { get; init; }

    /// <summary>Makes what holds a partition's tables.</summary>
    public PartitionWorkFactory Works { get; init; } = PartitionWorks.Create;

    /// <summary>Jobs that may run at once.</summary>
    public int MaximumJobs { get; init; } = 1;

    /// <summary>Puts something between a job's coordinator and its keeper.</summary>
    public Func<JobSpec, IJobKeeper, IJobKeeper> KeeperOf { get; init; } = (_, keeper) => keeper;

    /// <summary>Lets a cluster train: the queue on its nodes with the role coordinator, partitions on its workers.</summary>
    public void Host(SimulatedCluster cluster)
    {
        cluster.Placement.MakePartition = (life, job, partition) => new PartitionShell(life, job, partition, Works);
        cluster.Placement.HostSingleton(life => new QueueShell(life, this));
    }
}
