using System.Collections.Immutable;
using Akka.Cluster;
using DistRec.Actors.Akka.Protocol;
using DistRec.Actors.Cluster;
using DistRec.Actors.Cluster.Blocks;
using Address = Akka.Actor.Address;
using AkkaCluster = Akka.Cluster.Cluster;

namespace DistRec.Actors.Akka.Hosting;

/// <summary>
/// The nodes of the cluster as people see them. Akka.NET knows who is a member; the rest each node tells the others itself.
/// </summary>
internal sealed class ClusterView(NodeRuntime node, AkkaCluster cluster, AkkaActorSystemOptions options) : IClusterView
{
    private readonly Lock _gate = new();
    private ImmutableDictionary<Address, Introduction> _introductions = ImmutableDictionary<Address, Introduction>.Empty;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HashSet<long> _seen = [];
    private long _version;

    public long TableVersion => Interlocked.Read(ref _version);

    public IReadOnlyList<NodeInfo> Nodes =>
        [.. Members.OrderBy(member => member, Member.AgeOrdering).Select(InfoOf).OfType<NodeInfo>()];

    public Task Changed
    {
        get
        {
            lock (_gate)
            {
                return _changed.Task;
            }
        }
    }

    private IEnumerable<Member> Members => cluster.State.Members.Where(member => member.Status is MemberStatus.Up or MemberStatus.Leaving);

    /// <summary>As far as this node knows; where it does not, it asks, and knows later.</summary>
    public NodeInfo? HostOf(ActorAddress address) =>
        node.Directory.FindHost(address) is { } host && Members.FirstOrDefault(member => member.Address == host) is { } member
            ? InfoOf(member)
            : null;

    public NodeTraffic? TrafficOf(NodeInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        if (info.Incarnation == cluster.SelfUniqueAddress.Uid)
        {
            return (node.Blocks as HttpBlockExchange)?.TotalTraffic;
        }

        return Members.FirstOrDefault(member => member.UniqueAddress.Uid == info.Incarnation) is { } member
            && _introductions.GetValueOrDefault(member.Address) is { } introduction
                ? new NodeTraffic(introduction.ReceivedBytes, introduction.SentBytes)
                : null;
    }

    /// <summary>What this node says of itself.</summary>
    /// <param name="wantsAnswer">Whether the other is to say the same of itself.</param>
    public Introduction Introduce(bool wantsAnswer) => new()
    {
        NodeId = options.NodeId.Length > 0 ? options.NodeId : node.HttpAddress.Authority,
        Address = node.HttpAddress.ToString(),
        Threads = node.Compute.Width,
        Version = typeof(ClusterView).Assembly.GetName().Version!.ToString(3),
        WantsAnswer = wantsAnswer,
        ReceivedBytes = (node.Blocks as HttpBlockExchange)?.TotalTraffic.ReceivedBytes ?? 0,
        SentBytes = (node.Blocks as HttpBlockExchange)?.TotalTraffic.SentBytes ?? 0,
    };

    /// <summary>Another node says what it is.</summary>
    public void OnIntroduction(Address other, Introduction introduction)
    {
        bool isNews;
        lock (_gate)
        {
            isNews = !_introductions.ContainsKey(other);
            _introductions = _introductions.SetItem(other, introduction);
        }

        if (isNews)
        {
            Change();
        }
    }

    /// <summary>The members that have not said what they are.</summary>
    public IReadOnlyList<Address> Strangers() =>
        [.. Members.Select(member => member.Address).Where(address => address != cluster.SelfAddress && !_introductions.ContainsKey(address))];

    public void Forget(Address gone)
    {
        lock (_gate)
        {
            _introductions = _introductions.Remove(gone);
        }

        Change();
    }

    /// <summary>Looks whether the nodes have changed: Akka.NET tells of members a moment before it shows them. To be called now and then.</summary>
    public void Tick()
    {
        HashSet<long> now = [.. Nodes.Select(info => info.Incarnation)];
        if (!now.SetEquals(_seen))
        {
            _seen = now;
            Change();
        }
    }

    /// <summary>An actor was found on another node than before, or a node came or went.</summary>
    public void Change()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            _version++;
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.TrySetResult();
    }

    private NodeInfo? InfoOf(Member member)
    {
        Introduction? introduction = member.Address == cluster.SelfAddress
            ? Introduce(wantsAnswer: false)
            : _introductions.GetValueOrDefault(member.Address);
        return introduction is null ? null : new NodeInfo(
            introduction.NodeId, member.UniqueAddress.Uid, string.Join(',', member.Roles.Order(StringComparer.Ordinal)),
            new Uri(introduction.Address), introduction.Threads, introduction.Version);
    }
}
