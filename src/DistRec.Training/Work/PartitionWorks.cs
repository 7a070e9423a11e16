using DistRec.Models.Neural;
using DistRec.Training.Coordination;

namespace DistRec.Training.Work;

/// <summary>Makes what holds a partition's tables and ratings; tests put failing ones in its place.</summary>
internal delegate IPartitionWork PartitionWorkFactory(JobSpec spec, PartitionId partition, NodeResources node);

/// <summary>The work of every scheme of training.</summary>
internal static class PartitionWorks
{
    /// <summary>The work that a job's scheme asks of a partition.</summary>
    public static IPartitionWork Create(JobSpec spec, PartitionId partition, NodeResources node) => (spec.Scheme, partition.Side) switch
    {
        (TrainingScheme.Alternating, _) => new AlternatingWork(spec, partition, node),
        (TrainingScheme.BlockSgd, Side.User) => new BlockSgdWork(spec, partition, node),
        (TrainingScheme.BlockSgd, _) => new ParameterShardWork(spec, partition, node),
        (TrainingScheme.ParameterServer, Side.User) => new ParameterWorkerWork(spec, partition, node),
        (TrainingScheme.ParameterServer, _) when spec.Options.NeighborLists is not null => new NeighborShardWork(spec, partition, node),
        (TrainingScheme.ParameterServer, _) when spec.Options is NeuralOptions => new GradientServerWork(spec, partition, node),
        (TrainingScheme.ParameterServer, _) => new ParameterServerWork(spec, partition, node),
        (TrainingScheme.AllReduce, Side.User) => new AllReduceWorkerWork(spec, partition, node),
        (TrainingScheme.AllReduce, _) => new AllReduceServerWork(spec, partition, node),
        _ => throw new NotSupportedException($"no partition trains by {spec.Scheme}"),
    };
}
