using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Cluster.Tools.Singleton;
using Akka.Cluster.SBR;
using Akka.Configuration;

namespace DistRec.Cluster.Tests.Hosting;

/// <summary>What a started node really works with.</summary>
public sealed class ReferenceConfigurationTests : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("distrec-config-");
    private TestNode _node = null!;

    private Config Config => _node.System.Settings.Config;

    public async Task InitializeAsync()
    {
        string file = Path.Combine(_folder.FullName, "node.conf");
        await File.WriteAllTextAsync(file, """
            akka.cluster.sharding.rebalance-interval = 7 s
            akka.actor.serialization-settings.allow-unregistered-types = on
            akka.remote.dot-netty.tcp.port = 1
            """);
        _node = await TestNode.StartAsync(TestNode.Coordinator() with { Files = [file] });
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void A_node_that_is_cut_off_has_the_safe_time_and_one_that_died_has_no_margin()
    {
        SplitBrainResolverSettings resolver = new(Config);
        resolver.DowningStrategy.ShouldBe("keep-majority");
        resolver.KeepMajorityRole.ShouldBe(NodeRoles.Coordinator, "workers without a coordinator do nothing");
        resolver.DowningStableAfter.ShouldBe(TimeSpan.FromSeconds(10));
        resolver.DownAllWhenUnstable.ShouldBe(TimeSpan.Zero);
        _node.Cluster.DowningProvider.ShouldBeOfType<SplitBrainResolverProvider>()
            .DownRemovalMargin.ShouldBe(TimeSpan.FromMilliseconds(100));
    }

    [Fact]
    public void Gossip_and_heartbeats_are_quick()
    {
        ClusterSettings settings = _node.Cluster.Settings;
        settings.GossipInterval.ShouldBe(TimeSpan.FromMilliseconds(200));
        settings.LeaderActionsInterval.ShouldBe(TimeSpan.FromMilliseconds(200));
        settings.HeartbeatInterval.ShouldBe(TimeSpan.FromMilliseconds(500));
        settings.SeedNodeTimeout.ShouldBe(TimeSpan.FromSeconds(3));
        Config.GetTimeSpan("akka.remote.watch-failure-detector.acceptable-heartbeat-pause").ShouldBe(TimeSpan.FromMilliseconds(500));
    }

    [Fact]
    public void Sharding_keeps_its_state_in_memory_by_plain_majorities()
    {
        ClusterShardingSettings settings = ClusterShardingSettings.Create(_node.System);
        settings.StateStoreMode.ShouldBe(StateStoreMode.DData);
        settings.RememberEntities.ShouldBeFalse();
        settings.PassivateIdleEntityAfter.ShouldBe(TimeSpan.Zero);
        TuningParameters tuning = settings.TuningParameters;
        tuning.CoordinatorStateWriteMajorityPlus.ShouldBe(0);
        tuning.CoordinatorStateReadMajorityPlus.ShouldBe(0);
        tuning.HandOffTimeout.ShouldBe(TimeSpan.FromSeconds(20));
        tuning.RetryInterval.ShouldBe(TimeSpan.FromMilliseconds(200));
        tuning.LeastShardAllocationAbsoluteLimit.ShouldBe(3);
        Config.GetStringList("akka.cluster.sharding.distributed-data.durable.keys").ShouldBeEmpty();
        Config.GetInt("akka.cluster.sharding.distributed-data.majority-min-cap").ShouldBe(1);
    }

    [Fact]
    public void A_queue_that_has_not_been_looked_for_is_not_told_as_missing() =>
        ClusterSingletonProxySettings.Create(_node.System).LogSingletonIdentificationFailure.ShouldBeFalse();

    [Fact]
    public void A_nodes_file_goes_before_the_defaults_and_what_the_node_is_told_before_its_file()
    {
        ClusterShardingSettings.Create(_node.System).TuningParameters.RebalanceInterval.ShouldBe(TimeSpan.FromSeconds(7));
        _node.Cluster.SelfAddress.Port.ShouldNotBe(1);
        _node.Cluster.SelfRoles.ShouldBe([NodeRoles.Coordinator]);
    }

    [Fact]
    public void Nothing_without_a_serializer_of_its_own_is_sent_and_no_json_is_read()
    {
        Should.Throw<SerializationException>(() => _node.System.Serialization.FindSerializerFor(new Uri("http://x")));
        Should.Throw<SerializationException>(
            () => _node.System.Serialization.Deserialize("{}"u8.ToArray(), 1, typeof(Uri).AssemblyQualifiedName!))
            .Message.ShouldContain("never read");
    }

    [Fact]
    public void The_host_and_not_akka_decides_when_the_process_ends()
    {
        Config.GetBoolean("akka.coordinated-shutdown.run-by-clr-shutdown-hook").ShouldBeFalse();
        Config.GetBoolean("akka.coordinated-shutdown.exit-clr").ShouldBeFalse();
        Config.GetStringList("akka.loggers").ShouldHaveSingleItem().ShouldContain("LoggerFactoryLogger");
    }

    [Theory]
    [InlineData("akka.actor.internal-dispatcher")]
    [InlineData("akka.remote.default-remote-dispatcher")]
    public async Task Akkas_own_actors_do_not_wait_for_threads_of_the_pool(string dispatcher)
    {
        IActorRef actor = _node.System.ActorOf(Props.Create(() => new ThreadTeller()).WithDispatcher(dispatcher));

        (await actor.Ask<bool>("of the pool?", TimeSpan.FromSeconds(5))).ShouldBeFalse();
    }

    private sealed class ThreadTeller : ReceiveActor
    {
        public ThreadTeller() => ReceiveAny(_ => Sender.Tell(Thread.CurrentThread.IsThreadPoolThread));
    }
}
