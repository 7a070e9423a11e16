using System.Net;
using Akka.Cluster;
using Akka.TestKit.Xunit2;
using Xunit.Abstractions;

namespace DistRec.Cluster.Tests.Hosting;

/// <summary>Nodes that die without a word, and what starts again at their addresses.</summary>
public sealed class RestartTests(ITestOutputHelper output) : TestKit(output: output), IDisposable
{
    /// <summary>Less than a failure detector's pause and the resolver's time together.</summary>
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(8);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distrec-restart-");

    private string Known => Path.Combine(_folder.FullName, "members");

    [Fact]
    public async Task A_worker_that_starts_again_at_its_address_is_let_in_at_once_and_stays()
    {
        await using TestNode coordinator = await TestNode.StartAsync(TestNode.Coordinator());
        AkkaNodeSettings settings = TestNode.Worker(coordinator.Seed) with { Listen = new(IPAddress.Loopback, FreePort.Find()) };
        await using TestNode first = await TestNode.StartAsync(settings);
        await SeesAsync(coordinator, first.Cluster.SelfUniqueAddress);

        await first.CrashAsync();
        await using TestNode second = await TestNode.StartAsync(settings);

        second.Cluster.SelfAddress.ShouldBe(first.Cluster.SelfAddress);
        await SeesAsync(coordinator, second.Cluster.SelfUniqueAddress);

        // The process that died is not held against the one that took its place.
        coordinator.Cluster.Subscribe(TestActor, typeof(ClusterEvent.MemberDowned), typeof(ClusterEvent.UnreachableMember));
        ExpectMsg<ClusterEvent.CurrentClusterState>();
        ExpectNoMsg(TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_coordinator_that_died_or_left_finds_the_cluster_of_its_workers_when_it_starts_again(bool dies)
    {
        AkkaNodeSettings settings = TestNode.Coordinator() with { KnownMembersFile = Known };
        await using TestNode first = await TestNode.StartAsync(settings);
        await using TestNode worker = await TestNode.StartAsync(TestNode.Worker(first.Seed));
        await SeesAsync(first, worker.Cluster.SelfUniqueAddress);
        await SeesAsync(worker, first.Cluster.SelfUniqueAddress);

        await (dies ? first.CrashAsync() : first.StopAsync());
        await AwaitConditionAsync(() => Task.FromResult(worker.Cluster.State.Members.Count == 1), Quick);
        new KnownMembers(Known).Read().ShouldBe([worker.Cluster.SelfAddress]);
        await using TestNode second = await TestNode.StartAsync(settings);

        await SeesAsync(worker, second.Cluster.SelfUniqueAddress);
        await SeesAsync(second, worker.Cluster.SelfUniqueAddress);
    }

    [Fact]
    public async Task Workers_that_are_gone_for_good_cost_a_coordinator_a_few_seconds()
    {
        new KnownMembers(Known).Write([new("akka.tcp", AkkaNodeSettings.SystemName, "127.0.0.1", FreePort.Find())]);

        await using TestNode coordinator = await TestNode.StartAsync(
            TestNode.Coordinator() with { KnownMembersFile = Known });

        await SeesAsync(coordinator, coordinator.Cluster.SelfUniqueAddress);
        await AwaitAssertAsync(() => new KnownMembers(Known).Read().ShouldBeEmpty());
    }

    void IDisposable.Dispose()
    {
        _folder.Delete(recursive: true);
        Dispose();
    }

    private Task SeesAsync(TestNode node, UniqueAddress member) => AwaitConditionAsync(
        () => Task.FromResult(node.Cluster.State.Members.Any(seen => seen.UniqueAddress.Equals(member) && seen.Status == MemberStatus.Up)),
        Quick);
}
