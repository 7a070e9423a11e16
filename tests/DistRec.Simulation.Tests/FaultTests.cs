using DistRec.Contracts;
using DistRec.Training.Blocks;
using DistRec.Training.Protocol;
using static DistRec.Simulation.Tests.Scripted;

namespace DistRec.Simulation.Tests;

public sealed class FaultTests
{
    private static readonly TimeSpan Detection = new SimulationOptions().DetectionTime;

    [Fact]
    public void A_lost_nodes_partition_begins_anew_on_another_node_at_the_first_message_after_the_detection()
    {
        SimulatedCluster cluster = new(1, WithWorkers(2));
        int pings = 0;
        List<ScriptedShell> made = HostPartitions(cluster, (_, _, _) => pings++);
        ScriptedShell client = Start(cluster, 0, "client");
        Ping(cluster, client);
        int home = made[0].Life.Node.Number;

        cluster.Crash(home);
        Ping(cluster, client, Detection.TotalMilliseconds + 1);
        (made.Count, pings).ShouldBe((1, 1), "what went to the lost node is lost, and nobody else has sent");
        Ping(cluster, client);

        (made.Count, pings).ShouldBe((2, 2));
        made[1].Life.Node.Number.ShouldNotBe(home);
    }

    [Fact]
    public void Nothing_of_a_crashed_node_goes_on()
    {
        SimulatedCluster cluster = new(1, WithWorkers(1));
        ScriptedShell shell = Start(cluster, 1, "shell");
        shell.Later(TimeSpan.FromSeconds(1), Numbered(1));
        shell.Call(async () =>
        {
            await shell.Life.PassAsync(TimeRange.Milliseconds(500, 500)).ConfigureAwait(false);
            return Numbered(2);
        });

        cluster.RunFor(TimeSpan.FromMilliseconds(100));
        cluster.Crash(1);
        cluster.RunFor(TimeSpan.FromMinutes(1));

        shell.Heard.ShouldBeEmpty();
    }

    [Fact]
    public void A_node_that_comes_back_is_empty_and_takes_what_had_no_home()
    {
        SimulatedCluster cluster = new(1, WithWorkers(1) with { SameEndpointShare = 1 });
        int pings = 0;
        List<ScriptedShell> made = HostPartitions(cluster, (_, _, _) => pings++);
        ScriptedShell client = Start(cluster, 0, "client");
        Ping(cluster, client);
        BlockKey key = new("job", 1, "b", 0, 0);
        cluster.Nodes[1].Blocks.Publish(key, new BytesBlock(1));

        cluster.Crash(1);
        cluster.RunFor(Detection * 2);
        Ping(cluster, client);
        made.Count.ShouldBe(1);
        cluster.Restart(1);
        cluster.RunFor(TimeSpan.FromMilliseconds(100));

        (made.Count, pings).ShouldBe((2, 2), "the message waited");
        Task<BytesBlock> pull = BlockTests.PullAsync(cluster, 0, cluster.Nodes[1].Blocks.Endpoint);
        cluster.RunFor(TimeSpan.FromSeconds(10));
        pull.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public void A_cut_node_is_fenced_before_its_partition_begins_elsewhere_and_comes_back_after_the_cut()
    {
        SimulatedCluster cluster = new(1, WithWorkers(2));
        List<ScriptedShell> made = HostPartitions(cluster);
        ScriptedShell client = Start(cluster, 0, "client");
        Ping(cluster, client);
        SimulatedNode home = made[0].Life.Node;

        cluster.Isolate(home.Number);
        cluster.RunFor(Detection * 2);
        Ping(cluster, client);
        home.IsUp.ShouldBeFalse();
        made.Select(shell => shell.HasStopped).ShouldBe([true, false]);
        cluster.Rejoin(home.Number);
        Ping(cluster, client);

        home.IsUp.ShouldBeTrue();
        made.Count.ShouldBe(2);
    }

    [Fact]
    public void The_majority_goes_on_whoever_is_the_first_node()
    {
        SimulatedCluster cluster = new(1, Plain with { Nodes = 3 });

        cluster.Isolate(0);
        cluster.RunFor(Detection * 2);
        cluster.Nodes.Select(node => node.IsUp).ShouldBe([false, true, true]);
        cluster.Rejoin(0);

        cluster.Nodes.ShouldAllBe(node => node.IsUp);
    }

    [Fact]
    public void What_the_cluster_has_once_moves_to_the_next_oldest_node_and_not_back()
    {
        SimulatedCluster cluster = new(1, Plain with { Nodes = 2 });
        List<int> homes = [];
        cluster.Placement.HostSingleton(life =>
        {
            homes.Add(life.Node.Number);
            return new ScriptedShell(life, "singleton");
        });
        cluster.RunFor(TimeSpan.FromSeconds(1));
        cluster.Crash(0);
        cluster.RunFor(Detection * 2);
        cluster.Restart(0);
        cluster.RunFor(TimeSpan.FromSeconds(1));
        homes.ShouldBe([0, 1]);
        cluster.Leave(1);
        cluster.RunFor(TimeSpan.FromSeconds(1));

        homes.ShouldBe([0, 1, 0]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_short_cut_loses_what_is_under_way_or_holds_it_and_nobody_is_lost(bool loses)
    {
        SimulatedCluster cluster = new(1, Plain with { Nodes = 2 });
        ScriptedShell receiver = Start(cluster, 1, "receiver");
        ScriptedShell sender = Start(cluster, 0, "sender");

        sender.Tell(receiver, Numbered(1));
        cluster.Cut(0, 1, loses);
        sender.Tell(receiver, Numbered(2));
        cluster.RunFor(Detection / 2);
        receiver.Heard.ShouldBeEmpty();
        cluster.Heal(0, 1);
        sender.Tell(receiver, Numbered(3));
        cluster.RunFor(Detection * 2);

        receiver.Heard.Select(heard => heard.Number).ShouldBe(loses ? [3] : [1, 2, 3]);
        cluster.Nodes[1].IsUp.ShouldBeTrue();
    }

    [Fact]
    public void What_a_node_sent_before_its_loss_is_not_heard_after_it()
    {
        SimulatedCluster cluster = new(1, Plain);
        ScriptedShell receiver = Start(cluster, 0, "receiver");

        cluster.Isolate(1, loses: false);
        Start(cluster, 1, "sender").Tell(receiver, Numbered(1));
        cluster.RunFor(Detection * 2);
        cluster.Rejoin(1);
        Start(cluster, 1, "sender").Tell(receiver, Numbered(2));
        cluster.RunFor(TimeSpan.FromSeconds(1));

        receiver.Heard.Select(heard => heard.Number).ShouldBe([2], "the first is of a life that the cluster has closed");
    }

    [Fact]
    public void A_pause_stops_the_clockwork_of_a_node_and_loses_nothing()
    {
        SimulatedCluster cluster = new(1, Plain with { Nodes = 2 });
        ScriptedShell receiver = Start(cluster, 1, "receiver");
        ScriptedShell sender = Start(cluster, 0, "sender");
        receiver.Later(TimeSpan.FromMilliseconds(50), Numbered(0));

        cluster.Pause(1, TimeSpan.FromMilliseconds(400));
        for (int number = 1; number < 10; number++)
        {
            sender.Tell(receiver, Numbered(number));
        }

        cluster.RunFor(TimeSpan.FromSeconds(1));

        receiver.Heard.ShouldAllBe(heard => heard.At >= TimeSpan.FromMilliseconds(400));
        receiver.Heard.Where(heard => heard.From is not null).Select(heard => (int)heard.Number).ShouldBe(Enumerable.Range(1, 9));
        receiver.Heard.Count.ShouldBe(10);
        cluster.Nodes[1].IsUp.ShouldBeTrue();
    }

    [Fact]
    public void A_zombie_runs_and_sends_for_a_while_and_nobody_listens()
    {
        SimulatedCluster cluster = new(1, Plain with { ZombieTime = TimeRange.Milliseconds(2000, 2000) });
        ScriptedShell listener = Start(cluster, 0, "listener");
        ScriptedShell zombie = Start(cluster, 1, "zombie", (shell, message, _) =>
        {
            shell.Tell(listener, message);
            shell.Later(TimeSpan.FromMilliseconds(10), message);
        });
        zombie.TellSelf(Numbered(1));
        cluster.RunFor(TimeSpan.FromMilliseconds(200));

        // Paused for longer than the detection takes, then going on as if nothing had happened.
        TimeSpan pause = cluster.Now;
        cluster.Pause(1, Detection + TimeSpan.FromMilliseconds(100));
        cluster.RunFor(TimeSpan.FromSeconds(5));

        zombie.Heard[^1].At.ShouldBeInRange(pause + Detection + TimeSpan.FromSeconds(1.9), pause + Detection + TimeSpan.FromSeconds(2.2));
        listener.Heard[^1].At.ShouldBeLessThan(pause + Detection);
        cluster.Nodes[1].IsUp.ShouldBeTrue("it came back after it noticed");
    }

    [Fact]
    public void A_node_that_leaves_hands_its_partition_over_when_that_lets_go()
    {
        SimulatedCluster cluster = new(1, WithWorkers(2));
        int pings = 0;
        List<ScriptedShell> made = HostPartitions(cluster, (shell, message, _) =>
        {
            switch (message)
            {
                case Ping _:
                    pings++;
                    break;
                case "let go":
                    shell.Stop();
                    break;
                default:
                    message.GetType().Name.ShouldBe("HandOff");
                    shell.Later(TimeSpan.FromMilliseconds(300), "let go");
                    break;
            }
        });
        ScriptedShell client = Start(cluster, 0, "client");
        Ping(cluster, client);
        SimulatedNode home = made[0].Life.Node;

        cluster.Leave(home.Number);
        Ping(cluster, client);
        (home.IsRunning, made.Count).ShouldBe((true, 1));
        cluster.RunFor(TimeSpan.FromSeconds(1));

        (home.IsRunning, made.Count, pings).ShouldBe((false, 2, 2), "the message waited for the new place");
    }

    [Fact]
    public void Without_zombies_no_partition_ever_has_two_shells()
    {
        int moves = 0;
        for (ulong seed = 0; seed < 100; seed++)
        {
            SimulatedCluster cluster = new(seed, new SimulationOptions
            {
                Nodes = 4,
                Faults = new FaultOptions
                {
                    MeanTimeBetweenCrashes = TimeSpan.FromSeconds(1),
                    MeanTimeBetweenCuts = TimeSpan.FromSeconds(1),
                    MeanTimeBetweenPauses = TimeSpan.FromSeconds(1),
                    MaximumFaults = 8,
                },
            });
            List<ScriptedShell> made = [];
            made = HostPartitions(cluster, (shell, _, _) => shell.ShouldBeSameAs(made[^1]));
            cluster.Placement.HostSingleton(life => new ScriptedShell(life, "singleton", (shell, message, _) =>
            {
                shell.ShouldBeSameAs(cluster.Placement.Singleton);
                cluster.Placement.Tell(shell, "job", Partition, new Ping());
                shell.Later(TimeSpan.FromMilliseconds(50), message);
            })
            { Starting = shell => shell.TellSelf("go on") });

            cluster.RunFor(TimeSpan.FromSeconds(20));

            cluster.Nodes.ShouldAllBe(node => node.IsUp, $"seed {seed}: every fault has ended");
            moves += made.Count - 1;
        }

        moves.ShouldBeGreaterThan(50);
    }
}
