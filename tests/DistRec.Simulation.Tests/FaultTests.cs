using DistRec.Actors;
using DistRec.Contracts;
using static DistRec.Simulation.Tests.Actors;

namespace DistRec.Simulation.Tests;

public sealed class FaultTests
{
    private static readonly TimeSpan Detection = new SimulationOptions().DetectionTime;

    [Fact]
    public void A_crashed_nodes_actors_start_on_another_node_after_the_detection_and_are_told_so()
    {
        Seen<StartReason> starts = new();
        SimulatedCluster cluster = new(1, WithRoles("client", "host", "host"));
        cluster.Register(Starting(First, starts, "host"));
        cluster.RunUntil(starts.WhenAsync(1), Bound);
        SimulatedNode home = cluster.NodeOf(First)!;
        TimeSpan crash = cluster.Now;

        cluster.Crash(home.Number);
        cluster.ActivationsOf(First).ShouldBe(0);
        cluster.RunUntil(starts.WhenAsync(2), Bound);

        starts.Items.ShouldBe([StartReason.First, StartReason.Relocation]);
        (cluster.Now - crash).ShouldBeInRange(Detection, Detection + TimeSpan.FromMilliseconds(50));
        cluster.NodeOf(First).ShouldNotBe(home);
        cluster.Run(() => AskAsync(cluster.Nodes[0], First, 3), Bound).Number.ShouldBe(3);
    }

    [Fact]
    public void Nothing_of_a_crashed_node_goes_on()
    {
        SimulatedCluster cluster = new(1, WithRoles("client", "host"));
        Seen<string> steps = new();
        List<IActorContext> contexts = [];
        cluster.Register(Answering(Second, "client"), Kind(First, async (actor, message) =>
        {
            if (message is not Command)
            {
                steps.Add("timer");
                return;
            }

            contexts.Add(actor.Context);
            actor.Context.StartTimer(TimeSpan.FromSeconds(1), Numbered(1));
            actor.Context.RunOutside(async token =>
            {
                await actor.Context.AskAsync<Answer>(Second, new Question(), AskTimeout, token).ConfigureAwait(false);
                steps.Add("outside");
                return Numbered(2);
            });
            steps.Add("before");
            try
            {
                await actor.Context.AskAsync<Answer>(Second, new Question(), AskTimeout).ConfigureAwait(false);
            }
            finally
            {
                steps.Add("after");
            }
        }, "host"));
        cluster.Run(async () =>
        {
            await cluster.Nodes[0].SendAsync(First, new Command()).ConfigureAwait(false);
            await steps.WhenAsync(1).ConfigureAwait(false);
        }, Bound);
        cluster.Crash(1);
        cluster.RunFor(TimeSpan.FromMinutes(2));

        steps.Items.ShouldBe(["before"]);
        cluster.Run(() => Should.ThrowAsync<NodeCrashedException>(() => contexts[0].SendAsync(Second, Numbered(1)).AsTask()), Bound);
        contexts[0].Stopping.IsCancellationRequested.ShouldBeFalse("nobody is left to be told");
    }

    [Fact]
    public void A_node_that_comes_back_is_empty_and_takes_the_actors_that_had_no_home()
    {
        Seen<StartReason> starts = new();
        SimulatedCluster cluster = new(1, WithRoles("client", "host"));
        cluster.Register(Starting(First, starts, "host"));
        cluster.Nodes[1].Blocks.Publish(new BlockKey("job", 1, "b", 0, 0), new BytesBlock(1));
        cluster.RunUntil(starts.WhenAsync(1), Bound);

        cluster.Crash(1);
        cluster.RunFor(Detection * 2);
        cluster.NodeOf(First).ShouldBeNull();
        cluster.Restart(1);
        cluster.RunUntil(starts.WhenAsync(2), Bound);

        starts.Items[1].ShouldBe(StartReason.Relocation);
        ValueTask<BytesBlock> pull = cluster.Nodes[0].Blocks.PullAsync(First, new BlockKey("job", 1, "b", 0, 0), new BytesBlockReader());
        cluster.RunFor(TimeSpan.FromSeconds(10));
        pull.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public void A_quick_restart_is_noticed_before_the_detection_time()
    {
        Seen<StartReason> starts = new();
        SimulatedCluster cluster = new(1, WithRoles("client", "host"));
        cluster.Register(Starting(First, starts, "host"));
        cluster.RunUntil(starts.WhenAsync(1), Bound);
        TimeSpan crash = cluster.Now;

        cluster.Crash(1);
        cluster.Restart(1);
        cluster.RunUntil(starts.WhenAsync(2), Bound);

        starts.Items[1].ShouldBe(StartReason.Relocation);
        (cluster.Now - crash).ShouldBeLessThan(Detection);
    }

    [Fact]
    public void A_cut_node_is_fenced_before_its_actors_start_elsewhere_and_comes_back_after_the_cut()
    {
        Seen<StartReason> starts = new();
        List<CancellationToken> stopping = [];
        SimulatedCluster cluster = new(1, WithRoles("client", "host", "host"));
        cluster.Register(new ActorKind("first", 1, _ => new ScriptedActor((_, _) => ValueTask.CompletedTask)
        {
            Starting = (actor, reason) =>
            {
                stopping.ShouldAllBe(token => token.IsCancellationRequested);
                stopping.Add(actor.Context.Stopping);
                starts.Add(reason);
                return ValueTask.CompletedTask;
            },
        }, "host"));
        cluster.RunUntil(starts.WhenAsync(1), Bound);
        SimulatedNode home = cluster.NodeOf(First)!;

        cluster.Isolate(home.Number);
        cluster.RunUntil(starts.WhenAsync(2), Bound);
        home.IsUp.ShouldBeFalse();
        cluster.NodeOf(First).ShouldNotBe(home);
        cluster.Rejoin(home.Number);
        cluster.RunFor(TimeSpan.FromSeconds(1));

        home.IsUp.ShouldBeTrue();
        starts.Items.Count.ShouldBe(2);
        cluster.ActivationsOf(First).ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_short_cut_loses_what_is_under_way_or_holds_it_and_nobody_moves(bool loses)
    {
        Seen<Note> seen = new();
        SimulatedCluster cluster = new(1, WithRoles("client", "host"));
        cluster.Register(Recording(First, seen, "host"));
        cluster.RunFor(TimeSpan.FromSeconds(1));

        cluster.Run(async () =>
        {
            await cluster.Nodes[0].SendAsync(First, Numbered(1)).ConfigureAwait(false);
            cluster.Cut(0, 1, loses);
            await cluster.Nodes[0].SendAsync(First, Numbered(2)).ConfigureAwait(false);
        }, Bound);
        cluster.RunFor(Detection / 2);
        seen.Items.ShouldBeEmpty();
        cluster.Heal(0, 1);
        cluster.Run(() => cluster.Nodes[0].SendAsync(First, Numbered(3)).AsTask(), Bound);
        cluster.RunFor(Detection * 2);

        seen.Items.Select(note => note.Number).ShouldBe(loses ? [3] : [1, 2, 3]);
        cluster.Nodes[1].IsUp.ShouldBeTrue();
    }

    [Fact]
    public void What_a_node_sent_before_its_loss_is_not_heard_after_it()
    {
        Seen<Note> seen = new();
        SimulatedCluster cluster = new(1, WithRoles("host", "client"));
        cluster.Register(Recording(First, seen, "host"));
        cluster.RunFor(TimeSpan.FromSeconds(1));

        cluster.Cut(0, 1, loses: false);
        cluster.Run(() => cluster.Nodes[1].SendAsync(First, Numbered(1)).AsTask(), Bound);
        cluster.RunFor(Detection * 2);
        cluster.Heal(0, 1);
        cluster.Run(() => cluster.Nodes[1].SendAsync(First, Numbered(2)).AsTask(), Bound);
        cluster.RunFor(TimeSpan.FromSeconds(1));

        seen.Items.Select(note => note.Number).ShouldBe([2], "the first is of a life that the cluster has closed");
    }

    [Fact]
    public void A_pause_stops_the_clockwork_of_a_node_and_loses_nothing()
    {
        Seen<(int Number, TimeSpan At)> seen = new();
        SimulatedCluster cluster = new(1, WithRoles("client", "host"));
        cluster.Register(Kind(First, (actor, message) =>
        {
            seen.Add((((Note)message).Number, cluster.Now));
            if (((Note)message).Number == 0)
            {
                actor.Context.StartTimer(TimeSpan.FromMilliseconds(50), Numbered(1));
            }

            return ValueTask.CompletedTask;
        }, "host"));
        cluster.Run(async () =>
        {
            await cluster.Nodes[0].SendAsync(First, Numbered(0)).ConfigureAwait(false);
            await seen.WhenAsync(1).ConfigureAwait(false);
            cluster.Pause(1, TimeSpan.FromMilliseconds(400));
            for (int number = 2; number < 10; number++)
            {
                await cluster.Nodes[0].SendAsync(First, Numbered(number)).ConfigureAwait(false);
            }

            await seen.WhenAsync(10).ConfigureAwait(false);
        }, Bound);

        seen.Items.Skip(1).ShouldAllBe(item => item.At - seen.Items[0].At >= TimeSpan.FromMilliseconds(400));
        seen.Items.Select(item => item.Number).Where(number => number != 1).ShouldBe([0, .. Enumerable.Range(2, 8)]);
        cluster.Nodes[1].IsUp.ShouldBeTrue();
    }

    [Fact]
    public void A_zombie_runs_and_sends_for_a_while_and_nobody_listens()
    {
        Seen<(int Origin, TimeSpan At)> heard = new();
        List<(int Life, TimeSpan At)> ticks = [];
        int lives = 0;
        SimulatedCluster cluster = new(1, WithRoles("client", "host", "host") with { ZombieTime = TimeRange.Milliseconds(2000, 2000) });
        cluster.Register(
            Kind(Second, (_, message) =>
            {
                heard.Add((((Note)message).Origin, cluster.Now));
                return ValueTask.CompletedTask;
            }, "client"),
            new ActorKind("first", 1, _ =>
            {
                int life = ++lives;
                return new ScriptedActor(async (actor, message) =>
                {
                    ticks.Add((life, cluster.Now));
                    actor.Context.StartTimer(TimeSpan.FromMilliseconds(10), message);
                    await actor.Context.SendAsync(Second, Numbered(1, life)).ConfigureAwait(false);
                })
                {
                    Starting = (actor, _) => actor.Context.SendAsync(First, Numbered(0)),
                };
            }, "host"));
        cluster.RunFor(TimeSpan.FromMilliseconds(200));
        SimulatedNode home = cluster.NodeOf(First)!;
        TimeSpan pause = cluster.Now;

        // Paused for longer than the detection takes, then going on as if nothing had happened.
        cluster.Pause(home.Number, Detection + TimeSpan.FromMilliseconds(100));
        cluster.RunFor(TimeSpan.FromSeconds(5));

        TimeSpan resumed = pause + Detection + TimeSpan.FromMilliseconds(100);
        ticks.ShouldContain(tick => tick.Life == 1 && tick.At > resumed);
        ticks.ShouldContain(tick => tick.Life == 2 && tick.At < resumed);
        ticks.ShouldNotContain(tick => tick.Life == 1 && tick.At > pause + Detection + TimeSpan.FromSeconds(2.1));
        heard.Items.ShouldNotContain(item => item.Origin == 1 && item.At > pause + Detection);
        heard.Items.ShouldContain(item => item.Origin == 2);
        home.IsUp.ShouldBeTrue("it came back after it noticed");
    }

    [Fact]
    public void Without_zombies_nothing_of_an_old_life_happens_after_a_new_one_began()
    {
        const int Shards = 6;
        int relocations = 0;
        int ticks = 0;
        for (ulong seed = 0; seed < 100; seed++)
        {
            int[] lives = new int[Shards];
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
            cluster.Register(new ActorKind("first", Shards, shard =>
            {
                int life = ++lives[shard];
                return new ScriptedActor((actor, message) =>
                {
                    lives[shard].ShouldBe(life);
                    ticks++;
                    actor.Context.StartTimer(TimeSpan.FromMilliseconds(50), message);
                    return ValueTask.CompletedTask;
                })
                {
                    Starting = (actor, reason) =>
                    {
                        reason.ShouldBe(life == 1 ? StartReason.First : StartReason.Relocation);
                        relocations += life == 1 ? 0 : 1;
                        return actor.Context.SendAsync(actor.Context.Self, Numbered(shard));
                    },
                };
            }));

            cluster.RunFor(TimeSpan.FromSeconds(20));

            cluster.Failed.IsCompleted.ShouldBeFalse($"seed {seed}");
            cluster.Nodes.ShouldAllBe(node => node.IsUp, $"seed {seed}: every fault has ended");
            Enumerable.Range(0, Shards).ShouldAllBe(shard => cluster.ActivationsOf(new ActorAddress("first", shard)) == 1, $"seed {seed}");
        }

        relocations.ShouldBeGreaterThan(100);
        ticks.ShouldBeGreaterThan(100_000);
    }

    [Fact]
    public void A_node_that_stops_in_good_order_hands_its_actors_over()
    {
        Seen<string> seen = new();
        SimulatedCluster cluster = new(1, WithRoles("client", "host", "host"));
        cluster.Register(new ActorKind("first", 1, _ => new ScriptedActor((_, _) => ValueTask.CompletedTask)
        {
            Starting = (_, reason) =>
            {
                seen.Add(reason.ToString());
                return ValueTask.CompletedTask;
            },
            Ending = _ =>
            {
                seen.Add("stopping");
                return ValueTask.CompletedTask;
            },
            Disposing = () => seen.Add("disposed"),
        }, "host"));
        cluster.RunUntil(seen.WhenAsync(1), Bound);

        cluster.Run(() => cluster.NodeOf(First)!.DisposeAsync().AsTask(), Bound);
        cluster.RunUntil(seen.WhenAsync(4), Bound);

        seen.Items.ShouldBe(["First", "stopping", "disposed", "Relocation"]);
    }
}
