using DistRec.Contracts;
using DistRec.Training.Blocks;
using static DistRec.Simulation.Tests.Scripted;

namespace DistRec.Simulation.Tests;

public sealed class BlockTests
{
    private static readonly BlockKey Key = new("job", 1, "b", 0, 0);

    [Fact]
    public void A_pull_gets_the_reference_on_its_own_node_and_the_bytes_elsewhere()
    {
        SimulatedCluster cluster = new(1, Plain);
        BytesBlock block = new(1, 2, 3);
        cluster.Nodes[1].Blocks.Publish(Key, block);

        Pull(cluster, 1).ShouldBeSameAs(block);
        TimeSpan before = cluster.Now;
        BytesBlock copy = Pull(cluster, 0);

        copy.ShouldNotBeSameAs(block);
        copy.Bytes.ToArray().ShouldBe([1, 2, 3]);
        (cluster.Now - before).ShouldBeGreaterThanOrEqualTo(2 * Plain.PullDelay.Shortest);
        Pull(cluster, 0, Key, 2, 0).Bytes.ToArray().ShouldBe([3, 1], "the selection travels with the pull");
    }

    [Fact]
    public void A_block_that_its_owner_has_not_read_is_read_by_the_pull()
    {
        SimulatedCluster cluster = new(1, Plain);
        cluster.Nodes[1].Blocks.Publish(Key, new UnreadBytesBlock(4, 5));

        Pull(cluster, 0).Bytes.ToArray().ShouldBe([4, 5]);
        Pull(cluster, 1).Bytes.ToArray().ShouldBe([4, 5]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_pull_waits_for_the_next_life_of_a_node_with_a_fixed_endpoint_and_gives_up_any_other(bool isFixed)
    {
        SimulatedCluster cluster = new(1, Plain with { SameEndpointShare = isFixed ? 1 : 0 });
        string endpoint = cluster.Nodes[1].Blocks.Endpoint;
        cluster.At(TimeSpan.FromMilliseconds(100), () => cluster.Crash(1));
        cluster.At(TimeSpan.FromSeconds(20), () => cluster.Restart(1));
        cluster.At(TimeSpan.FromMinutes(2), () => cluster.Nodes[1].Blocks.Publish(Key, new BytesBlock(7)));

        Task<BytesBlock> pull = PullAsync(cluster, 0, endpoint);
        cluster.RunFor(TimeSpan.FromMinutes(3));

        if (isFixed)
        {
            (await pull).Bytes.ToArray().ShouldBe([7]);
        }
        else
        {
            pull.Exception!.InnerException.ShouldBeOfType<BlockUnreachableException>();
        }
    }

    [Fact]
    public void A_pull_that_a_cut_lost_is_asked_for_again()
    {
        SimulatedCluster cluster = new(1, Plain);
        cluster.Nodes[1].Blocks.Publish(Key, new BytesBlock(5));
        cluster.Cut(0, 1, loses: true);
        cluster.At(cluster.Now + TimeSpan.FromMilliseconds(300), () => cluster.Heal(0, 1));

        Pull(cluster, 0).Bytes.ToArray().ShouldBe([5]);
    }

    [Fact]
    public void Dropped_blocks_wrong_types_and_stopped_nodes_end_a_pull_by_name()
    {
        SimulatedCluster cluster = new(1, Plain);
        IBlockExchange owner = cluster.Nodes[1].Blocks;
        owner.Publish(Key with { Round = 3 }, new EmptyBlock());

        Failure(0, Key with { Round = 3 }).ShouldBeOfType<BlockTypeException>();
        cluster.At(cluster.Now + TimeSpan.FromMilliseconds(100), () => owner.DropThrough("job", 2));
        Failure(0, Key).ShouldBeOfType<BlockDroppedException>();
        Failure(1, Key).ShouldBeOfType<BlockDroppedException>();
        cluster.At(cluster.Now + TimeSpan.FromMilliseconds(100), () => cluster.Nodes[0].Life.Stop());
        Failure(0, Key with { Round = 9 }).ShouldBeOfType<BlockExchangeStoppedException>();

        Exception Failure(int node, BlockKey key) => Should.Throw<SimulationException>(() => Pull(cluster, node, key)).InnerException!;
    }

    [Fact]
    public void A_drop_acts_on_its_own_node_and_ends_that_nodes_pulls_from_anywhere()
    {
        SimulatedCluster cluster = new(1, Plain);
        cluster.At(cluster.Now + TimeSpan.FromMilliseconds(100), () => cluster.Nodes[0].Blocks.DropThrough("job", 1));

        Should.Throw<SimulationException>(() => Pull(cluster, 0)).InnerException.ShouldBeOfType<BlockDroppedException>();
        Should.Throw<SimulationException>(() => Pull(cluster, 0)).InnerException.ShouldBeOfType<BlockDroppedException>();
        cluster.Nodes[1].Blocks.Publish(Key, new BytesBlock(6));
        Pull(cluster, 2).Bytes.ToArray().ShouldBe([6]);
    }

    internal static Task<BytesBlock> PullAsync(SimulatedCluster cluster, int node, string endpoint) =>
        cluster.Nodes[node].Blocks.PullAsync(endpoint, Key, new BytesBlockReader()).AsTask();

    // Of node 1.
    private static BytesBlock Pull(SimulatedCluster cluster, int node, BlockKey? key = null, params byte[] positions)
    {
        string endpoint = cluster.Nodes[1].Blocks.Endpoint;
        return cluster.Run(() => cluster.Nodes[node].Blocks.PullAsync(endpoint, key ?? Key, new BytesBlockReader(positions)).AsTask(), Bound);
    }
}
