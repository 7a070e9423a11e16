using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Cluster.Tests.Hosting;

public sealed class OtherReleaseTests : IAsyncLifetime
{
    private SmallCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await SmallCluster.StartAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    [Fact]
    public async Task A_node_of_another_release_does_not_join_and_says_why()
    {
        string other = Path.Combine(_cluster.Folder, "other.conf");
        await File.WriteAllTextAsync(other, "akka.cluster.app-version = \"9.9.9\"");

        ClusterJoinException refused = await Should.ThrowAsync<ClusterJoinException>(ClusterNode.StartAsync(
            SmallCluster.WorkerOf(_cluster.Coordinator) with { AkkaFiles = [other] }, NullLoggerFactory.Instance).Soon("the refusal"));

        refused.Message.ShouldContain("runs DistRec 0.1.0 and this node 9.9.9; run the same release on every node");
        using CancellationTokenSource bound = new(TimeSpan.FromMinutes(1));
        ClusterStatus status;
        do
        {
            status = await _cluster.Client.StatusAsync(bound.Token);
        }
        while (status.Nodes.Count != 2);

        status.Nodes.Select(node => node.State).ShouldBe(["up", "up"]);
    }
}
