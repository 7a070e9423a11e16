using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;
using Akka.TestKit.Xunit2;
using Xunit.Abstractions;
using AkkaCluster = Akka.Cluster.Cluster;

namespace DistRec.Cluster.Tests.Hosting;

/// <summary>The actor in a cluster of two, with probes whose results the tests decide.</summary>
public sealed class GoneMemberDowningTests : TestKit, IAsyncLifetime
{
    private static readonly Config TwoNodes = ConfigurationFactory.ParseString("""
        akka {
          actor.provider = cluster
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
          coordinated-shutdown.run-by-actor-system-terminate = off
          cluster { gossip-interval = 100 ms, leader-actions-interval = 100 ms, periodic-tasks-initial-delay = 100 ms }
        }
        """);

    private readonly AkkaCluster _cluster;
    private readonly ActorSystem _other;
    private readonly UniqueAddress _member;
    private ActorSystem? _another;
    private Func<Task<ProbeResult>> _result = () => Task.FromResult(ProbeResult.Refused);

    public GoneMemberDowningTests(ITestOutputHelper output)
        : base(TwoNodes, output: output)
    {
        _cluster = AkkaCluster.Get(Sys);
        _other = ActorSystem.Create(Sys.Name, TwoNodes);
        _member = AkkaCluster.Get(_other).SelfUniqueAddress;
    }

    public async Task InitializeAsync()
    {
        await _cluster.JoinAsync(_cluster.SelfAddress).WaitAsync(TimeSpan.FromSeconds(10));
        await AkkaCluster.Get(_other).JoinAsync(_cluster.SelfAddress).WaitAsync(TimeSpan.FromSeconds(10));
        await AwaitConditionAsync(() => Task.FromResult(_cluster.State.Members.Count(member => member.Status == MemberStatus.Up) == 2));
        Sys.ActorOf(GoneMemberDowning.Props(
            address =>
            {
                TestActor.Tell(address);
                return _result();
            },
            member => TestActor.Tell(member)));

        // Messages are handled in turn: once it was asked, it has subscribed to what follows.
        await AwaitAssertAsync(() =>
        {
            Sys.EventStream.Publish(Broken(_member.Address));
            ExpectMsg(_member.Address, TimeSpan.FromMilliseconds(200));
        });
    }

    public Task DisposeAsync() => _other.Terminate();

    [Fact]
    public void A_member_whose_connection_broke_and_whose_port_refuses_is_downed()
    {
        ExpectMsg(_member.Address);
        ExpectMsg<UniqueAddress>().ShouldBe(_member);
        Sys.EventStream.Publish(new QuarantinedEvent(_member.Address, _member.Uid));
        ExpectNoMsg(TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public void An_address_that_is_no_other_members_is_not_probed()
    {
        ExpectMsg(_member.Address);
        ExpectMsg<UniqueAddress>();

        Sys.EventStream.Publish(Broken(_member.Address.WithPort(1)));
        Sys.EventStream.Publish(new AssociationErrorEvent(
            new InvalidOperationException(), _cluster.SelfAddress, _cluster.SelfAddress, false, LogLevel.InfoLevel));

        ExpectNoMsg(TimeSpan.FromMilliseconds(300));
    }

    [Fact]
    public async Task A_probe_that_fails_is_repeated_and_proves_nothing()
    {
        ExpectMsg(_member.Address);
        ExpectMsg<UniqueAddress>();
        _result = () => Task.FromException<ProbeResult>(new InvalidOperationException());
        UniqueAddress next = await StartAnotherAsync();

        Sys.EventStream.Publish(Broken(next.Address));

        ExpectMsg(next.Address);
        ExpectMsg(next.Address);
        _result = () => Task.FromResult(ProbeResult.Accepted);
        ExpectMsg(next.Address);
        await AkkaCluster.Get(_another!).LeaveAsync();
    }

    [Fact]
    public async Task A_member_that_leaves_while_it_is_probed_is_not_downed()
    {
        ExpectMsg(_member.Address);
        ExpectMsg<UniqueAddress>();
        TaskCompletionSource<ProbeResult> pending = new();
        _result = () => pending.Task;
        UniqueAddress next = await StartAnotherAsync();
        Sys.EventStream.Publish(Broken(next.Address));
        ExpectMsg(next.Address);

        _cluster.Leave(next.Address);
        await AwaitConditionAsync(() => Task.FromResult(_cluster.State.Members.All(member => !member.UniqueAddress.Equals(next))));
        pending.SetResult(ProbeResult.Refused);

        ExpectNoMsg(TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public async Task A_node_that_a_member_has_given_up_leaves_the_cluster()
    {
        ExpectMsg(_member.Address);
        ExpectMsg<UniqueAddress>();
        Sys.EventStream.Publish(new ThisActorSystemQuarantinedEvent(_cluster.SelfAddress, _member.Address.WithPort(1)));
        ExpectNoMsg(TimeSpan.FromMilliseconds(500));
        _cluster.IsTerminated.ShouldBeFalse();

        Sys.EventStream.Publish(new ThisActorSystemQuarantinedEvent(_cluster.SelfAddress, _member.Address));
        await AwaitConditionAsync(() => Task.FromResult(_cluster.IsTerminated), TimeSpan.FromSeconds(10));
    }

    // It once went on asking to be let in for ever, by those who had quarantined it.
    [Fact]
    public async Task A_node_that_is_given_up_before_it_is_in_ends()
    {
        _another = ActorSystem.Create(Sys.Name, TwoNodes);
        _another.ActorOf(GoneMemberDowning.Props(_ => _result(), _ => { }));

        await AwaitConditionAsync(() =>
        {
            _another.EventStream.Publish(new ThisActorSystemQuarantinedEvent(AkkaCluster.Get(_another).SelfAddress, _member.Address));
            return Task.FromResult(_another.WhenTerminated.IsCompleted);
        });
    }

    protected override void AfterAll()
    {
        _another?.Terminate();
        base.AfterAll();
    }

    private DisassociatedEvent Broken(Address address) => new(_cluster.SelfAddress, address, true);

    private async Task<UniqueAddress> StartAnotherAsync()
    {
        _another = ActorSystem.Create(Sys.Name, TwoNodes);
        AkkaCluster cluster = AkkaCluster.Get(_another);
        await cluster.JoinAsync(_cluster.SelfAddress).WaitAsync(TimeSpan.FromSeconds(10));
        await AwaitConditionAsync(
            () => Task.FromResult(_cluster.State.Members.Any(member => member.UniqueAddress.Equals(cluster.SelfUniqueAddress))));
        return cluster.SelfUniqueAddress;
    }
}
