using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using DistRec.Cluster.Client;
using DistRec.Cluster.Tests.Security;
using DistRec.Data;
using DistRec.Models.Als;
using DistRec.Training.Partitions;
using DistRec.Training.Transfer;
using Microsoft.AspNetCore.Http;

namespace DistRec.Cluster.Tests.Client;

public sealed class ClusterClientTests
{
    private static readonly ClusterSecret Secret = ClusterSecret.FromText("a secret of the tests");
    private static readonly JobSummary Summary =
        new("job-1", "nightly", "als", "training", "", DateTimeOffset.UnixEpoch, null, null, 9, 2, 0.9);

    [Fact]
    public async Task Every_call_proves_the_secret_for_all_of_the_request()
    {
        await using CannedCluster cluster = await CannedCluster.StartAsync();
        cluster.Answer = (asked, context) => asked.Target.Contains("events", StringComparison.Ordinal)
            ? CannedCluster.EventsAsync(context)
            : CannedCluster.JsonAsync(context, Summary);
        using ClusterClient client = new(cluster.Address, Secret);

        await client.JobAsync("job-1").Soon();
        await client.EventsAsync("job-1", 7).Soon();
        await client.CancelAsync("job-1").Soon();
        await client.RemoveAsync("job-1").Soon();
        await client.SubmitAsync(new JobSpec { Job = "job-1", Epochs = 3 }, "nightly").Soon();

        cluster.Requests.Select(asked => asked.Line).ShouldBe(
            ["GET /jobs/job-1", "GET /jobs/job-1/events?after=7", "POST /jobs/job-1/cancel", "DELETE /jobs/job-1", "POST /jobs"]);
        foreach (Asked asked in cluster.Requests)
        {
            asked.BodyHash.ShouldBe(BodyHash.Of(asked.Body));
            SignedRequest signed = new(asked.Method, cluster.Address.Authority, asked.Target, asked.BodyHash!);
            Secret.FindFault(signed, asked.Authorization, TimeProvider.System.GetUtcNow()).ShouldBeNull();
            asked.Host.ShouldBe(signed.Host);
        }
    }

    [Fact]
    public async Task Where_a_coordinator_does_not_answer_the_next_call_goes_to_another_one()
    {
        await using CannedCluster lost = await CannedCluster.StartAsync();
        await using CannedCluster other = await CannedCluster.StartAsync();
        lost.Answer = (_, context) => CannedCluster.JsonAsync(context, new ProblemAnswer("not now", "a coordinator starts", 503), 503);
        other.Answer = (_, context) => CannedCluster.JsonAsync(context, Summary);
        using ClusterClient client = new([lost.Address, other.Address], Secret);

        (await Should.ThrowAsync<ClusterUnreachableException>(client.JobAsync("job-1").Soon())).Message.ShouldStartWith(lost.Address.ToString());
        await client.JobAsync("job-1").Soon();
        await client.CancelAsync("job-1").Soon();

        lost.Requests.Count.ShouldBe(1);
        other.Requests.Select(asked => asked.Line).ShouldBe(["GET /jobs/job-1", "POST /jobs/job-1/cancel"]);
        client.Address.ShouldBe(other.Address);
    }

    [Fact]
    public async Task A_submission_carries_id_name_and_the_whole_specification()
    {
        await using CannedCluster cluster = await CannedCluster.StartAsync();
        cluster.Answer = (_, context) => CannedCluster.JsonAsync(context, Summary, 201);
        using ClusterClient client = new(cluster.Address, null);
        JobSpec spec = new()
        {
            Job = "job-1",
            Epochs = 3,
            GlobalMean = 3.52f,
            Model = ModelSpec.Of(new AlsOptions { Rank = 8, Seed = ulong.MaxValue, Regularization = 0.1f }),
            UserStarts = { 0, 4, 9 },
        };

        JobSummary summary = await client.SubmitAsync(spec, "nightly").Soon();

        summary.ShouldBe(Summary);
        SubmitRequest request = JsonSerializer.Deserialize(cluster.Requests.Single().Body, ApiJson.Default.SubmitRequest)!;
        request.Id.ShouldBe("job-1");
        request.Name.ShouldBe("nightly");
        JobSpec.Parser.ParseJson(request.Spec.GetRawText()).ShouldBe(spec);
        cluster.Requests.Single().Authorization.ShouldBeNull();
    }

    [Fact]
    public async Task Ratings_travel_in_their_wire_form_with_their_length()
    {
        await using CannedCluster cluster = await CannedCluster.StartAsync();
        cluster.Answer = (_, context) => CannedCluster.RefuseAsync(context, HttpStatusCode.NoContent);
        using ClusterClient client = new(cluster.Address, Secret);
        RatingBlock block = new(new RatingMatrix(5, [0, 2, 2, 3], [1, 4, 0], [3.5f, 4, 1]), null);
        using MemoryStream wire = new();
        await block.WriteAsync(wire, CancellationToken.None);

        await client.PutRatingsAsync("job-1", "user-factors", 12, block).Soon();

        Asked asked = cluster.Requests.Single();
        asked.Line.ShouldBe("PUT /jobs/job-1/data/user-factors-12");
        asked.Length.ShouldBe(block.ByteLength);
        asked.Body.ShouldBe(wire.ToArray());
        asked.BodyHash.ShouldBe(BodyHash.Of(wire.ToArray()));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task A_guarded_node_takes_what_a_client_sends_by_whatever_name_it_is_called(string host)
    {
        await using GuardedServer server = await GuardedServer.StartAsync(Secret);
        using ClusterClient client = new(new UriBuilder(server.Address) { Host = host }.Uri, Secret);
        byte[] ratings = [.. Enumerable.Range(0, 3_000_000).Select(position => (byte)(position * 31))];

        await client.PutRatingsAsync("job-1", "user-factors", 0, new BytesBlock(ratings)).Soon();
        await client.CancelAsync("job-1").Soon();

        server.Kept.Select(body => body.Length).ShouldBe([ratings.Length, 0]);
        server.Kept.First().ShouldBe(ratings);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 1)]
    public async Task A_block_is_run_over_once_to_be_sent_and_once_before_where_its_hash_is_signed(bool hasSecret, int runs)
    {
        await using CannedCluster cluster = await CannedCluster.StartAsync();
        cluster.Answer = (_, context) => CannedCluster.RefuseAsync(context, HttpStatusCode.NoContent);
        using ClusterClient client = new(cluster.Address, hasSecret ? Secret : null);
        CountedBlock block = new();

        await client.PutRatingsAsync("job-1", "user-factors", 0, block).Soon();

        block.Runs.ShouldBe(runs);
    }

    [Fact]
    public async Task A_cluster_that_is_not_there_is_named_with_what_to_do()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using ClusterClient client = new(new Uri($"http://127.0.0.1:{port}"), Secret);

        ClusterUnreachableException exception = await Should.ThrowAsync<ClusterUnreachableException>(client.StatusAsync().Soon());

        exception.IsTransient.ShouldBeTrue();
        exception.Message.ShouldStartWith($"http://127.0.0.1:{port}/: expected a DistRec cluster, found Connection refused");
        exception.Message.ShouldContain("check the address and port");
    }

    [Fact]
    public async Task A_cluster_that_does_not_answer_in_time_is_named()
    {
        await using CannedCluster cluster = await CannedCluster.StartAsync();
        cluster.Answer = (_, context) => UntilGivenUpAsync(context);
        TimeSpan limit = TimeSpan.FromMilliseconds(100);
        using ClusterClient client = new(
            cluster.Address, null, new ClusterClientOptions { AnswerTimeout = limit, NewsTimeout = limit, IdleTimeout = limit });

        Task[] calls = [client.StatusAsync(), client.EventsAsync("job-1", 0), client.ModelBlockAsync("job-1", "item-factors", 0)];
        foreach (Task call in calls)
        {
            (await Should.ThrowAsync<ClusterUnreachableException>(call.Soon())).Message.ShouldContain("found no answer for 0.1 s");
        }
    }

    [Fact]
    public async Task A_call_that_is_given_up_ends_as_cancelled()
    {
        await using CannedCluster cluster = await CannedCluster.StartAsync();
        TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Answer = (_, context) =>
        {
            arrived.SetResult();
            return UntilGivenUpAsync(context);
        };
        using ClusterClient client = new(cluster.Address, null);
        using CancellationTokenSource stop = new();

        Task<JobEvents> events = client.EventsAsync("job-1", 0, stop.Token);
        await arrived.Task.Soon();
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(events.Soon());
    }

    [Theory]
    [InlineData(true, "found what it refuses (made with another secret)")]
    [InlineData(false, "found none; give the file that it is in with --secret-file")]
    public async Task A_refused_secret_is_named(bool hasSecret, string expected)
    {
        await using CannedCluster cluster = await CannedCluster.StartAsync();
        cluster.Answer = (_, context) =>
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return context.Response.WriteAsync("made with another secret");
        };
        using ClusterClient client = new(cluster.Address, hasSecret ? Secret : null);

        ClusterRefusedException exception = await Should.ThrowAsync<ClusterRefusedException>(client.JobsAsync().Soon());

        exception.Status.ShouldBe(HttpStatusCode.Unauthorized);
        exception.Message.ShouldContain($"expected the cluster's secret, {expected}");
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.Conflict)]
    [InlineData(HttpStatusCode.BadRequest)]
    public async Task A_refusal_is_told_in_the_clusters_own_words(HttpStatusCode status)
    {
        await using CannedCluster cluster = await CannedCluster.StartAsync();
        cluster.Answer = (_, context) =>
            CannedCluster.RefuseAsync(context, status, "no such job", "expected the id of a job, found \"job-1\"");
        using ClusterClient client = new(cluster.Address, null);

        ClusterRefusedException exception = await Should.ThrowAsync<ClusterRefusedException>(client.CancelAsync("job-1").Soon());

        exception.Status.ShouldBe(status);
        exception.IsTransient.ShouldBeFalse();
        exception.Message.ShouldBe($"{cluster.Address}: no such job: expected the id of a job, found \"job-1\"");
    }

    [Fact]
    public async Task What_a_node_without_a_secret_refuses_is_told_in_its_own_words()
    {
        await using GuardedServer server = await GuardedServer.StartAsync(null);
        using ClusterClient client = new(new UriBuilder(server.Address) { Host = "machine.example" }.Uri, null, new ClusterClientOptions
        {
            // As where the machine's own name stands for the loopback.
            ConfigureHandler = handler => handler.ConnectCallback = async (_, token) =>
            {
                Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(IPAddress.Loopback, server.Address.Port, token);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });

        ClusterRefusedException exception = await Should.ThrowAsync<ClusterRefusedException>(client.JobsAsync().Soon());

        exception.Status.ShouldBe(HttpStatusCode.Forbidden);
        exception.Message.ShouldContain($"found \"machine.example:{server.Address.Port}\"; call it by one of these");
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, null)]
    [InlineData(HttpStatusCode.MovedPermanently, null)]
    [InlineData(HttpStatusCode.BadGateway, null)]
    [InlineData(HttpStatusCode.ServiceUnavailable, "the store is full")]
    [InlineData(HttpStatusCode.InternalServerError, "something broke")]
    public async Task What_may_pass_is_told_from_what_is_refused_for_good(HttpStatusCode status, string? title)
    {
        await using CannedCluster cluster = await CannedCluster.StartAsync();
        cluster.Answer = (_, context) => CannedCluster.RefuseAsync(context, status, title);
        using ClusterClient client = new(cluster.Address, null);

        ClusterUnreachableException exception = await Should.ThrowAsync<ClusterUnreachableException>(client.JobsAsync().Soon());

        exception.Message.ShouldContain($"{(int)status}");
        exception.Message.ShouldContain(title ?? "check the address and port");
    }

    [Theory]
    [InlineData("<html>welcome</html>")]
    [InlineData("null")]
    [InlineData("{\"jobs\": 7}")]
    [InlineData("{}")]
    public async Task The_answer_of_something_else_is_named(string body)
    {
        await using CannedCluster cluster = await CannedCluster.StartAsync();
        cluster.Answer = (_, context) => context.Response.WriteAsync(body);
        using ClusterClient client = new(cluster.Address, null);

        ClusterAnswerException exception = await Should.ThrowAsync<ClusterAnswerException>(client.JobsAsync().Soon());

        exception.Message.ShouldStartWith($"GET {cluster.Address}jobs: expected the answer of a DistRec cluster, found another one");
    }

    [Fact]
    public async Task A_block_that_is_cut_short_may_come_whole_the_next_time()
    {
        await using CannedCluster cluster = await CannedCluster.StartAsync();
        cluster.Answer = async (_, context) =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.Body.WriteAsync(new byte[100]);
            await context.Response.Body.FlushAsync();
            context.Abort();
        };
        using ClusterClient client = new(cluster.Address, null);

        (await Should.ThrowAsync<ClusterException>(client.ModelBlockAsync("job-1", "item-factors", 0).Soon()))
            .ShouldNotBeOfType<ClusterRefusedException>();
    }

    [Theory]
    [InlineData("../cluster")]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("-a")]
    public void Only_ids_of_jobs_become_part_of_a_path(string job)
    {
        using ClusterClient client = new(new Uri("http://127.0.0.1:1"), null);

        Should.Throw<ArgumentException>(() => client.JobAsync(job));
    }

    [Fact]
    public void Ids_made_one_after_the_other_differ_and_are_ids()
    {
        string[] ids = [.. Enumerable.Range(0, 20).Select(_ => JobIds.Create(TimeProvider.System))];

        ids.Distinct().Count().ShouldBe(20);
        ids.ShouldAllBe(id => JobIds.IsValid(id));
    }

    private sealed class CountedBlock : IBlock
    {
        public int Runs { get; private set; }

        public long ByteLength => 3;

        public ValueTask WriteAsync(Stream stream, CancellationToken cancellationToken)
        {
            Runs++;
            return stream.WriteAsync(new byte[] { 1, 2, 3 }, cancellationToken);
        }
    }

    private static async Task UntilGivenUpAsync(HttpContext context)
    {
        TaskCompletionSource givenUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = context.RequestAborted.Register(givenUp.SetResult);
        await givenUp.Task;
    }
}
