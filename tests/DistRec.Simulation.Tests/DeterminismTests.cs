using DistRec.Actors;
using DistRec.Contracts;
using static DistRec.Simulation.Tests.Actors;

namespace DistRec.Simulation.Tests;

public sealed class DeterminismTests
{
    private static readonly SimulationOptions Rough = new()
    {
        Nodes = 4,
        LossShare = 0.01,
        DuplicateShare = 0.02,
        ZombieTime = TimeRange.Milliseconds(0, 300),
        Faults = new FaultOptions
        {
            MeanTimeBetweenCrashes = TimeSpan.FromMilliseconds(800),
            MeanTimeBetweenCuts = TimeSpan.FromMilliseconds(800),
            MeanTimeBetweenPauses = TimeSpan.FromMilliseconds(800),
            MaximumFaults = 10,
        },
    };

    [Fact]
    public void The_same_seed_repeats_the_same_schedule_and_others_differ()
    {
        Dictionary<ulong, int> hashes = [];
        for (ulong seed = 0; seed < 40; seed++)
        {
            (ulong hash, long events) = Gossip(seed);
            Gossip(seed).ShouldBe((hash, events));
            events.ShouldBeGreaterThan(500);
            hashes[hash] = hashes.GetValueOrDefault(hash) + 1;
        }

        hashes.Count.ShouldBe(40);
    }

    [Fact]
    public void A_schedule_does_not_depend_on_the_thread_or_the_context_that_runs_it()
    {
        ulong here = Gossip(5).Hash;
        ulong there = 0;
        Thread thread = new(() =>
        {
            SynchronizationContext.SetSynchronizationContext(new SynchronizationContext());
            there = Gossip(5).Hash;
        });
        thread.Start();
        thread.Join(TimeSpan.FromMinutes(1)).ShouldBeTrue();

        there.ShouldBe(here);
    }

    // Actors that ask, send, pull and compute through every kind of fault, for five seconds.
    private static (ulong Hash, long Events) Gossip(ulong seed)
    {
        const int Shards = 5;
        SimulatedCluster cluster = new(seed, Rough);
        cluster.Register(new ActorKind("gossip", Shards, shard => new ScriptedActor(async (actor, message) =>
        {
            IActorContext context = actor.Context;
            switch (message)
            {
                case Question question:
                    int sum = await context.Compute.RunAsync(() => question.Number + 1).ConfigureAwait(false);
                    await context.ReplyAsync(new Answer { Number = sum }).ConfigureAwait(false);
                    break;
                case Command:
                    context.Blocks.Publish(new BlockKey("job", 1, "b", shard, 0), new BytesBlock((byte)shard));
                    context.StartTimer(TimeSpan.FromMilliseconds(50), message);
                    context.RunOutside(async token =>
                    {
                        int next = (shard + 1) % Shards;
                        BytesBlock block = await context.Blocks.PullAsync(
                            new ActorAddress("gossip", next), new BlockKey("job", 1, "b", next, 0), new BytesBlockReader(), token).ConfigureAwait(false);
                        return Numbered(block.Bytes.Span[0]);
                    });
                    break;
                case Note note:
                    await context.SendAsync(new ActorAddress("quiet", 0), note).ConfigureAwait(false);
                    try
                    {
                        await context.AskAsync<Answer>(
                            new ActorAddress("gossip", (shard + 2) % Shards), new Question { Number = note.Number }, TimeSpan.FromMilliseconds(100)).ConfigureAwait(false);
                    }
                    catch (AskTimeoutException)
                    {
                        // Expected now and then: nodes fail and actors ask each other in circles.
                    }

                    break;
            }
        })
        {
            Starting = (actor, _) => actor.Context.SendAsync(actor.Context.Self, new Command { Name = "go on" }),
        }), Answering(new ActorAddress("quiet", 0)));
        cluster.RunFor(TimeSpan.FromSeconds(5));
        return (cluster.TraceHash, cluster.Events);
    }
}
