using DistRec.Actors;
using DistRec.Contracts;
using static DistRec.Simulation.Tests.Actors;

namespace DistRec.Simulation.Tests;

public sealed class DeliveryTests
{
    [Fact]
    public void Messages_of_one_sender_to_one_receiver_keep_their_order_and_those_of_others_overtake()
    {
        bool overtook = false;
        for (ulong seed = 0; seed < 50; seed++)
        {
            Seen<Note> seen = new();
            SimulatedCluster cluster = new(seed, new SimulationOptions());
            cluster.Register(
                new ActorKind("sender", 3, shard => new ScriptedActor((_, _) => ValueTask.CompletedTask)
                {
                    Starting = async (actor, _) =>
                    {
                        for (int number = 0; number < 20; number++)
                        {
                            await actor.Context.SendAsync(First, Numbered(number, shard)).ConfigureAwait(false);
                        }
                    },
                }),
                Recording(First, seen) with { MailboxCapacity = 2 + (int)(seed % 30) });

            cluster.RunUntil(seen.WhenAsync(60), Bound);

            foreach (IGrouping<int, Note> ofOne in seen.Items.GroupBy(note => note.Origin))
            {
                ofOne.Select(note => note.Number).ShouldBe(Enumerable.Range(0, 20), $"seed {seed}");
            }

            int changes = seen.Items.Zip(seen.Items.Skip(1)).Count(pair => pair.First.Origin != pair.Second.Origin);
            overtook |= changes > 2;
        }

        overtook.ShouldBeTrue();
    }

    [Fact]
    public void An_actor_handles_one_message_at_a_time()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            int inside = 0;
            int most = 0;
            Seen<int> done = new();
            SimulatedCluster cluster = new(seed);
            cluster.Register(Answering(Second), Kind(First, async (actor, message) =>
            {
                most = Math.Max(most, ++inside);
                await actor.Context.AskAsync<Answer>(Second, new Question(), AskTimeout).ConfigureAwait(false);
                inside--;
                done.Add(((Note)message).Number);
            }));
            cluster.Run(async () =>
            {
                for (int number = 0; number < 20; number++)
                {
                    await cluster.Nodes[number % 3].SendAsync(First, Numbered(number)).ConfigureAwait(false);
                }

                await done.WhenAsync(20).ConfigureAwait(false);
            }, Bound);

            most.ShouldBe(1);
            done.Items.Order().ShouldBe(Enumerable.Range(0, 20));
        }
    }

    [Fact]
    public void What_passes_between_nodes_is_never_shared_by_reference()
    {
        SimulatedCluster cluster = new(1, WithRoles("a", "b"));
        List<object> seen = [];
        cluster.Register(Kind(First, (actor, message) =>
        {
            seen.Add(message);
            return actor.Context.ReplyAsync(new Answer());
        }, "b"));
        Question question = new() { Number = 7 };

        cluster.Run(() => cluster.Nodes[0].AskAsync<Answer>(First, question, AskTimeout), Bound);
        cluster.Run(() => cluster.Nodes[1].AskAsync<Answer>(First, question, AskTimeout), Bound);

        seen.ShouldBe([question, question]);
        seen[0].ShouldNotBeSameAs(question);
        seen[1].ShouldBeSameAs(question);
    }

    [Fact]
    public void Duplicates_come_once_more_and_losses_not_at_all_where_a_schedule_asks_for_them()
    {
        CountOf(new SimulationOptions { Nodes = 2 }).ShouldBe(500);
        CountOf(new SimulationOptions { Nodes = 2, DuplicateShare = 0.1 }).ShouldBeInRange(501, 600);
        CountOf(new SimulationOptions { Nodes = 2, LossShare = 0.1 }).ShouldBeInRange(400, 499);

        static int CountOf(SimulationOptions options)
        {
            Seen<Note> seen = new();
            SimulatedCluster cluster = new(3, options with { Roles = [["a"], ["b"]] });
            cluster.Register(Recording(First, seen, "b"));
            cluster.RunFor(TimeSpan.FromSeconds(1));
            cluster.Run(async () =>
            {
                for (int number = 0; number < 500; number++)
                {
                    await cluster.Nodes[0].SendAsync(First, Numbered(number)).ConfigureAwait(false);
                }
            }, Bound);
            cluster.RunFor(TimeSpan.FromSeconds(10));
            return seen.Items.Count;
        }
    }

    [Fact]
    public void Asks_end_in_a_reply_a_named_failure_or_their_timeout_in_virtual_time()
    {
        SimulatedCluster cluster = new(1, WithRoles("a", "b"));
        cluster.Register(Kind(First, (actor, message) =>
        {
            switch (((Question)message).Number)
            {
                case 1:
                    return actor.Context.ReplyAsync(new Answer { Number = 1 });
                case 2:
                    return actor.Context.RefuseAsync("no");
                case 3:
                    throw new InvalidOperationException("broken");
                case 4:
                    actor.Context.CaptureReply();
                    return ValueTask.CompletedTask;
                case 5:
                    return actor.Context.ReplyAsync(Numbered(1));
                default:
                    return ValueTask.CompletedTask;
            }
        }, "b"));

        Ask(1).Number.ShouldBe(1);
        Failure(2).ShouldBeOfType<RequestRefusedException>();
        Failure(3).ShouldBeOfType<ActorFailedException>().Message.ShouldContain("broken");
        Failure(5).ShouldBeOfType<UnexpectedReplyException>();
        Failure(6).ShouldBeOfType<NoReplyException>();
        TimeSpan before = cluster.Now;
        Failure(4).ShouldBeOfType<AskTimeoutException>();
        (cluster.Now - before).ShouldBe(AskTimeout);
        Should.Throw<SimulationException>(() => cluster.Run(() => AskAsync(cluster.Nodes[0], Second), Bound))
            .InnerException.ShouldBeOfType<UnknownActorException>();

        Answer Ask(int number) => cluster.Run(() => AskAsync(cluster.Nodes[0], First, number), Bound);
        Exception Failure(int number) => Should.Throw<SimulationException>(() => Ask(number)).InnerException!;
    }

    [Fact]
    public void A_send_to_a_full_mailbox_waits_and_fails_by_name_after_the_send_timeout()
    {
        SimulatedCluster cluster = new(1, WithRoles("a", "b"));
        cluster.Register(Answering(Second), Kind(First, async (actor, _) =>
            await actor.Context.AskAsync<Answer>(First, new Question(), TimeSpan.FromMinutes(2)).ConfigureAwait(false), "b") with { MailboxCapacity = 3 });

        cluster.RunFor(TimeSpan.FromSeconds(1));
        SimulationException failure = Should.Throw<SimulationException>(() => cluster.Run(async () =>
        {
            await AskAsync(cluster.Nodes[0], Second).ConfigureAwait(false);
            for (int number = 0; number < 10; number++)
            {
                await cluster.Nodes[0].SendAsync(First, Numbered(number)).ConfigureAwait(false);
            }
        }, Bound));

        failure.InnerException.ShouldBeOfType<SendTimeoutException>().MailboxCapacity.ShouldBe(3);
        cluster.Now.ShouldBeInRange(TimeSpan.FromSeconds(31), TimeSpan.FromSeconds(32));
    }

    [Fact]
    public void A_failed_actor_starts_again_after_its_backoff_and_fails_for_good_with_its_first_cause()
    {
        List<(StartReason Reason, TimeSpan At)> starts = [];
        SimulatedCluster cluster = new(1, Plain);
        int failures = 0;
        cluster.Register(new ActorKind("first", 1, _ => new ScriptedActor((_, _) => throw new InvalidOperationException($"failure {++failures}"))
        {
            Starting = (_, reason) =>
            {
                starts.Add((reason, cluster.Now));
                return ValueTask.CompletedTask;
            },
        })
        { Restart = new RestartPolicy { MaxRestarts = 2, FirstBackoff = TimeSpan.FromSeconds(1) } });

        cluster.Run(async () =>
        {
            for (int number = 0; number < 3; number++)
            {
                await cluster.Nodes[0].SendAsync(First, Numbered(number)).ConfigureAwait(false);
            }

            ActorFailure failure = await cluster.Failed.ConfigureAwait(false);
            failure.Cause.Message.ShouldBe("failure 1");
            failure.Restarts.ShouldBe(2);
        }, Bound);

        starts.Select(start => start.Reason).ShouldBe([StartReason.First, StartReason.Failure, StartReason.Failure]);
        (starts[1].At - starts[0].At).ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.1));
        (starts[2].At - starts[1].At).ShouldBeInRange(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2.1));
        Should.Throw<SimulationException>(() => cluster.Run(() => AskAsync(cluster.Nodes[1], First), Bound))
            .InnerException.ShouldBeOfType<ActorFailedException>().IsFinal.ShouldBeTrue();
    }
}
