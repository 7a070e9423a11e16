using DistRec.Cluster.Client;
using DistRec.Serving.Api;
using DistRec.Serving.Events;
using DistRec.Serving.Jobs;
using DistRec.Serving.Tests.Events;
using DistRec.Serving.Tests.Items;
using DistRec.Training.Protocol;

namespace DistRec.Serving.Tests.Jobs;

public sealed class ServerJobsTests : IAsyncDisposable
{
    private const string Nowhere = "http://127.0.0.1:1";

    private readonly TemporaryFolder _folder = new();
    private readonly ClusterClient _client = new(new Uri(Nowhere), null);
    private readonly RecordingLogger _log = new();
    private readonly GivenLog _events = new();
    private readonly List<TrainedJob> _trained = [];
    private ScriptedSubmission _submission = new();
    private ServerJobs? _jobs;

    public async ValueTask DisposeAsync()
    {
        await Jobs.DisposeAsync();
        _client.Dispose();
        _folder.Dispose();
    }

    private ServerJobs Jobs => _jobs ??= Create((trained, _) =>
    {
        _trained.Add(trained);
        return Task.CompletedTask;
    });

    [Fact]
    public async Task A_model_is_told_of_before_its_job_has_completed()
    {
        bool hadEnded = true;
        _jobs = Create((trained, _) =>
        {
            hadEnded = _jobs!.Find(trained.Job)!.Record.End is not null;
            _trained.Add(trained);
            return Task.CompletedTask;
        });
        ServerJob job = await SubmitAsync(new JobRequest { Name = "nightly", Activate = true });

        _submission.End(job.Record.Id, JobState.Completed, "3 epochs done");
        await job.Running.Soon();

        hadEnded.ShouldBeFalse();
        _trained.ShouldBe([new TrainedJob(job.ModelFolder, job.Record.Id, "nightly", true)]);
        (job.Record.End, job.Record.Reason).ShouldBe(("completed", "3 epochs done"));
        ModelFolder.IsModel(job.ModelFolder).ShouldBeTrue();
    }

    [Fact]
    public async Task What_is_under_way_when_the_server_stops_is_run_again_when_it_starts()
    {
        ServerJob job = await SubmitAsync(new JobRequest { Model = "als", Data = "ratings.csv" });
        await _submission.WhenBegunAsync(job.Record.Id);

        await RestartAsync();
        JobRun again = await _submission.WhenBegunAsync(job.Record.Id);

        again.Request.Data.ShouldBe("ratings.csv");
        again.ModelFolder.ShouldBe(job.ModelFolder);
        Jobs.Find(job.Record.Id)!.Record.Submitted.ShouldBe(job.Record.Submitted);
    }

    [Fact]
    public async Task A_job_that_has_ended_is_not_run_again()
    {
        ServerJob job = await SubmitAsync();
        _submission.End(job.Record.Id, JobState.Cancelled, "enough");
        await job.Running.Soon();

        await RestartAsync();

        ServerJob again = Jobs.Find(job.Record.Id)!;
        await again.Running.Soon();
        _submission.Runs.ShouldBe(0);
        (again.Record.End, again.Record.Reason, again.Record.Ended).ShouldBe(("cancelled", "enough", job.Record.Ended));
    }

    // The server may be stopped between saving a model and putting it into service.
    [Fact]
    public async Task A_model_that_nobody_was_told_of_is_told_of_after_a_restart_without_training_again()
    {
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _jobs = Create(async (_, cancellationToken) =>
        {
            reached.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        });
        ServerJob job = await SubmitAsync();
        _submission.End(job.Record.Id, JobState.Completed, "3 epochs done");
        await reached.Task.Soon();

        await RestartAsync();
        await Jobs.Find(job.Record.Id)!.Running.Soon();

        _trained.ShouldHaveSingleItem().Job.ShouldBe(job.Record.Id);
        _submission.Runs.ShouldBe(0);
        Jobs.Find(job.Record.Id)!.Record.End.ShouldBe("completed");
    }

    [Fact]
    public async Task A_job_that_fails_ends_by_name_and_no_other_with_it()
    {
        ServerJob wrong = await SubmitAsync();
        ServerJob broken = await SubmitAsync();
        ServerJob good = await SubmitAsync();

        _submission.Fail(wrong.Record.Id, new InputException("ratings.csv:7: expected a number, found \"x\"; correct it"));
        _submission.Fail(broken.Record.Id, new InvalidOperationException("out of luck"));
        await Task.WhenAll(wrong.Running, broken.Running).Soon();
        _submission.End(good.Record.Id, JobState.Completed, "");
        await good.Running.Soon();

        (wrong.Record.End, wrong.Record.Reason).ShouldBe(("failed", "ratings.csv:7: expected a number, found \"x\"; correct it"));
        (broken.Record.End, broken.Record.Reason).ShouldBe(("failed", "the server failed (InvalidOperationException: out of luck); see its log"));
        good.Record.End.ShouldBe("completed");
        _trained.Count.ShouldBe(1);
    }

    [Fact]
    public async Task No_more_jobs_than_there_is_room_for_are_run_at_once()
    {
        ServerJob[] jobs = [await SubmitAsync(), await SubmitAsync(), await SubmitAsync()];
        await Task.WhenAny(jobs.Select(job => _submission.WhenBegunAsync(job.Record.Id)));
        using (CancellationTokenSource late = new(TimeSpan.FromSeconds(20)))
        {
            while (jobs.Count(job => job.Doing == "waits for the jobs before it") != 1 || _submission.Runs != 2)
            {
                late.Token.ThrowIfCancellationRequested();
                await Task.Yield();
            }
        }

        ServerJob waiting = jobs.Single(job => job.Doing == "waits for the jobs before it");
        _submission.End(jobs.First(job => job != waiting).Record.Id, JobState.Failed, "");
        await _submission.WhenBegunAsync(waiting.Record.Id);
    }

    [Fact]
    public async Task A_job_that_is_cancelled_before_the_cluster_knows_it_never_comes_there()
    {
        ServerJob job = await SubmitAsync();
        await _submission.WhenBegunAsync(job.Record.Id);

        await job.CancelAsync();
        await job.Running.Soon();

        (job.Record.End, job.Record.Reason).ShouldBe(("cancelled", "cancelled before it was submitted"));
        _submission.Runs.ShouldBe(1);
    }

    [Fact]
    public async Task A_removed_job_leaves_nothing()
    {
        ServerJob job = await SubmitAsync();
        _submission.End(job.Record.Id, JobState.Completed, "");

        await Jobs.RemoveAsync(job);

        Jobs.Find(job.Record.Id).ShouldBeNull();
        Directory.EnumerateFileSystemEntries(_folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_job_with_events_has_those_that_were_stored_when_it_was_asked_for_also_after_a_restart()
    {
        _events.Events.Add(SomeEvents.Rating("u1", "i1", 4) with { Sequence = 7 });
        ServerJob job = await SubmitAsync(new JobRequest { Events = true });
        ServerJob earlier = await SubmitAsync(new JobRequest { Events = true, EventsUntil = 3 });
        _events.Events.Add(SomeEvents.Rating("u1", "i2", 4) with { Sequence = 8 });

        await RestartAsync();

        (await _submission.WhenBegunAsync(job.Record.Id)).Request.EventsUntil.ShouldBe(7);
        (await _submission.WhenBegunAsync(earlier.Record.Id)).Request.EventsUntil.ShouldBe(3);
        (await SubmitAsync(new JobRequest { EventsUntil = 3 })).Record.Request.EventsUntil.ShouldBeNull("a job without events has none to count");
    }

    [Fact]
    public async Task A_request_with_mistakes_leaves_nothing()
    {
        await Should.ThrowAsync<InputException>(() => SubmitAsync(new JobRequest { Options = new Dictionary<string, System.Text.Json.JsonElement> { ["rank"] = default } }));

        Jobs.All.ShouldBeEmpty();
        Directory.EnumerateFileSystemEntries(_folder.Path).ShouldBeEmpty();
    }

    private Task<ServerJob> SubmitAsync(JobRequest? request = null) => Jobs.SubmitAsync(request ?? new JobRequest(), CancellationToken.None);

    private ServerJobs Create(Func<TrainedJob, CancellationToken, Task> trained) =>
        new(_folder.Path, _submission, _client, _events, new GivenDetails(), 2, trained, TimeProvider.System, _log);

    private async Task RestartAsync()
    {
        await Jobs.DisposeAsync();
        _jobs = null;
        _submission = new ScriptedSubmission();
        Jobs.Resume();
    }
}
