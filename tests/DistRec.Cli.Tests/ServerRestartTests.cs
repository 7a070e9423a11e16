using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using DistRec.Cluster.Hosting;
using DistRec.Cluster.Security;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Cli.Tests;

/// <summary>A server in a cluster that trains without it.</summary>
public sealed class ServerRestartTests : IAsyncLifetime, IDisposable
{
    private readonly LocalServer _server = new();
    private ClusterNode _other = null!;
    private ClusterNodeOptions _joining = null!;

    public async Task InitializeAsync()
    {
        ClusterNodeOptions node = new()
        {
            Roles = [NodeRoles.Coordinator, NodeRoles.Worker],
            Secret = ClusterSecret.FromText("a secret of the tests"),
            Store = _server["store"],
            Journal = _server["jobs.db"],
            Threads = 2,
        };
        _other = await ClusterNode.StartAsync(node, NullLoggerFactory.Instance);
        _joining = node with { Roles = [NodeRoles.Predictor], Join = [new DnsEndPoint(_other.Address.Host, _other.Address.Port)] };
    }

    public async Task DisposeAsync()
    {
        await _server.StopAsync();
        await _other.DisposeAsync();
    }

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_server_that_is_started_again_goes_on_with_the_jobs_that_its_cluster_trains()
    {
        await _server.StartAsync(_joining);
        string id = await _server.SubmitAsync(ServerJobTests.Long);
        await _server.FirstEpochAsync(id);
        await _server.StopAsync();
        JsonElement kept = JsonDocument.Parse(await File.ReadAllTextAsync(_server[$"data/jobs/{id}/job.json"])).RootElement;
        kept.GetProperty("end").ValueKind.ShouldBe(JsonValueKind.Null, "the job was over before the server stopped");

        await _server.StartAsync(_joining);
        List<SseItem<string>> events = await _server.EventsAsync(id);

        events[^1].Data.ShouldStartWith("""{"state":"completed","reason":""");
        events.Count(one => one.EventType == "epoch").ShouldBe(400);
        (await _server.GetAsync("/v1/jobs")).GetProperty("jobs").GetArrayLength().ShouldBe(1);
        (await _server.GetAsync("/v1/predict?user=3&item=4")).GetProperty("served").GetProperty("model").GetString().ShouldBe("long");
        Directory.Exists(_server[$"data/jobs/{id}/model.work"]).ShouldBeFalse();
        JsonElement cluster = await _server.GetAsync("/v1/cluster");
        cluster.GetProperty("nodes").EnumerateArray().Select(one => one.GetProperty("role").GetString()).ShouldBe(["coordinator,worker", "predictor"]);
        JsonElement hosted = cluster.GetProperty("partitions").GetProperty("hosted").EnumerateArray().ShouldHaveSingleItem();
        hosted.GetProperty("node").GetString().ShouldBe(cluster.GetProperty("nodes")[1].GetProperty("id").GetString());
    }
}
