using Akka.Actor;
using Akka.Cluster;
using DistRec.Actors.Akka.Messages;
using DistRec.Actors.Akka.Protocol;
using AkkaCluster = Akka.Cluster.Cluster;

namespace DistRec.Actors.Akka.Hosting;

/// <summary>Where the words of other nodes, and of the cluster, reach this one.</summary>
internal sealed class NodeHub(NodeRuntime node) : UntypedActor, IWithTimers
{
    public const string Name = "distrec";

    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(500);

    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _cluster.Subscribe(
            Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.MemberUp), typeof(ClusterEvent.MemberRemoved));
        Timers.StartPeriodicTimer(nameof(Tick), Tick.Instance, TickInterval);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Accepted accepted:
                node.OnAccepted(accepted, AddressOf(Sender));
                break;
            case ReplyEnvelope reply:
                node.OnReply(reply);
                break;
            case AskFailed failed:
                node.OnAskFailed(failed);
                break;
            case Undelivered undelivered:
                node.OnUndelivered(undelivered);
                break;
            case Resend resend:
                node.OnResend(resend);
                break;
            case ReturnedEnvelope returned:
                node.OnReturned(returned);
                Sender.Tell(new TakenBack { Number = returned.Delivery.Number }, Self);
                break;
            case Moved moved:
                node.OnMoved(moved.Actor.ToAddress(), AddressOf(Sender));
                break;
            case Leaving:
                node.OnLeaving(AddressOf(Sender));
                break;
            case HandedOver handedOver:
                node.HandedOver(handedOver);
                break;
            case HostAnswer answer:
                node.Directory.Answered(answer.Actor.ToAddress(), AddressOf(Sender), new Uri(answer.Address));
                break;
            case Introduction introduction:
                node.OnIntroduction(introduction, AddressOf(Sender), Sender);
                break;
            case FailureNotice notice:
                node.OnFailure(notice);
                break;
            case ClusterEvent.MemberUp up:
                node.OnNodeUp(up.Member.Address);
                break;
            case ClusterEvent.MemberRemoved removed:
                node.OnNodeGone(removed.Member.Address);
                break;
            case Tick:
                node.Tick();
                break;
        }
    }

    private global::Akka.Actor.Address AddressOf(IActorRef sender) =>
        sender.Path.Address.HasGlobalScope ? sender.Path.Address : _cluster.SelfAddress;

    private sealed class Tick : INoSerializationVerificationNeeded
    {
        public static Tick Instance { get; } = new();
    }
}
