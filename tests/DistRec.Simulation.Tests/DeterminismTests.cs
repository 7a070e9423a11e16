using DistRec.Contracts;
using DistRec.Models;
using DistRec.Training.Blocks;
using DistRec.Training.Coordination;
using DistRec.Training.Protocol;
using static DistRec.Simulation.Tests.Scripted;

namespace DistRec.Simulation.Tests;

public sealed class DeterminismTests
{
    private static readonly BlockKey Key = new("job", 1, "b", 0, 0);

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
        HashSet<ulong> hashes = [];
        for (ulong seed = 0; seed < 40; seed++)
        {
            (ulong hash, long events) = Gossip(seed);
            Gossip(seed).ShouldBe((hash, events));
            events.ShouldBeGreaterThan(500);
            hashes.Add(hash);
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

    // A singleton and partitions that send, compute, publish and pull through every kind of fault, for five seconds.
    private static (ulong Hash, long Events) Gossip(ulong seed)
    {
        const int Partitions = 5;
        SimulatedCluster cluster = new(seed, Rough);
        HostPartitions(cluster, (shell, message, sender) =>
        {
            if (message is Ping)
            {
                shell.Life.Blocks.Publish(Key, new BytesBlock(7));
                string endpoint = cluster.Nodes[(int)(cluster.Events % 4)].Blocks.Endpoint;
                shell.Call(async () =>
                {
                    BytesBlock block = await shell.Life.Blocks.PullAsync(endpoint, Key, new BytesBlockReader()).ConfigureAwait(false);
                    await shell.Life.PassAsync(TimeRange.Milliseconds(0, 2)).ConfigureAwait(false);
                    return Numbered(block.Bytes.Span[0]);
                });
                shell.Tell(sender!, Numbered(1));
            }
        });
        cluster.Placement.HostSingleton(life => new ScriptedShell(life, "singleton", (shell, message, _) =>
        {
            if (message is string)
            {
                for (int index = 0; index < Partitions; index++)
                {
                    cluster.Placement.Tell(shell, "job", new PartitionId(Side.User, index), new Ping { Job = "job" });
                }

                shell.Later(TimeSpan.FromMilliseconds(50), message);
            }
        })
        { Starting = shell => shell.TellSelf("go on") });
        cluster.RunFor(TimeSpan.FromSeconds(5));
        return (cluster.TraceHash, cluster.Events);
    }
}
