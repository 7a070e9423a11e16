using System.Net;
using DistRec.Cluster.Client;
using DistRec.Cluster.Security;

namespace DistRec.Processes.Tests;

[Collection(ProcessTests.Name)]
public sealed class StrangerTests(SharedCluster shared)
{
    [Theory]
    [InlineData(null)]
    [InlineData("another secret altogether")]
    public Task Whoever_calls_without_the_clusters_secret_is_refused_by_name_and_the_coordinator_notes_it(string? secret) => shared.UseAsync(1, async cluster =>
    {
        int said = cluster.Coordinator.Lines;
        using ClusterClient stranger = new(cluster.Coordinator.Address, secret is null ? null : ClusterSecret.FromText(secret));
        ClusterRefusedException refused = await Should.ThrowAsync<ClusterRefusedException>(() => stranger.StatusAsync());
        refused.Status.ShouldBe(HttpStatusCode.Unauthorized);
        refused.Message.ShouldContain("secret");
        await cluster.Coordinator.HeardAsync("Refused a request to /cluster", said);
    });

    [Fact]
    public async Task A_node_in_the_clear_off_the_loopback_has_to_be_asked_for()
    {
        string[] options = ["--role", "coordinator", "--listen", "0.0.0.0:7400", "--store", "unused", "--journal", "unused"];
        (int code, string log) = await NodeProcess.RunToEndAsync(new NodeStart(options, TestCluster.WithSecret()));
        code.ShouldBe(2, log);
        log.ShouldContain("--allow-plaintext");
    }
}
