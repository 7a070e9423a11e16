using System.Net;
using Akka.Actor;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Cluster.Tests.Hosting;

/// <summary>A node whose queue or region had died once said that it was well, and did nothing ever after.</summary>
public sealed class NodeFailureTests : IAsyncLifetime
{
    private SmallCluster _cluster = null!;

    public async Task InitializeAsync() => _cluster = await SmallCluster.StartAsync();

    public Task DisposeAsync() => _cluster.DisposeAsync().AsTask();

    [Theory]
    [InlineData("user-factors", "the region of user partitions")]
    [InlineData("item-factors", "the region of item partitions")]
    [InlineData("parameters", "the region of parameter shards")]
    public async Task A_node_whose_region_has_ended_is_not_healthy_and_ends_by_name(string region, string words)
    {
        ClusterNode worker = _cluster.Worker;
        await HealthyAsync(worker);

        worker.ActorSystem.ActorSelection($"/system/sharding/{region}").Tell(PoisonPill.Instance);

        string reason = await worker.Ended.Soon("the end of the node");
        reason.ShouldStartWith($"{words} has ended although the node goes on");
        (await HealthAsync(worker)).ShouldBe((HttpStatusCode.ServiceUnavailable, reason));
        worker.Ended.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task A_coordinator_whose_queue_does_not_answer_is_not_healthy()
    {
        await HealthyAsync(_cluster.Coordinator);

        // The manager of the singleton: it starts no queue again when it has ended itself.
        _cluster.Coordinator.ActorSystem.ActorSelection("/user/jobs").Tell(PoisonPill.Instance);

        using CancellationTokenSource bound = new(TimeSpan.FromMinutes(1));
        (HttpStatusCode Status, string Words) health;
        do
        {
            bound.Token.ThrowIfCancellationRequested();
            health = await HealthAsync(_cluster.Coordinator);
        }
        while (health.Status == HttpStatusCode.OK);

        health.Words.ShouldStartWith("the queue of jobs does not answer");
    }

    [Fact]
    public async Task A_stray_file_of_settings_changes_nothing()
    {
        string stray = Path.Combine(Environment.CurrentDirectory, "appsettings.json");
        File.Exists(stray).ShouldBeFalse();
        await File.WriteAllTextAsync(stray, "{ \"Kestrel\": { \"Endpoints\": { \"Http\": { \"Url\": \"http://256.0.0.1:1\" } } } }");
        try
        {
            await using ClusterNode worker = await ClusterNode.StartAsync(SmallCluster.WorkerOf(_cluster.Coordinator), NullLoggerFactory.Instance);
            await HealthyAsync(worker);
        }
        finally
        {
            File.Delete(stray);
        }
    }

    // A node that has just been started may still be joining.
    private static async Task HealthyAsync(ClusterNode node)
    {
        using CancellationTokenSource bound = new(TimeSpan.FromMinutes(1));
        while (await HealthAsync(node) != (HttpStatusCode.OK, "ok"))
        {
            bound.Token.ThrowIfCancellationRequested();
        }
    }

    private static async Task<(HttpStatusCode Status, string Words)> HealthAsync(ClusterNode node)
    {
        using HttpClient http = new();
        using HttpResponseMessage answer = await http.GetAsync(new Uri(node.Address, "health")).Soon("the node's health");
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
