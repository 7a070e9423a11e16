using Akka.Actor;
using Akka.Hosting;
using DistRec.Training.Coordination;

namespace DistRec.Training.Actors;

/// <summary>Sets up training's actors.</summary>
internal static class TrainingActorsExtensions
{
    /// <summary>Starts the regions of partitions: on this node alone, or as <paramref name="start"/> does it on a cluster.</summary>
    /// <param name="builder">The set-up.</param>
    /// <param name="regionOf">Makes the region of a name.</param>
    /// <param name="start">Starts a region under a key of the registry; null for one process.</param>
    public static AkkaConfigurationBuilder WithTrainingActors(
        this AkkaConfigurationBuilder builder, Func<string, PartitionRegion> regionOf, IPartitionRegionStarter? start = null)
    {
        start ??= new LocalRegions();
        start.Start<UserFactorsKey>(builder, regionOf(JobLayout.UserRegion));
        start.Start<ItemFactorsKey>(builder, regionOf(JobLayout.ItemRegion));
        start.Start<ParametersKey>(builder, regionOf(JobLayout.ParameterRegion));
        return builder.WithCustomSerializer(
            "distrec-training", TrainingSerializer.Types, system => new TrainingSerializer(system));
    }

    private sealed class LocalRegions : IPartitionRegionStarter
    {
        public void Start<TKey>(AkkaConfigurationBuilder builder, PartitionRegion region) =>
            builder.WithActors((system, registry) => registry.Register<TKey>(system.ActorOf(PartitionParent.Props(region), region.Name)));
    }
}

/// <summary>Starts a region of partitions where its partitions shall live.</summary>
internal interface IPartitionRegionStarter
{
    /// <summary>Starts a region and registers it.</summary>
    /// <typeparam name="TKey">Its key in the registry.</typeparam>
    void Start<TKey>(AkkaConfigurationBuilder builder, PartitionRegion region);
}
