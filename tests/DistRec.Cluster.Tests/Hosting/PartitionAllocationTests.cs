using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.TestKit.Xunit2;

namespace DistRec.Cluster.Tests.Hosting;

public sealed class PartitionAllocationTests : TestKit
{
    private static readonly Address Self = Node(1);

    private readonly ManualTime _clock = new();
    private readonly HashSet<Address> _hosts = [];
    private readonly PartitionAllocation _allocation;
    private ImmutableDictionary<IActorRef, IImmutableList<string>> _shards = ImmutableDictionary<IActorRef, IImmutableList<string>>.Empty;

    public PartitionAllocationTests() => _allocation = new PartitionAllocation(
        ShardAllocationStrategy.LeastShardAllocationStrategy(3, 1.0), () => _hosts, Self, _clock);

    [Fact]
    public async Task A_shard_goes_to_the_node_with_the_fewest_and_among_equals_to_the_lowest_address()
    {
        foreach (int port in new[] { 12, 11, 1, 103 })
        {
            Start(port);
        }

        List<int> ports = [];
        for (int shard = 0; shard < 8; shard++)
        {
            ports.Add(await PlaceAsync(shard) ?? 0);
        }

        ports.ShouldBe([1, 11, 12, 103, 1, 11, 12, 103]);
    }

    [Fact]
    public async Task Shards_of_a_number_are_on_one_node_in_all_regions_whichever_is_placed_first()
    {
        Start(2);
        Start(3);

        (await PlaceAsync(1)).ShouldBe(3);
        (await PlaceAsync(0)).ShouldBe(2);
    }

    [Fact]
    public async Task The_first_shards_wait_until_every_node_has_its_region()
    {
        Start(2);
        _hosts.Add(Node(3));
        (await PlaceAsync(0)).ShouldBeNull();

        Start(3);

        (await PlaceAsync(0)).ShouldBe(2);
        (await PlaceAsync(1)).ShouldBe(3);
    }

    [Fact]
    public async Task A_node_that_stays_without_a_region_is_not_waited_for_for_ever()
    {
        Start(2);
        _hosts.Add(Node(3));
        (await PlaceAsync(0)).ShouldBeNull();

        _clock.Advance(PartitionAllocation.Patience);

        (await PlaceAsync(0)).ShouldBe(2);
    }

    [Fact]
    public async Task After_the_loss_of_a_node_its_shards_go_evenly_over_the_others_at_once()
    {
        foreach (int port in new[] { 2, 3, 4 })
        {
            Start(port);
        }

        for (int shard = 0; shard < 6; shard++)
        {
            (await PlaceAsync(shard)).ShouldNotBeNull();
        }

        // Its region is still known, but the node is not reachable any more.
        _hosts.Remove(Node(3));

        (await PlaceAsync(6)).ShouldBe(2);
        (await PlaceAsync(7)).ShouldBe(4);
    }

    [Fact]
    public async Task Without_a_node_that_could_host_it_a_shard_waits()
    {
        Start(2);
        _hosts.Clear();

        (await PlaceAsync(0)).ShouldBeNull();
    }

    private static Address Node(int port) => new("akka.tcp", AkkaNodeSettings.SystemName, "127.0.0.1", port);

    /// <summary>A node joins and its region registers; the own node's region is known by its local name.</summary>
    private void Start(int port)
    {
        _hosts.Add(Node(port));
        RootActorPath root = port == Self.Port ? new(new Address("akka", AkkaNodeSettings.SystemName)) : new(Node(port));
        _shards = _shards.Add(new RegionRef(root / "system" / "sharding" / "factors"), ImmutableList<string>.Empty);
    }

    /// <summary>The port of the node that a shard was placed on; null where the strategy named no region.</summary>
    private async Task<int?> PlaceAsync(int shard)
    {
        IActorRef region = await _allocation.AllocateShard(TestActor, $"{shard}", _shards);
        if (!_shards.TryGetValue(region, out IImmutableList<string>? there))
        {
            return null;
        }

        _shards = _shards.SetItem(region, there.Add($"{shard}"));
        return region.Path.Address.Port ?? Self.Port;
    }

    private sealed class RegionRef(ActorPath path) : MinimalActorRef
    {
        public override ActorPath Path => path;

        public override IActorRefProvider Provider => throw new NotSupportedException();
    }
}
