using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using AkkaCluster = Akka.Cluster.Cluster;

namespace DistRec.Actors.Akka.Hosting;

/// <summary>
/// Places actors as another strategy does, but only when every node that may host them has said so: else the first node
/// of a cluster would get all of them, and most would lose their memory when they move to the others. Nodes that keep
/// silent for longer than <paramref name="patience"/> are not waited for.
/// </summary>
/// <param name="others">The strategy that decides.</param>
/// <param name="cluster">The nodes there are.</param>
/// <param name="role">The nodes that may host the kind; empty for every node.</param>
/// <param name="patience">How long to wait, from the first actor that is to be placed.</param>
/// <param name="time">The clock.</param>
internal sealed class PatientAllocation(
    IShardAllocationStrategy others, AkkaCluster cluster, string role, TimeSpan patience, TimeProvider time)
    : IActorSystemDependentAllocationStrategy
{
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(50);

    private long? _began;

    public void Start(ActorSystem system) => (others as IActorSystemDependentAllocationStrategy)?.Start(system);

    public Task<IActorRef> AllocateShard(
        IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations)
    {
        _began ??= time.GetTimestamp();
        int expected = cluster.State.Members.Count(
            member => member.Status == MemberStatus.Up && (role.Length == 0 || member.HasRole(role)));

        return currentShardAllocations.Count < expected && time.GetElapsedTime(_began.Value) < patience
            ? PostponeAsync()
            : others.AllocateShard(requester, shardId, currentShardAllocations);
    }

    public Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress) =>
        others.Rebalance(currentShardAllocations, rebalanceInProgress);

    /// <summary>No region: whoever wants the shard asks again after sharding's retry-interval.</summary>
    private async Task<IActorRef> PostponeAsync()
    {
        await Task.Delay(Turn, time).ConfigureAwait(false);
        return null!;
    }
}
