using System.Net;
using System.Text.Json;
using DistRec.Cluster.Client;
using DistRec.Models.Baseline;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Transfer;
using Google.Protobuf.Collections;
using Microsoft.AspNetCore.Http;
using Note = DistRec.Training.Protocol.Note;

namespace DistRec.Cluster.Tests.Client;

public sealed class ClusterTrainingTests : IAsyncLifetime, IDisposable
{
    private const string Job = "job-1";

    private static readonly TrainingSettings Settings = new() { Model = new BaselineOptions(), Epochs = 3, Partitions = 2 };
    private static readonly JobEvent Completed = Ended(9, JobState.Completed, "all epochs done", bestEpoch: 2);

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
            context => CannedCluster.EventsAsync(
                context, Epoch(1, 1), Epoch(2, 2), new JobEvent { Sequence = 3, Note = new Note { Text = "began again" } }),
            context => CannedCluster.EventsAsync(context, Epoch(4, 2), Epoch(5, 3)),
            context => CannedCluster.EventsAsync(context, Completed));
        List<long> seen = [];

        Heard<JobEvent> progress = new(jobEvent => seen.Add(jobEvent.Sequence));

        TrainingOutcome outcome = await Training().RunAsync(_data, Settings, progress).Soon();

        outcome.State.ShouldBe(JobState.Completed);
        outcome.BestEpoch.ShouldBe(2);
        outcome.Epochs.Select(epoch => epoch.Epoch).ShouldBe([1, 2, 3]);
        outcome.Notes.ShouldBe(["began again"]);
        seen.ShouldBe([1, 2, 3, 4, 5, 9]);
        outcome.Model!.UserBiases.ShouldBe(Enumerable.Range(0, _data.Train.RowCount).Select(row => (float)row));
        outcome.Model.ItemBiases.Length.ShouldBe(_data.Train.ColumnCount);
        string[] lines = [.. _cluster.Requests.Select(asked => asked.Line)];
        lines.Take(4).Order().ShouldBe(
        [
            "PUT /jobs/job-1/data/item-factors-0",
            "PUT /jobs/job-1/data/item-factors-1",
            "PUT /jobs/job-1/data/user-factors-0",
            "PUT /jobs/job-1/data/user-factors-1",
        ]);
        lines[4].ShouldBe("POST /jobs");
        lines.Skip(5).Take(3).ShouldBe(
            ["GET /jobs/job-1/events?after=0", "GET /jobs/job-1/events?after=3", "GET /jobs/job-1/events?after=5"]);
        SubmitRequest request = JsonSerializer.Deserialize(_cluster.Requests.ElementAt(4).Body, ApiJson.Default.SubmitRequest)!;
        JobSpec spec = JobSpec.Parser.ParseJson(request.Spec.GetRawText());
        spec.Snapshots.ShouldBeTrue();
        spec.SnapshotSeconds.ShouldBe(2);
    }

    [Fact]
    public async Task A_coordinator_that_is_started_again_is_waited_for_and_progress_whose_numbers_are_given_again_is_no_gap()
    {
        Play(
            context => CannedCluster.EventsAsync(
                context, Epoch(1, 1), new JobEvent { Sequence = 7, Progress = new Progress { Epoch = 2 } }),
            context => CannedCluster.RefuseAsync(context, HttpStatusCode.ServiceUnavailable),
            context => CannedCluster.RefuseAsync(context, HttpStatusCode.NotFound),
            context => CannedCluster.EventsAsync(context, Epoch(2, 2)),
            context => CannedCluster.EventsAsync(context, Completed));

        TrainingOutcome outcome = await Training().RunAsync(_data, Settings).Soon();

        outcome.Epochs.Select(epoch => epoch.Epoch).ShouldBe([1, 2]);
        _cluster.Requests.Where(asked => asked.Target.Contains("events", StringComparison.Ordinal))
            .Select(asked => asked.Target[^1]).ShouldBe(['0', '7', '1', '1', '2']);
        _words.Count.ShouldBe(2);
        _words[0].ShouldContain("asking again for up to 60 s");
        _words[1].ShouldEndWith("answers again");
    }

    [Fact]
    public async Task A_coordinator_that_stays_away_is_given_up_by_name()
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

        (await Should.ThrowAsync<ClusterRefusedException>(Training().RunAsync(_data, Settings).Soon()))
            .Message.ShouldContain("there is no such job");
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
            context => CannedCluster.EventsAsync(context, Epoch(2, 2), Ended(3, JobState.Cancelled, "cancelled", bestEpoch: 1)));

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

    /// <summary>
    /// A job was submitted before what finds it again was saved: whoever was interrupted in between had a model that nobody fetched.
    /// </summary>
    [Fact]
    public async Task What_finds_a_job_again_is_saved_after_the_upload_and_before_the_submission()
    {
        Play(context => CannedCluster.EventsAsync(context, Completed));
        string[] before = [];
        JobSpec? saved = null;
        ClusterTraining training = Training(options => options with
        {
            Submitting = spec =>
            {
                saved = spec;
                before = [.. _cluster.Requests.Select(asked => asked.Method)];
                return Task.CompletedTask;
            },
        });

        JobSpec submitted = await training.SubmitAsync(_data, Settings).Soon();

        before.ShouldBe(["PUT", "PUT", "PUT", "PUT"]);
        saved.ShouldBe(submitted);
        _cluster.Requests.Last().Line.ShouldBe("POST /jobs");
    }

    [Fact]
    public async Task A_job_is_not_submitted_where_what_finds_it_again_cannot_be_saved()
    {
        Play(context => CannedCluster.EventsAsync(context, Completed));
        ClusterTraining training = Training(
            options => options with { Submitting = _ => Task.FromException(new IOException("the disk is full")) });

        await Should.ThrowAsync<IOException>(training.SubmitAsync(_data, Settings).Soon());

        _cluster.Requests.ShouldNotContain(asked => asked.Line == "POST /jobs");
        _cluster.Requests.Last().Line.ShouldBe("DELETE /jobs/job-1");
    }

    /// <summary>A cluster took 64 partitions of a job at most, however many threads it had.</summary>
    [Fact]
    public async Task A_job_may_have_as_many_partitions_as_the_smaller_side_has_rows()
    {
        Play(context => CannedCluster.EventsAsync(context, Completed));

        await Training().SubmitAsync(_data, Settings with { Partitions = 70 }).Soon();

        _cluster.Requests.Count(asked => asked.Method == "PUT").ShouldBe(140);
    }

    [Theory]
    [InlineData(0, 8)]
    [InlineData(5, 10)]
    [InlineData(40, 80)]
    [InlineData(400, 150)]
    public void Partitions_are_as_many_as_the_workers_have_threads_within_limits(int threads, int expected)
    {
        NodeStatus[] nodes = [Node("coordinator", 100), Node("worker", threads), Node("coordinator,worker", threads)];
        ClusterStatus status = new("1", nodes, [], null);

        ClusterPartitions.For(status, 150).ShouldBe(expected);
        ClusterPartitions.For(status, 2).ShouldBe(2);
    }

    private static NodeStatus Node(string role, int threads) =>
        new(role, 1, role, "up", "http://127.0.0.1:1/", threads, "1", [], null, null);

    private static JobEvent Epoch(long sequence, int epoch) =>
        new() { Sequence = sequence, Epoch = new EpochFinished { Epoch = epoch, Best = epoch == 2 } };

    private static JobEvent Ended(long sequence, JobState state, string reason, int bestEpoch) =>
        new() { Sequence = sequence, State = new StateChanged { State = state, Reason = reason, BestEpoch = bestEpoch } };

    private ClusterTraining Training(Func<ClusterTrainingOptions, ClusterTrainingOptions>? adjust = null)
    {
        ClusterTrainingOptions options = new() { Job = Job, StatusMessages = new Heard<string>(_words.Add) };
        return new ClusterTraining(_client, adjust?.Invoke(options) ?? options);
    }

    // Accepts everything, gives news in order, the last again and again, and a model whose biases are row numbers.
    private void Play(params Func<HttpContext, Task>[] news) => _cluster.Answer = (asked, context) => asked.Line switch
    {
        "POST /jobs" or "GET /jobs/job-1" => CannedCluster.JsonAsync(
            context, new JobSummary(Job, "", "baseline", "failed", "the disk is full", DateTimeOffset.UnixEpoch, null, null, 3, 0, null)),
        var line when line.StartsWith("GET /jobs/job-1/events", StringComparison.Ordinal) =>
            news[Math.Min(_news++, news.Length - 1)](context),
        var line when line.StartsWith("GET /jobs/job-1/model/", StringComparison.Ordinal) =>
            BlockAsync(context, asked.Target.Split('/')[^1]),
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
