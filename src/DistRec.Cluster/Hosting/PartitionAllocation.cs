using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using AkkaCluster = Akka.Cluster.Cluster;

namespace DistRec.Cluster.Hosting;

/// <summary>
/// Spreads shards evenly: a shard goes to the reachable node with the fewest, and among equals to them in turn by its number, from the
/// lowest address on, so that what two regions have of a number mostly is on one node. At first it waits
/// a while for every node to have its region, else the first one would get all shards, and most would lose their memory when they move to the
/// others. Which shards move when nodes join is Akka.NET's own decision.
/// </summary>
internal sealed class PartitionAllocation : IActorSystemDependentAllocationStrategy
{
    /// <summary>How long to wait for nodes without a region, from the first shard that is to be placed.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly IShardAllocationStrategy _balancing;
    private readonly Func<IReadOnlySet<Address>> _hosts;
    private readonly Address _self;
    private readonly TimeProvider _time;
    private long? _began;

    /// <param name="balancing">Decides which shards move.</param>
    /// <param name="hosts">The addresses of the members that may host shards now.</param>
    /// <param name="self">This node's address.</param>
    /// <param name="time">The clock.</param>
    public PartitionAllocation(IShardAllocationStrategy balancing, Func<IReadOnlySet<Address>> hosts, Address self, TimeProvider time)
    {
        _balancing = balancing;
        _hosts = hosts;
        _self = self;
        _time = time;
    }

    /// <summary>Among the members with a role, those that are up and reachable.</summary>
    public static PartitionAllocation Create(ActorSystem system, ClusterShardingSettings settings, int? movesAtOnce = null)
    {
        AkkaCluster cluster = AkkaCluster.Get(system);
        IShardAllocationStrategy balancing = movesAtOnce is { } limit
            ? ShardAllocationStrategy.LeastShardAllocationStrategy(limit, relativeLimit: 1)
            : ClusterSharding.Get(system).DefaultShardAllocationStrategy(settings);
        return new PartitionAllocation(balancing, Hosts, cluster.SelfAddress, TimeProvider.System);

        IReadOnlySet<Address> Hosts()
        {
            ClusterEvent.CurrentClusterState state = cluster.State;
            return state.Members.Except(state.Unreachable)
                .Where(member => member.Status == MemberStatus.Up && member.HasRole(settings.Role))
                .Select(member => member.Address).ToHashSet();
        }
    }

    public void Start(ActorSystem system) => (_balancing as IActorSystemDependentAllocationStrategy)?.Start(system);

    public Task<IActorRef> AllocateShard(
        IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations)
    {
        _began ??= _time.GetTimestamp();
        IReadOnlySet<Address> hosts = _hosts();
        List<(Address Host, IActorRef Region, int Shards)> regions = [.. currentShardAllocations
            .Select(region => (AddressOf(region.Key), region.Key, region.Value.Count)).Where(region => hosts.Contains(region.Item1))];
        bool waits = regions.Count < hosts.Count && _time.GetElapsedTime(_began.Value) < Patience;

        // To name no region that is registered is to postpone: whoever needs the shard asks again after sharding's retry-interval.
        return Task.FromResult(waits || regions.Count == 0
            ? ActorRefs.Nobody
            : InTurn(regions, shardId).MinBy(region => region.Shards).Region);
    }

    private static IEnumerable<(Address Host, IActorRef Region, int Shards)> InTurn(
        List<(Address Host, IActorRef Region, int Shards)> regions, string shardId)
    {
        int turn = int.TryParse(shardId, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number % regions.Count : 0;
        (Address Host, IActorRef Region, int Shards)[] inOrder = [.. regions.OrderBy(region => region.Host, Member.AddressOrdering)];
        return inOrder.Skip(turn).Concat(inOrder.Take(turn));
    }

    public Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress) =>
        _balancing.Rebalance(currentShardAllocations, rebalanceInProgress);

    private Address AddressOf(IActorRef region) => region.Path.Address.HasLocalScope ? _self : region.Path.Address;
}
