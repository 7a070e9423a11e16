using DistRec.Node.Client;

namespace DistRec.Cluster.Tests;

[Collection("processes, one cluster at a time")]
public sealed class StrangerTests
{
    [Fact]
    public async Task A_node_without_the_clusters_secret_is_refused_by_name_and_the_seed_notes_it()
    {
        await using TestCluster cluster = await TestCluster.StartAsync(0);
        NodeStart stranger = new(cluster.WorkerOptions, TestCluster.WithSecret("another secret altogether"));
        (int code, string log) = await NodeProcess.RunToEndAsync(stranger);
        code.ShouldBe(2, log);
        log.ShouldContain("secret");
        await cluster.Seed.HeardAsync("was refused (Secret)");
    }

    [Fact]
    public async Task A_node_that_speaks_another_version_of_the_protocol_is_refused_by_name_and_the_seed_notes_it()
    {
        using OtherRelease next = new();
        await using TestCluster cluster = await TestCluster.StartAsync(1);
        (int code, string log) = await NodeProcess.RunToEndAsync(new NodeStart(cluster.WorkerOptions, TestCluster.WithSecret()) { Release = next.Folder });
        code.ShouldBe(2, log);
        log.ShouldContain("it speaks version 3 of the protocol and the seed version 2; run the same release on all nodes");
        await cluster.Seed.HeardAsync("was refused (Protocol)");
        using ClusterClient client = cluster.Client();
        (await client.StatusAsync()).Nodes.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_worker_left_over_when_the_seed_was_upgraded_is_refused_by_name()
    {
        using OtherRelease next = new();
        await using TestCluster cluster = await TestCluster.StartAsync(0, new ClusterSettings { SeedRelease = next.Folder });
        (int code, string log) = await NodeProcess.RunToEndAsync(new NodeStart(cluster.WorkerOptions, TestCluster.WithSecret()));
        code.ShouldBe(2, log);
        log.ShouldContain("it speaks version 2 of the protocol");
        await cluster.Seed.HeardAsync("was refused (Protocol)");
    }

    [Fact]
    public async Task A_node_in_the_clear_off_the_loopback_has_to_be_asked_for()
    {
        string[] options = ["--role", "seed", "--listen", "0.0.0.0:0", "--store", "unused", "--journal", "unused"];
        (int code, string log) = await NodeProcess.RunToEndAsync(new NodeStart(options, TestCluster.WithSecret()));
        code.ShouldBe(2, log);
        log.ShouldContain("--allow-plaintext");
    }
}
