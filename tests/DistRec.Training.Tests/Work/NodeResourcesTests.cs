using DistRec.Training.Compute;

namespace DistRec.Training.Tests.Work;

public sealed class NodeResourcesTests
{
    [Fact]
    public void What_a_job_has_on_a_node_goes_with_its_last_partition_and_with_no_other_jobs()
    {
        using ComputePool compute = new(1);
        using LocalBlockExchange blocks = new();
        NodeResources node = new(blocks, compute);
        BlockKey key = new("a", 1, "tables", 0, 0);
        blocks.Publish(key, new SumsBlock([1]));
        node.Enter("a");
        node.Enter("a");
        node.Enter("b");

        node.Leave("a");
        node.Leave("b");
        blocks.Find(key).ShouldNotBeNull();
        node.Leave("a");
        blocks.Find(key).ShouldBeNull();
    }

    [Fact]
    public void No_two_incarnations_are_named_alike()
    {
        using ComputePool compute = new(1);
        using LocalBlockExchange blocks = new();
        NodeResources node = new(blocks, compute);
        Enumerable.Range(0, 1000).Select(_ => node.NewIncarnation()).ShouldBeUnique();
    }
}
