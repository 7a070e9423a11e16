using DistRec.Actors;
using DistRec.Contracts;
using static DistRec.Simulation.Tests.Actors;

namespace DistRec.Simulation.Tests;

public sealed class BlockTests
{
    private static readonly BlockKey Key = new("job", 1, "b", 0, 0);

    [Fact]
    public void A_pull_gets_the_reference_on_its_own_node_and_the_bytes_elsewhere()
    {
        SimulatedCluster cluster = new(1, WithRoles("client", "host"));
        cluster.Register(Answering(First, "host"));
        cluster.RunFor(TimeSpan.FromSeconds(1));
        BytesBlock block = new(1, 2, 3);
        cluster.Nodes[1].Blocks.Publish(Key, block);

        Pull(cluster, 1).ShouldBeSameAs(block);
        TimeSpan before = cluster.Now;
        BytesBlock copy = Pull(cluster, 0);

        copy.ShouldNotBeSameAs(block);
        copy.Bytes.ToArray().ShouldBe([1, 2, 3]);
        (cluster.Now - before).ShouldBeGreaterThanOrEqualTo(2 * Plain.PullDelay.Shortest);
        Pull(cluster, 0, 2, 0).Bytes.ToArray().ShouldBe([3, 1], "the selection travels with the pull");
    }

    [Fact]
    public void A_block_that_its_owner_has_not_read_is_read_by_the_pull()
    {
        SimulatedCluster cluster = new(1, WithRoles("client", "host"));
        cluster.Register(Answering(First, "host"));
        cluster.RunFor(TimeSpan.FromSeconds(1));
        cluster.Nodes[1].Blocks.Publish(Key, new UnreadBytesBlock(4, 5));

        Pull(cluster, 0).Bytes.ToArray().ShouldBe([4, 5]);
        Pull(cluster, 1).Bytes.ToArray().ShouldBe([4, 5]);
    }

    [Fact]
    public void A_pull_waits_for_the_block_and_follows_its_owner_to_another_node()
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            SimulatedCluster cluster = new(seed, WithRoles("client", "host", "host"));
            cluster.Register(new ActorKind("first", 1, _ => new ScriptedActor((_, _) => ValueTask.CompletedTask)
            {
                Starting = (actor, reason) =>
                {
                    if (reason == StartReason.Relocation)
                    {
                        actor.Context.Blocks.Publish(Key, new BytesBlock(7));
                    }

                    return ValueTask.CompletedTask;
                },
            }, "host"));
            cluster.RunFor(TimeSpan.FromSeconds(1));
            cluster.At(cluster.Now + TimeSpan.FromMilliseconds(seed), () => cluster.Crash(cluster.NodeOf(First)!.Number));

            Pull(cluster, 0).Bytes.ToArray().ShouldBe([7]);
        }
    }

    [Fact]
    public void A_pull_that_a_cut_lost_is_asked_for_again()
    {
        SimulatedCluster cluster = new(1, WithRoles("client", "host"));
        cluster.Register(Answering(First, "host"));
        cluster.RunFor(TimeSpan.FromSeconds(1));
        cluster.Nodes[1].Blocks.Publish(Key, new BytesBlock(5));
        cluster.Cut(0, 1, loses: true);
        cluster.At(cluster.Now + TimeSpan.FromMilliseconds(300), () => cluster.Heal(0, 1));

        Pull(cluster, 0).Bytes.ToArray().ShouldBe([5]);
    }

    [Fact]
    public void Dropped_blocks_wrong_types_and_stopped_nodes_end_a_pull_by_name()
    {
        SimulatedCluster cluster = new(1, WithRoles("client", "host"));
        cluster.Register(Answering(First, "host"));
        cluster.RunFor(TimeSpan.FromSeconds(1));
        IBlockExchange owner = cluster.Nodes[1].Blocks;
        owner.Publish(Key with { Round = 3 }, new EmptyBlock());

        Should.Throw<SimulationException>(() => Pull(cluster, 0, Key with { Round = 3 })).InnerException.ShouldBeOfType<BlockTypeException>();
        cluster.At(cluster.Now + TimeSpan.FromMilliseconds(100), () => owner.DropThrough("job", 2));
        Should.Throw<SimulationException>(() => Pull(cluster, 0, Key)).InnerException.ShouldBeOfType<BlockDroppedException>();
        Should.Throw<SimulationException>(() => Pull(cluster, 1, Key)).InnerException.ShouldBeOfType<BlockDroppedException>();
        cluster.At(cluster.Now + TimeSpan.FromMilliseconds(100), () => _ = cluster.Nodes[0].DisposeAsync().AsTask());
        Should.Throw<SimulationException>(() => Pull(cluster, 0, Key with { Round = 9 })).InnerException.ShouldBeOfType<BlockExchangeStoppedException>();
    }

    [Fact]
    public void A_drop_acts_on_its_own_node_and_ends_that_nodes_pulls_from_anywhere()
    {
        SimulatedCluster cluster = new(1, WithRoles("client", "host", "client"));
        cluster.Register(Answering(First, "host"));
        cluster.RunFor(TimeSpan.FromSeconds(1));
        cluster.At(cluster.Now + TimeSpan.FromMilliseconds(100), () => cluster.Nodes[0].Blocks.DropThrough("job", 1));

        Should.Throw<SimulationException>(() => Pull(cluster, 0)).InnerException.ShouldBeOfType<BlockDroppedException>();
        Should.Throw<SimulationException>(() => Pull(cluster, 0)).InnerException.ShouldBeOfType<BlockDroppedException>();
        cluster.Nodes[1].Blocks.Publish(Key, new BytesBlock(6));
        Pull(cluster, 2).Bytes.ToArray().ShouldBe([6]);
    }

    private static BytesBlock Pull(SimulatedCluster cluster, int node, params byte[] positions) =>
        cluster.Run(() => cluster.Nodes[node].Blocks.PullAsync(First, Key, new BytesBlockReader(positions)).AsTask(), Bound);

    private static BytesBlock Pull(SimulatedCluster cluster, int node, BlockKey key) =>
        cluster.Run(() => cluster.Nodes[node].Blocks.PullAsync(First, key, new BytesBlockReader()).AsTask(), Bound);
}
