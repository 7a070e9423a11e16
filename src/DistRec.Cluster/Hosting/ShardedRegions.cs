using Akka.Hosting;
using DistRec.Training.Actors;
using DistRec.Training.Coordination;

namespace DistRec.Cluster.Hosting;

/// <summary>Regions of partitions on a cluster: sharded over the workers, with a proxy on other nodes.</summary>
internal sealed class ShardedRegions : IPartitionRegionStarter
{
    public void Start<TKey>(AkkaConfigurationBuilder builder, PartitionRegion region) => builder.WithPartitionRegion<TKey>(
        region.Name, NodeRoles.Worker, (_, _) => region.EntityProps, PartitionExtractor.Instance, HandOff.Instance);
}
