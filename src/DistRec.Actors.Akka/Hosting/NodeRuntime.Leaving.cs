using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using DistRec.Actors.Akka.Protocol;
using DistRec.Actors.Runtime;

namespace DistRec.Actors.Akka.Hosting;

/// <summary>
/// How a node gives its actors away before it ends. Its regions are shut down one by one with what they host; a proxy of
/// each stands in for it at once, so that this node can still send what its actors left behind.
/// </summary>
internal sealed partial class NodeRuntime
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentDictionary<Address, bool> _leaving = new();
    private readonly List<(ActorKind Kind, Task Ended)> _handingOver = [];

    /// <summary>Another node has begun to leave, so nothing can be handed over to it.</summary>
    public void OnLeaving(Address node) => _leaving[node] = true;

    /// <summary>Hands over all actors that another node can host, with what waits for them.</summary>
    /// <exception cref="TimeoutException">They did not move away in time.</exception>
    public async Task LeaveAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            this.ThrowIfStopping();
            if (_leaving.TryAdd(_cluster.SelfAddress, true))
            {
                TellOthers(new Leaving(), Hub);
                GiveAway();
            }
        }

        TimeSpan patience = _options.StopTimeout + _options.LeaveTimeout;
        long began = NodeTime.GetTimestamp();
        while (!_isStopping && IsGivingAway())
        {
            if (NodeTime.GetElapsedTime(began) > patience)
            {
                IEnumerable<ActorAddress> left = _cells.Keys.Concat(_ending.Keys.Select(cell => cell.Address)).Take(5);
                throw new TimeoutException(
                    $"Other nodes did not take over this node's actors, and what waited for them, within {patience}; still here: "
                    + $"{string.Join(", ", left)}.");
            }

            await Task.Delay(LookAgain, NodeTime, cancellationToken).ConfigureAwait(false);
        }
    }

    private void GiveAway()
    {
        ClusterSharding sharding = ClusterSharding.Get(_system);
        foreach (ActorKind kind in _kinds.Values.Where(kind => IsHost(kind, _cluster.SelfMember) && AnyOtherHost(kind)))
        {
            IActorRef region = _regions[kind.Name];
            _regions[kind.Name] = sharding.StartProxy(kind.Name, kind.Role.Length == 0 ? null! : kind.Role, new ShardExtractor());
            _handingOver.Add((kind, region.WatchAsync()));
            region.Tell(GracefulShutdown.Instance);
        }
    }

    private bool IsGivingAway()
    {
        // Where the last other host begins to leave too, nobody is left to take over.
        (ActorKind Kind, Task Ended)[] awaited = [.. _handingOver.Where(one => AnyOtherHost(one.Kind))];
        return awaited.Any(one => !one.Ended.IsCompleted || !_ending.IsEmpty || _outbox.HasAny(one.Kind.Name));
    }

    private bool AnyOtherHost(ActorKind kind) => _cluster.State.Members.Any(
        member => member.Status == MemberStatus.Up && IsHost(kind, member) && !_leaving.ContainsKey(member.Address)
            && !_cluster.State.Unreachable.Contains(member));

    private static bool IsHost(ActorKind kind, Member member) => kind.Role.Length == 0 || member.HasRole(kind.Role);

    private void TellOthers(object word, IActorRef from)
    {
        foreach (Address node in _cluster.State.Members.Select(member => member.Address).Where(node => node != _cluster.SelfAddress))
        {
            _system.ActorSelection(new RootActorPath(node) / "user" / NodeHub.Name).Tell(word, from);
        }
    }
}
