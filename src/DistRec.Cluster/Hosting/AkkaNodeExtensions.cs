using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using Akka.Hosting;
using Akka.Remote.Hosting;
using AkkaCluster = Akka.Cluster.Cluster;

namespace DistRec.Cluster.Hosting;

/// <summary>Sets up Akka.NET for a node of a cluster.</summary>
public static class AkkaNodeExtensions
{
    /// <summary>
    /// Remoting, clustering and sharding as a node needs them: addresses, roles and certificates, the defaults of
    /// <c>reference.conf</c>, strict serialization, logs into the host's logger factory, quick downing of members whose processes
    /// are gone, and for coordinators the record of known members. The node joins in the background.
    /// </summary>
    /// <param name="builder">Of an actor system that is called <see cref="AkkaNodeSettings.SystemName"/>.</param>
    /// <param name="settings">The node's.</param>
    /// <exception cref="ArgumentException">The settings are not usable; one line for each mistake.</exception>
    public static AkkaConfigurationBuilder WithClusterNode(this AkkaConfigurationBuilder builder, AkkaNodeSettings settings)
    {
        AkkaNodeConfiguration node = AkkaNodeConfiguration.From(settings);
        return builder
            .AddHocon(node.Files.WithFallback(Defaults()), HoconAddMode.Prepend)
            .WithRemoting(node.Remote)
            .WithClustering(node.Cluster)
            .WithStrictSerialization()
            .AddHocon($"akka.actor.serializers.json = \"{typeof(JsonRefusingSerializer).AssemblyQualifiedName}\"", HoconAddMode.Prepend)
            .ConfigureLoggers(loggers => loggers.ClearLoggers().AddLoggerFactory())
            .WithActors((system, _) =>
            {
                system.ActorOf(GoneMemberDowning.Props(system), "gone-members");
                if (settings.KnownMembersFile is { } path)
                {
                    system.ActorOf(KnownMembersRecorder.Props(path), "known-members");
                }
            });
    }

    /// <summary>
    /// A shard region on nodes that have the role, a proxy of it on others; either is registered under
    /// <typeparamref name="TKey"/>. Shards are spread evenly, see <see cref="PartitionAllocation"/>.
    /// </summary>
    /// <typeparam name="TKey">The key in the <see cref="ActorRegistry"/>.</typeparam>
    /// <param name="builder">After <see cref="WithClusterNode"/>.</param>
    /// <param name="typeName">The region's name, the same on every node.</param>
    /// <param name="role">The role of the nodes that host its entities.</param>
    /// <param name="entityProps">An entity's props by its id, made when the actors before it are there.</param>
    /// <param name="extractor">Tells the entity and the shard of a message.</param>
    /// <param name="handOffStopMessage">
    /// Sent to an entity that is to move; it has to stop itself within <c>handoff-timeout</c> less 5 s.
    /// </param>
    /// <param name="remembersEntities">Whether an entity that has moved, or was lost, starts again without a message.</param>
    /// <param name="movesAtOnce">Most shards that move at a time when nodes join; null for what the configuration says.</param>
    public static AkkaConfigurationBuilder WithPartitionRegion<TKey>(
        this AkkaConfigurationBuilder builder,
        string typeName,
        string role,
        Func<ActorSystem, IReadOnlyActorRegistry, Func<string, Props>> entityProps,
        IMessageExtractor extractor,
        object handOffStopMessage,
        bool remembersEntities = false,
        int? movesAtOnce = null) =>
        builder.WithActors(async (system, registry) =>
        {
            ClusterSharding sharding = ClusterSharding.Get(system);
            ClusterShardingSettings settings = ClusterShardingSettings.Create(system).WithRole(role).WithRememberEntities(remembersEntities);
            Task<IActorRef> region = AkkaCluster.Get(system).SelfRoles.Contains(role)
                ? sharding.StartAsync(
                    typeName, entityProps(system, registry), settings, extractor, PartitionAllocation.Create(system, settings, movesAtOnce), handOffStopMessage)
                : sharding.StartProxyAsync(typeName, role, extractor);
            registry.Register<TKey>(await region.ConfigureAwait(false));
        });

    private static Config Defaults()
    {
        using Stream stream = typeof(AkkaNodeExtensions).Assembly.GetManifestResourceStream(typeof(AkkaNodeExtensions), "reference.conf")!;
        using StreamReader reader = new(stream);
        return ConfigurationFactory.ParseString($"{reader.ReadToEnd()}\nakka.cluster.app-version = \"{Release.Version}\"");
    }
}
