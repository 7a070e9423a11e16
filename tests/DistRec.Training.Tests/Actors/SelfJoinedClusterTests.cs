using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Hosting;
using Akka.Cluster.Sharding;
using Akka.Hosting;
using Akka.Remote.Hosting;
using DistRec.Models.Als;
using DistRec.Models.Persistence;
using DistRec.Training.Actors;
using DistRec.Training.Compute;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Training.Tests.Actors;

/// <summary>The same actors and the same set-up on a cluster of one node, so that both ways to run them cannot drift apart.</summary>
public sealed class SelfJoinedClusterTests : IAsyncLifetime, IDisposable
{
    private const string Quiet = """
        akka {
          loglevel = OFF
          stdout-loglevel = OFF
          loggers = []
          log-dead-letters = off
          coordinated-shutdown { run-by-clr-shutdown-hook = off, exit-clr = off }
          cluster.distributed-data.durable.keys = []
          cluster.sharding.waiting-for-state-timeout = 1s
        }
        """;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly ComputePool _compute = new(2);
    private readonly LocalBlockExchange _blocks = new();
    private readonly NodeResources _node;
    private readonly ServiceProvider _services;
    private ActorSystem _system = null!;

    public SelfJoinedClusterTests()
    {
        _node = new NodeResources(_blocks, _compute);
        _services = new ServiceCollection().AddLogging().AddSingleton<IHostApplicationLifetime, Lifetime>()
            .AddAkka("training", (builder, _) => builder
                .AddHocon(Quiet, HoconAddMode.Prepend)
                .WithRemoting("127.0.0.1", 0)
                .WithClustering()
                .WithTrainingActors(region => PartitionRegion.Of(region, _node, PartitionWorks.Create), new Sharded()))
            .BuildServiceProvider();
    }

    public async Task InitializeAsync()
    {
        foreach (IHostedService service in _services.GetServices<IHostedService>())
        {
            await service.StartAsync(CancellationToken.None);
        }

        _system = _services.GetRequiredService<ActorSystem>();
        Akka.Cluster.Cluster cluster = Akka.Cluster.Cluster.Get(_system);
        await cluster.JoinAsync(cluster.SelfAddress).WaitAsync(Bound);
    }

    public async Task DisposeAsync()
    {
        await _system.Terminate();
        await _services.DisposeAsync();
    }

    public void Dispose()
    {
        _compute.Dispose();
        _blocks.Dispose();
    }

    [Fact]
    public async Task A_job_in_shard_regions_trains_the_same_bits_as_in_one_process_and_leaves_no_partition_behind()
    {
        TrainingSettings settings = new() { Model = new AlsOptions { Rank = 8 }, Epochs = 2, Partitions = 2, Threads = 2 };
        JobSpec spec = JobSpecs.Create("job", Planted.Small, settings, null);
        foreach ((string region, int partition, Func<IBlock> make) in JobData.Ratings(spec, Planted.Small))
        {
            _blocks.Publish(JobBlocks.RatingsKey(spec.Job, region, partition), make());
        }

        Keeper keeper = new(_blocks, spec);
        PartitionRegions regions = PartitionRegions.Of(_services.GetRequiredService<IReadOnlyActorRegistry>());
        TaskCompletionSource<StateChanged> ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _system.ActorOf(LocalJobActor.Props(
            CoordinatorActor.Props(spec, keeper, regions, _node, NullLogger.Instance, TimeProvider.System), ended));
        (await ended.Task.WaitAsync(Bound)).State.ShouldBe(JobState.Completed);

        TrainingOutcome local = await TrainingSession.RunAsync(Planted.Small, settings, new SessionOptions());
        ModelHash.Compute(keeper.Model.ShouldNotBeNull()).ShouldBe(ModelHash.Compute(local.Model!));
        foreach (IActorRef region in new[] { regions.Users, regions.Items, regions.Parameters })
        {
            int entities;
            do
            {
                entities = (await region.Ask<CurrentShardRegionState>(GetShardRegionState.Instance, Bound)).Shards.Sum(shard => shard.EntityIds.Count);
            }
            while (entities > 0);
        }
    }

    [Fact]
    public void All_that_leaves_a_node_is_written_by_the_serializer_of_training()
    {
        foreach (Type type in TrainingSerializer.Types)
        {
            _system.Serialization.FindSerializerForType(type).ShouldBeOfType<TrainingSerializer>();
        }
    }

    private sealed class Keeper(IBlockExchange blocks, JobSpec spec) : IJobKeeper
    {
        public FactorModel? Model { get; private set; }

        public Task<JobStart> PrepareAsync(CancellationToken cancellationToken) => Task.FromResult(new JobStart());

        public Task OnEventAsync(JobEvent jobEvent, CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task TakeAsync(TablesPublished tables, EndpointTable endpoints, CancellationToken cancellationToken)
        {
            (FactorBlock users, FactorBlock items) = await PublishedTables.PullAsync(blocks, spec, endpoints, tables.Version, JobBlocks.Tables, cancellationToken);
            Model = JobTables.ToModel(spec, [users], [items], null);
        }
    }

    private sealed class Sharded : IPartitionRegionStarter
    {
        public void Start<TKey>(AkkaConfigurationBuilder builder, PartitionRegion region) => builder.WithActors(async (system, registry, _) =>
        {
            ClusterSharding sharding = ClusterSharding.Get(system);
            ClusterShardingSettings settings = ClusterShardingSettings.Create(system);
            registry.Register<TKey>(await sharding.StartAsync(
                region.Name, region.EntityProps, settings, PartitionExtractor.Instance, sharding.DefaultShardAllocationStrategy(settings), HandOff.Instance));
        });
    }

    private sealed class Lifetime : IHostApplicationLifetime
    {
        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => CancellationToken.None;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public void StopApplication()
        {
        }
    }
}
