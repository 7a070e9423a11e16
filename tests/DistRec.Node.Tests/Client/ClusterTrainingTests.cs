using System.Net;
using DistRec.Contracts;
using DistRec.Data;
using DistRec.Models.Baseline;
using DistRec.Node.Api;
using DistRec.Node.Client;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;
using Google.Protobuf.Collections;
using Microsoft.AspNetCore.Http;
using Note = DistRec.Training.Protocol.Note;

namespace DistRec.Node.Tests.Client;

public sealed class ClusterTrainingTests : IAsyncLifetime, IDisposable
{
    private const string Job = "job-1";

    private static readonly TrainingSettings Settings = new() { Baseline = new BaselineOptions(), Epochs = 3, Partitions = 2 };
    private static readonly JobEvent Completed = new() { Sequence = 9, State = new StateChanged { State = JobState.Completed, Reason = "all epochs done", BestEpoch = 2 } };

    private readonly TrainingData _data = TestRatings.Small;
    private readonly List<string> _words = [];
    private CannedCluster _cluster = null!;
    private ClusterClient _client = null!;
    private int _news;

    public async Task InitializeAsync()
    {
        _cluster = await CannedCluster.StartAsync();
        _client = new ClusterClient(_cluster.Address, null);
    }

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task A_job_is_uploaded_submitted_followed_and_its_model_joined()
    {
        Play(
            context => CannedCluster.EventsAsync(context, Epoch(1, 1), Epoch(2, 2), new JobEvent { Sequence = 3, Note = new Note { Text = "began again" } }),
            context => CannedCluster.EventsAsync(context, Epoch(4, 2), Epoch(5, 3)),
            context => CannedCluster.EventsAsync(context, Completed));
        List<long> seen = [];

        TrainingOutcome outcome = await Training().RunAsync(_data, Settings, new Heard<JobEvent>(happening => seen.Add(happening.Sequence))).Soon();

        outcome.State.ShouldBe(JobState.Completed);
        outcome.BestEpoch.ShouldBe(2);
        outcome.Epochs.Select(epoch => epoch.Epoch).ShouldBe([1, 2, 3]);
        outcome.Notes.ShouldBe(["began again"]);
        seen.ShouldBe([1, 2, 3, 4, 5, 9]);
        outcome.Model!.UserBiases.ShouldBe(Enumerable.Range(0, _data.Train.RowCount).Select(row => (float)row));
        outcome.Model.ItemBiases.Length.ShouldBe(_data.Train.ColumnCount);
        string[] lines = [.. _cluster.Requests.Select(asked => asked.Line)];
        lines.Take(4).Order().ShouldBe(
            ["PUT /jobs/job-1/data/item-factors-0", "PUT /jobs/job-1/data/item-factors-1", "PUT /jobs/job-1/data/user-factors-0", "PUT /jobs/job-1/data/user-factors-1"]);
        lines[4].ShouldBe("POST /jobs");
        lines.Skip(5).Take(3).ShouldBe(["GET /jobs/job-1/events?after=0", "GET /jobs/job-1/events?after=3", "GET /jobs/job-1/events?after=5"]);
        JobSpec spec = JobSpec.Parser.ParseJson(System.Text.Json.JsonSerializer.Deserialize(_cluster.Requests.ElementAt(4).Body, ApiJson.Default.SubmitRequest)!.Spec.GetRawText());
        spec.Snapshots.ShouldBeTrue();
        spec.SnapshotSeconds.ShouldBe(2);
    }

    [Fact]
    public async Task A_seed_that_is_started_again_is_waited_for_and_progress_whose_numbers_are_given_again_is_no_gap()
    {
        Play(
            context => CannedCluster.EventsAsync(context, Epoch(1, 1), new JobEvent { Sequence = 7, Progress = new Progress { Epoch = 2 } }),
            context => CannedCluster.RefuseAsync(context, HttpStatusCode.ServiceUnavailable),
            context => CannedCluster.RefuseAsync(context, HttpStatusCode.NotFound),
            context => CannedCluster.EventsAsync(context, Epoch(2, 2)),
            context => CannedCluster.EventsAsync(context, Completed));

        TrainingOutcome outcome = await Training().RunAsync(_data, Settings).Soon();

        outcome.Epochs.Select(epoch => epoch.Epoch).ShouldBe([1, 2]);
        _cluster.Requests.Where(asked => asked.Target.Contains("events", StringComparison.Ordinal)).Select(asked => asked.Target[^1]).ShouldBe(['0', '7', '1', '1', '2']);
        _words.Count.ShouldBe(2);
        _words[0].ShouldContain("asking again for up to 60 s");
        _words[1].ShouldEndWith("answers again");
    }

    [Fact]
    public async Task A_seed_that_stays_away_is_given_up_by_name()
    {
        Play(
            context => CannedCluster.EventsAsync(context, Epoch(1, 1)),
            context => CannedCluster.RefuseAsync(context, HttpStatusCode.ServiceUnavailable));

        ClusterLostException exception = await Should.ThrowAsync<ClusterLostException>(
            Training(options => options with { GiveUpAfter = TimeSpan.Zero }).RunAsync(_data, Settings).Soon());

        exception.Message.ShouldContain("the cluster has not answered for 0 s");
        exception.Message.ShouldContain(Job);
    }

    [Fact]
    public async Task A_job_that_is_gone_is_named()
    {
        Play(context => CannedCluster.RefuseAsync(context, HttpStatusCode.NotFound, "there is no such job", "distrec jobs lists them"));

        (await Should.ThrowAsync<ClusterRefusedException>(Training().RunAsync(_data, Settings).Soon())).Message.ShouldContain("there is no such job");
    }

    [Fact]
    public async Task Stopping_cancels_the_job_and_waits_for_its_end()
    {
        using CancellationTokenSource stop = new();
        Play(
            context =>
            {
                stop.Cancel();
                return CannedCluster.EventsAsync(context, Epoch(1, 1));
            },
            context => CannedCluster.EventsAsync(context, Epoch(2, 2), new JobEvent { Sequence = 3, State = new StateChanged { State = JobState.Cancelled, Reason = "cancelled", BestEpoch = 1 } }),
            context => CannedCluster.EventsAsync(context, Epoch(2, 2), new JobEvent { Sequence = 3, State = new StateChanged { State = JobState.Cancelled, Reason = "cancelled", BestEpoch = 1 } }));

        TrainingOutcome outcome = await Training().RunAsync(_data, Settings, null, stop.Token).Soon();

        outcome.State.ShouldBe(JobState.Cancelled);
        outcome.Model.ShouldNotBeNull();
        _cluster.Requests.Count(asked => asked.Line == "POST /jobs/job-1/cancel").ShouldBe(1);
    }

    [Fact]
    public async Task Whoever_only_watches_leaves_the_job_as_it_is()
    {
        using CancellationTokenSource stop = new();
        Play(context =>
        {
            stop.Cancel();
            return CannedCluster.EventsAsync(context, Epoch(1, 1));
        });

        await Should.ThrowAsync<OperationCanceledException>(
            Training(options => options with { CancelsWhenStopped = false }).WatchAsync(null, stop.Token).Soon());

        _cluster.Requests.ShouldNotContain(asked => asked.Method == "POST");
    }

    [Fact]
    public async Task A_job_that_ended_without_telling_ends_all_the_same()
    {
        Play(context => CannedCluster.EventsAsync(context));

        TrainingOutcome outcome = await Training().WatchAsync().Soon();

        outcome.State.ShouldBe(JobState.Failed);
        outcome.Reason.ShouldBe("the disk is full");
    }

    [Fact]
    public async Task What_was_uploaded_of_a_refused_job_is_taken_back()
    {
        _cluster.Answer = (asked, context) => asked.Line == "POST /jobs"
            ? CannedCluster.RefuseAsync(context, HttpStatusCode.BadRequest, "the partitions do not fit")
            : CannedCluster.RefuseAsync(context, HttpStatusCode.NoContent);

        await Should.ThrowAsync<ClusterRefusedException>(Training().RunAsync(_data, Settings).Soon());

        _cluster.Requests.Last().Line.ShouldBe("DELETE /jobs/job-1");
    }

    [Fact]
    public async Task No_block_is_made_before_there_is_room_for_it_to_travel()
    {
        int inFlight = 0;
        int most = 0;
        Play(context => CannedCluster.EventsAsync(context, Completed));
        Func<Asked, HttpContext, Task> play = _cluster.Answer;
        _cluster.Answer = async (asked, context) =>
        {
            if (asked.Method == "PUT")
            {
                most = Math.Max(most, Interlocked.Increment(ref inFlight));
                await Task.Yield();
                Interlocked.Decrement(ref inFlight);
            }

            await play(asked, context);
        };

        await Training().RunAsync(_data, Settings with { Partitions = 20 }).Soon();

        most.ShouldBeInRange(1, 2);
    }

    [Fact]
    public async Task More_partitions_than_a_cluster_has_are_refused_before_anything_is_sent()
    {
        InputException exception = await Should.ThrowAsync<InputException>(Training().RunAsync(_data, Settings with { Partitions = 65 }).Soon());

        exception.Message.ShouldBe("--partitions: expected at most 64 on a cluster, found 65; lower it, or leave it out");
        _cluster.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(5, 10)]
    [InlineData(40, 64)]
    public void Partitions_are_as_many_as_the_workers_have_threads_within_limits(int threads, int expected)
    {
        NodeStatus[] nodes = [Node("seed", 100), Node("worker", threads), Node("worker", threads)];

        ClusterPartitions.For(new ClusterStatus("1", 1, nodes, null, null, null), 150).ShouldBe(expected);
        ClusterPartitions.For(new ClusterStatus("1", 1, nodes, null, null, null), 2).ShouldBe(2);
    }

    private static NodeStatus Node(string role, int threads) => new(role, 1, role, "http://127.0.0.1:1/", threads, "1", [], null, null);

    private static JobEvent Epoch(long sequence, int epoch) => new() { Sequence = sequence, Epoch = new EpochFinished { Epoch = epoch, Best = epoch == 2 } };

    private ClusterTraining Training(Func<ClusterTrainingOptions, ClusterTrainingOptions>? adjust = null)
    {
        ClusterTrainingOptions options = new() { Job = Job, Words = new Heard<string>(_words.Add) };
        return new ClusterTraining(_client, adjust?.Invoke(options) ?? options);
    }

    // Accepts everything, gives news in order, the last again and again, and a model whose biases are row numbers.
    private void Play(params Func<HttpContext, Task>[] news) => _cluster.Answer = (asked, context) => asked.Line switch
    {
        "POST /jobs" or "GET /jobs/job-1" => CannedCluster.JsonAsync(
            context, new JobSummary(Job, "", "baseline", "failed", "the disk is full", DateTimeOffset.UnixEpoch, null, null, 3, 0, null)),
        var line when line.StartsWith("GET /jobs/job-1/events", StringComparison.Ordinal) => news[Math.Min(_news++, news.Length - 1)](context),
        var line when line.StartsWith("GET /jobs/job-1/model/", StringComparison.Ordinal) => BlockAsync(context, asked.Target.Split('/')[^1]),
        _ => CannedCluster.RefuseAsync(context, HttpStatusCode.NoContent),
    };

    private async Task BlockAsync(HttpContext context, string part)
    {
        JobSpec spec = JobSpecs.Create(Job, _data, Settings, null);
        int block = part[^1] - '0';
        RepeatedField<int> starts = part.StartsWith("user", StringComparison.Ordinal) ? spec.UserStarts : spec.ItemStarts;
        FactorBlock tables = FactorBlock.Zeros(starts[block + 1] - starts[block], 0);
        for (int row = 0; row < tables.Biases.Length; row++)
        {
            tables.Biases[row] = starts[block] + row;
        }

        context.Response.ContentLength = tables.ByteLength;
        await tables.WriteAsync(context.Response.Body, context.RequestAborted);
    }

    private sealed class Heard<T>(Action<T> hear) : IProgress<T>
    {
        public void Report(T value) => hear(value);
    }
}
