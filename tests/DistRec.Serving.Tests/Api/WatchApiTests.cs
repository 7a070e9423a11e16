using System.Net;
using System.Text.Json;

namespace DistRec.Serving.Tests.Api;

public sealed class WatchApiTests(TestServer server) : IClassFixture<TestServer>
{
    [Fact]
    public async Task The_cluster_is_shown_with_what_lives_on_it()
    {
        JsonElement cluster = await server.GetAsync("/v1/cluster");

        JsonElement node = cluster.GetProperty("nodes").EnumerateArray().ShouldHaveSingleItem();
        node.EnumerateObject().Select(property => property.Name).ShouldBe(["id", "role", "state", "address", "threads", "version", "shards"]);
        (node.GetProperty("role").GetString(), node.GetProperty("state").GetString()).ShouldBe(("coordinator,predictor,worker", "up"));
        node.GetProperty("version").GetString().ShouldBe(cluster.GetProperty("version").GetString());
        JsonElement partitions = cluster.GetProperty("partitions");
        int count = partitions.GetProperty("count").GetInt32();
        JsonElement hosted = partitions.GetProperty("hosted").EnumerateArray().ShouldHaveSingleItem();
        (hosted.GetProperty("node").GetString(), hosted.GetProperty("count").GetInt32()).ShouldBe((node.GetProperty("id").GetString(), count));
        node.GetProperty("shards").EnumerateArray().Select(shard => shard.GetString()).ShouldBe(Enumerable.Range(0, count).Select(partition => $"predictions/{partition}"));
    }

    [Fact]
    public async Task An_overview_counts_answers_and_not_who_watches()
    {
        JsonElement before = await server.GetAsync("/v1/overview");
        await server.GetAsync("/v1/predict?user=u1&item=i1");
        await server.GetAsync("/v1/cluster");
        await server.PostAsync("/v1/users/watched/ratings", """[{"item":"i1","rating":5},{"item":"i2","rating":5},{"item":"i1","rating":4}]""");
        using HttpResponseMessage refused = await server.Client.GetAsync(new Uri("/v1/predict?user=u1", UriKind.Relative));
        JsonElement after = await server.GetAsync("/v1/overview");

        JsonElement requests = after.GetProperty("requests");
        (requests.GetProperty("total").GetInt64() - before.GetProperty("requests").GetProperty("total").GetInt64()).ShouldBe(3);
        requests.GetProperty("failed").GetInt64().ShouldBe(0);
        requests.GetProperty("p99Milliseconds").GetDouble().ShouldBeGreaterThanOrEqualTo(requests.GetProperty("p50Milliseconds").GetDouble());
        requests.GetProperty("perSecond").GetDouble().ShouldBeGreaterThan(0);
        (after.GetProperty("newRatings").GetInt64() - before.GetProperty("newRatings").GetInt64()).ShouldBe(2);
        (after.GetProperty("users").GetInt32(), after.GetProperty("items").GetInt32()).ShouldBe((SmallModels.Users, SmallModels.Items));
        JsonElement model = after.GetProperty("model");
        (model.GetProperty("name").GetString(), model.GetProperty("version").GetInt32(), model.GetProperty("modelSha256").GetString()).ShouldBe(("small", 1, server.Model.Sha256));
        after.GetProperty("jobsRunning").GetInt32().ShouldBe(0);
        after.GetProperty("uptimeSeconds").GetDouble().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Whoever_looks_after_the_process_hears_that_it_is_well()
    {
        (await server.Client.GetStringAsync(new Uri("/healthz/live", UriKind.Relative))).ShouldBe("ok");
        (await server.Client.GetStringAsync(new Uri("/healthz/ready", UriKind.Relative))).ShouldBe("ok; small version 1 answers");
    }

    [Fact]
    public async Task Metrics_are_in_the_text_of_Prometheus()
    {
        await server.PostAsync("/v1/users/measured/ratings", """{"item":"i1","rating":5}""");
        await server.GetAsync("/v1/predict?user=measured&item=i2");
        using HttpResponseMessage response = await server.Client.GetAsync(new Uri("/metrics", UriKind.Relative));
        string[] lines = (await response.Content.ReadAsStringAsync()).Split('\n');

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/plain");
        foreach (string metric in new[]
        {
            "distrec_request_duration_seconds_bucket{otel_scope_name=\"DistRec.Serving\",le=\"0.001\"}",
            "distrec_events_total{otel_scope_name=\"DistRec.Serving\",distrec_event_kind=\"rating\"}",
            "distrec_users_folded_total{otel_scope_name=\"DistRec.Serving\"}",
            "distrec_swaps_total{otel_scope_name=\"DistRec.Serving\"}",
        })
        {
            double.Parse(lines.Single(line => line.StartsWith(metric, StringComparison.Ordinal)).Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)
                .ShouldBeGreaterThanOrEqualTo(metric.Contains("bucket", StringComparison.Ordinal) ? 0 : 1, metric);
        }
    }

    [Fact]
    public async Task A_server_without_a_trainer_says_so()
    {
        JsonElement problem = await server.PostAsync("/v1/jobs", "{}", HttpStatusCode.Conflict);

        problem.GetProperty("title").GetString().ShouldBe("the server takes no jobs");
        (await server.GetAsync("/v1/jobs")).GetProperty("jobs").GetArrayLength().ShouldBe(0);
    }
}
