using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.TestKit.Xunit2;
using Xunit.Abstractions;

namespace DistRec.Cluster.Tests.Hosting;

/// <summary>Regions of several nodes in one process; an entity answers with the port of its node.</summary>
public sealed class PartitionRegionTests(ITestOutputHelper output) : TestKit(output: output), IAsyncLifetime
{
    private const int Partitions = 6;

    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    /// <summary>Less than a failure detector's pause and the resolver's time together.</summary>
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(8);

    private readonly List<TestNode> _nodes = [];
    private TestNode _coordinator = null!;

    public async Task InitializeAsync()
    {
        _coordinator = await StartAsync(TestNode.Coordinator());
        await Task.WhenAll(StartAsync(TestNode.Worker(_coordinator.Seed)), StartAsync(TestNode.Worker(_coordinator.Seed)));
        await AwaitConditionAsync(
            () => Task.FromResult(_coordinator.Cluster.State.Members.Count(member => member.Status == MemberStatus.Up) == 3), Bound);
    }

    public async Task DisposeAsync()
    {
        foreach (TestNode node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    [Fact]
    public async Task Partitions_are_spread_over_the_workers_and_move_when_one_dies_leaves_or_joins()
    {
        int coordinator = _coordinator.Cluster.SelfAddress.Port!.Value;
        int[] first = await PlacesAsync();
        first.ShouldNotContain(coordinator);
        first.GroupBy(port => port).Select(group => group.Count()).ShouldBe([3, 3]);

        await _nodes.First(node => node.Cluster.SelfAddress.Port == first[0]).CrashAsync();
        int survivor = first.First(port => port != first[0]);
        await PlacesAreAsync(places => places.ShouldAllBe(port => port == survivor), Quick);

        TestNode third = await StartAsync(TestNode.Worker(_coordinator.Seed));
        await PlacesAreAsync(places => places.GroupBy(port => port).Select(group => group.Count()).ShouldBe([3, 3]), Bound);

        await third.StopAsync();
        await PlacesAreAsync(places => places.ShouldAllBe(port => port == survivor), Quick);
        await AwaitConditionAsync(() => Task.FromResult(_coordinator.Cluster.State.Members.Count == 2), Quick);
    }

    private async Task<TestNode> StartAsync(AkkaNodeSettings settings)
    {
        TestNode node = await TestNode.StartAsync(settings, builder => builder.WithPartitionRegion<Entity>(
            "factors", NodeRoles.Worker, (_, _) => _ => Props.Create(() => new Entity()), new ByPartition(), PoisonPill.Instance));
        lock (_nodes)
        {
            _nodes.Add(node);
        }

        return node;
    }

    private Task PlacesAreAsync(Action<int[]> asExpected, TimeSpan within) =>
        AwaitAssertAsync(async () => asExpected(await PlacesAsync()), within, TimeSpan.FromMilliseconds(50));

    private Task<int[]> PlacesAsync()
    {
        IActorRef region = _coordinator.Registry.Get<Entity>();
        return Task.WhenAll(Enumerable.Range(0, Partitions).Select(partition => region.Ask<int>($"{partition}", TimeSpan.FromSeconds(2))));
    }

    private sealed class ByPartition() : HashCodeMessageExtractor(Partitions)
    {
        public override string EntityId(object message) => (string)message;

        public override string ShardId(string entityId, object? messageHint = null) => entityId;
    }

    private sealed class Entity : ReceiveActor
    {
        public Entity() => ReceiveAny(_ => Sender.Tell(Akka.Cluster.Cluster.Get(Context.System).SelfAddress.Port!.Value));
    }
}
