using System.Globalization;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using DistRec.Training.Coordination;
using DistRec.Training.Work;

namespace DistRec.Training.Actors;

/// <summary>Names the region of user partitions in the registry.</summary>
public sealed class UserFactorsKey
{
    private UserFactorsKey()
    {
    }
}

/// <summary>Names the region of item partitions in the registry.</summary>
public sealed class ItemFactorsKey
{
    private ItemFactorsKey()
    {
    }
}

/// <summary>Names the region of the parameter server's shards in the registry.</summary>
public sealed class ParametersKey
{
    private ParametersKey()
    {
    }
}

/// <summary>Where a node sends what is meant for partitions, wherever they live.</summary>
/// <param name="Users">The region of user partitions.</param>
/// <param name="Items">The region of item partitions.</param>
/// <param name="Parameters">The region of the parameter server's shards.</param>
internal sealed record PartitionRegions(IActorRef Users, IActorRef Items, IActorRef Parameters)
{
    /// <summary>The regions that were registered.</summary>
    public static PartitionRegions Of(IReadOnlyActorRegistry registry) =>
        new(registry.Get<UserFactorsKey>(), registry.Get<ItemFactorsKey>(), registry.Get<ParametersKey>());

    /// <summary>Tells all partitions of a job that it is over.</summary>
    public void End(JobSpec spec, IActorRef sender)
    {
        foreach (PartitionId partition in JobLayout.AllOf(spec))
        {
            Tell(spec, partition, new EndJob { Job = spec.Job }, sender);
        }
    }

    /// <summary>Sends to a partition of a job.</summary>
    public void Tell(JobSpec spec, PartitionId to, Google.Protobuf.IMessage message, IActorRef sender)
    {
        IActorRef region = to.Side == Side.User ? Users : spec.Scheme == TrainingScheme.Alternating ? Items : Parameters;
        region.Tell(EnvelopeOf(spec, to, message), sender);
    }

    /// <summary>A message to a partition of a job, with the shard that it lives in.</summary>
    public static PartitionEnvelope EnvelopeOf(JobSpec spec, PartitionId to, Google.Protobuf.IMessage message) =>
        new(spec.Job, to.Index, spec.FirstShard + to.Index, message);
}

/// <summary>A region of partitions as it is set up, in one process or on a cluster.</summary>
/// <param name="Name">Its name.</param>
/// <param name="EntityProps">Makes the partition of an entity id.</param>
internal sealed record PartitionRegion(string Name, Func<string, Props> EntityProps)
{
    /// <summary>The region of a name, whose partitions live on this node.</summary>
    public static PartitionRegion Of(string name, NodeResources node, PartitionWorkFactory works) => new(name, entity =>
    {
        (string job, int index) = PartitionExtractor.Parse(entity);
        return PartitionActor.Props(job, new PartitionId(JobLayout.SideOf(name), index), node, works);
    });
}

/// <summary>
/// An entity is one partition of one job. The partitions of a job are in shards that follow each other, so that they spread evenly, and jobs
/// that run at once are in different ones (<see cref="ShardRanges"/>), so that small jobs do too.
/// </summary>
internal sealed class PartitionExtractor : IMessageExtractor
{
    public static PartitionExtractor Instance { get; } = new();

    /// <summary>The job and the index of an entity id.</summary>
    public static (string Job, int Index) Parse(string entity)
    {
        string[] parts = entity.Split('-', 3);
        return (parts[2], int.Parse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture));
    }

    public string? EntityId(object message) => message is PartitionEnvelope envelope
        ? string.Create(CultureInfo.InvariantCulture, $"{envelope.Shard}-{envelope.Index}-{envelope.Job}") : null;

    public object EntityMessage(object message) => message is PartitionEnvelope envelope ? envelope.Message : message;

    public string? ShardId(object message) => message is PartitionEnvelope envelope ? envelope.Shard.ToString(CultureInfo.InvariantCulture) : null;

    public string ShardId(string entityId, object? messageHint = null) => entityId[..entityId.IndexOf('-', StringComparison.Ordinal)];
}
