using System.Net;
using DistRec.Cluster.Client;
using DistRec.Cluster.Security;
using DistRec.Training.Jobs;

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
    public Task A_node_of_another_release_that_comes_while_a_job_runs_ends_by_name_and_costs_no_bit() => shared.UseAsync(1, async cluster =>
    {
        using OtherRelease other = new();
        TrainingSettings settings = Jobs.LongOf("als");
        int said = cluster.Coordinator.Lines;
        Task<(int Code, string Log)>? refusal = null;
        TrainingOutcome outcome = await cluster.TrainAsync(Jobs.Data, settings, jobEvent =>
        {
            if (jobEvent.Epoch?.Epoch == 1)
            {
                refusal ??= NodeProcess.RunToEndAsync(new NodeStart(cluster.JoinOptions, TestCluster.WithSecret()) { Program = other.Program });
            }
        });
        (int code, string log) = await refusal.ShouldNotBeNull();
        code.ShouldBe(2, log);
        log.ShouldContain($"this node {OtherRelease.Version}; run the same release on every node");
        log.ShouldNotContain(" is ready on ");
        await outcome.ShouldBeAsInOneProcessAsync(settings);
        await cluster.Coordinator.HeardAsync("is no longer in the cluster", said);
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
