using Akka.Actor;
using Akka.Cluster;
using DistRec.Training.Protocol;
using Microsoft.Extensions.Logging;
using AkkaCluster = Akka.Cluster.Cluster;

namespace DistRec.Cluster.Hosting;

/// <summary>
/// Watches what a node cannot do without, says what the node is to whoever asks, and logs who comes and goes. The node has failed where a
/// region ends although the node does not leave, and where it joins a cluster of another release: the two may not understand each other.
/// </summary>
internal sealed class NodeMonitor : ReceiveActor
{
    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);
    private bool _isMember;

    /// <summary>Its name: the same on every node, so that others find it.</summary>
    public const string Name = "node";

    /// <param name="vital">What the node cannot do without, by name.</param>
    /// <param name="describe">What the node is.</param>
    /// <param name="failed">Told once why the node has failed.</param>
    /// <param name="logger">Hears who joins and leaves.</param>
    public NodeMonitor(IReadOnlyDictionary<IActorRef, string> vital, Func<NodeDescription> describe, Action<string> failed, ILogger logger)
    {
        foreach (IActorRef actor in vital.Keys)
        {
            Context.Watch(actor);
        }

        Receive<GetNodeDescription>(_ => Sender.Tell(describe()));
        Receive<Terminated>(terminated =>
        {
            if (_cluster.SelfMember.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up && !_cluster.IsTerminated)
            {
                failed($"{vital[terminated.ActorRef]} has ended although the node goes on; start the node again, and see its log for the reason");
            }
        });
        Receive<ClusterEvent.MemberUp>(joined =>
        {
            Member member = joined.Member;
            logger.LogInformation("{Node} ({Roles}) has joined the cluster.", member.Address, string.Join(',', member.Roles));
            _isMember |= member.UniqueAddress.Equals(_cluster.SelfUniqueAddress);
            if (!_isMember && !member.AppVersion.Equals(_cluster.Settings.AppVersion))
            {
                failed($"{member.Address} runs DistRec {member.AppVersion.Version} and this node {_cluster.Settings.AppVersion.Version}");
            }
        });
        Receive<ClusterEvent.UnreachableMember>(lost => logger.LogWarning("{Node} does not answer.", lost.Member.Address));
        Receive<ClusterEvent.ReachableMember>(back => logger.LogInformation("{Node} answers again.", back.Member.Address));
        Receive<ClusterEvent.MemberRemoved>(gone => logger.LogInformation(
            "{Node} is no longer in the cluster: it {Reason}.", gone.Member.Address, gone.PreviousStatus == MemberStatus.Down ? "was lost" : "left"));
    }

    /// <inheritdoc/>
    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
        typeof(ClusterEvent.MemberUp), typeof(ClusterEvent.IReachabilityEvent), typeof(ClusterEvent.MemberRemoved));

    /// <inheritdoc/>
    protected override void PostStop() => _cluster.Unsubscribe(Self);

    /// <summary>How one is made.</summary>
    public static Props Props(
        IReadOnlyDictionary<IActorRef, string> vital, Func<NodeDescription> describe, Action<string> failed, ILogger logger) =>
        Akka.Actor.Props.Create(() => new NodeMonitor(vital, describe, failed, logger));
}
