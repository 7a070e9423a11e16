using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Akka.Remote;
using AkkaCluster = Akka.Cluster.Cluster;

namespace DistRec.Cluster.Hosting;

/// <summary>
/// Downs members whose processes are gone, as <see cref="GoneMembers"/> decides. Every node runs it: it hears which connections of
/// its own broke, probes those addresses, and needs no agreement, since a process that is gone is so for everybody. A node that
/// others have given up, such as after its process was frozen, downs itself when they tell it so; one that is not in yet ends.
/// </summary>
internal sealed class GoneMemberDowning : ReceiveActor, IWithTimers
{
    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly GoneMembers _members = new();
    private readonly Func<Address, Task<ProbeResult>> _probe;
    private readonly Action<UniqueAddress> _down;

    public GoneMemberDowning(Func<Address, Task<ProbeResult>> probe, Action<UniqueAddress> down)
    {
        _probe = probe;
        _down = down;
        Receive<ClusterEvent.MemberDowned>(downed => _members.Left(downed.Member.UniqueAddress));
        Receive<ClusterEvent.MemberRemoved>(removed => _members.Left(removed.Member.UniqueAddress));
        Receive<ClusterEvent.IMemberEvent>(present => OnPresent(present.Member.UniqueAddress));
        Receive<AssociatedEvent>(made => _members.Connected(made.RemoteAddress));
        Receive<DisassociatedEvent>(broken => Do(_members.ConnectionBroke(broken.RemoteAddress)));
        Receive<AssociationErrorEvent>(failed => Do(_members.ConnectionBroke(failed.RemoteAddress)));
        Receive<QuarantinedEvent>(quarantined => Do(_members.ConnectionBroke(quarantined.Address)));
        Receive<ThisActorSystemQuarantinedEvent>(quarantined => OnGivenUp(quarantined.RemoteAddress));
        Receive<ProbeDue>(due => Probe(due.Member));
        Receive<Probed>(probed => Do(_members.Probed(probed.Member, probed.Result)));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The actor, on the dispatcher of Akka.NET's own actors, which does not wait for those of users.</summary>
    public static Props Props(ActorSystem system) =>
        Props(TcpProbe.ConnectAsync, member => Down(system, member)).WithDispatcher("akka.actor.internal-dispatcher");

    public static Props Props(Func<Address, Task<ProbeResult>> probe, Action<UniqueAddress> down) =>
        Akka.Actor.Props.Create(() => new GoneMemberDowning(probe, down));

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
        Context.System.EventStream.Subscribe(Self, typeof(AssociationEvent));
        Context.System.EventStream.Subscribe(Self, typeof(QuarantinedEvent));
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        Context.System.EventStream.Unsubscribe(Self);
    }

    private void OnPresent(UniqueAddress member)
    {
        if (!member.Equals(_cluster.SelfUniqueAddress))
        {
            _members.Joined(member);
        }
    }

    /// <summary>A uid that is quarantined is never heard again: only a new actor system can join those that gave this one up.</summary>
    private void OnGivenUp(Address by)
    {
        ClusterEvent.CurrentClusterState state = _cluster.State;
        if (state.Members.Any(member => member.Address.Equals(by)))
        {
            _log.Warning("{0} has given this node up, which therefore leaves the cluster", by);
            _cluster.Down(_cluster.SelfAddress);
        }
        else if (state.Members.IsEmpty)
        {
            _log.Warning("{0} has given this node up, which therefore cannot join", by);
            Context.System.Terminate();
        }
    }

    private void Do(GoneMemberStep? step)
    {
        switch (step)
        {
            case GoneMemberStep.Probe probe when probe.Delay == TimeSpan.Zero:
                Probe(probe.Member);
                break;
            case GoneMemberStep.Probe probe:
                Timers.StartSingleTimer(probe.Member, new ProbeDue(probe.Member), probe.Delay);
                break;
            case GoneMemberStep.Down gone:
                _log.Warning("{0} is gone: its connection broke and its port refuses new ones", gone.Member.Address);
                _down(gone.Member);
                break;
        }
    }

    private void Probe(UniqueAddress member) => _probe(member.Address).PipeTo(
        Self, success: result => new Probed(member, result), failure: _ => new Probed(member, ProbeResult.Unanswered));

    /// <summary>
    /// Quarantine names the uid and marks that very member as unreachable, without which its removal would wait for the failure
    /// detector. Down names the address alone, so what is there now must still be that member.
    /// </summary>
    private static void Down(ActorSystem system, UniqueAddress member)
    {
        AkkaCluster cluster = AkkaCluster.Get(system);
        if (cluster.State.Members.Any(present => present.UniqueAddress.Equals(member)))
        {
            ((IRemoteActorRefProvider)((ExtendedActorSystem)system).Provider).Quarantine(member.Address, member.Uid);
            cluster.Down(member.Address);
        }
    }

    private sealed record ProbeDue(UniqueAddress Member);

    private sealed record Probed(UniqueAddress Member, ProbeResult Result);
}
