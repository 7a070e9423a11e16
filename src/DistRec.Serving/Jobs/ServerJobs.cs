using System.Collections.Concurrent;
using System.Net;
using DistRec.Cluster.Api;
using DistRec.Cluster.Client;
using DistRec.Serving.Api;
using DistRec.Serving.Events;
using DistRec.Serving.Items;
using DistRec.Serving.Registry;
using DistRec.Training.Databases;
using DistRec.Training.Protocol;
using Microsoft.Extensions.Logging;

namespace DistRec.Serving.Jobs;

/// <summary>
/// The jobs that were submitted through this server, each run in the background from its data to its model. What is under way when the server
/// stops goes on when it is started again: on the cluster at once, here then.
/// </summary>
/// <param name="folder">Folder of the jobs' folders.</param>
/// <param name="submission">Runs them.</param>
/// <param name="client">Calls the cluster.</param>
/// <param name="events">What users did.</param>
/// <param name="items">What was said of items.</param>
/// <param name="most">How many are run at once, each with its data in memory; others wait.</param>
/// <param name="trained">Takes every model before its job has completed; told of it again where the server was stopped in between.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Hears how jobs end.</param>
internal sealed class ServerJobs(
    string folder, IJobSubmission submission, ClusterClient client, IEventLog events, IItemDetails items, int most, Func<TrainedJob, CancellationToken, Task> trained,
    TimeProvider time, ILogger logger)
    : IAsyncDisposable
{
    private static readonly TimeSpan PauseBeforeAskingAgain = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, ServerJob> _jobs = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _room = new(most);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>All of them.</summary>
    public IEnumerable<ServerJob> All => _jobs.Values;

    /// <summary>Fires when the server stops.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>One of them; null for a job that was submitted in another way.</summary>
    public ServerJob? Find(string job) => _jobs.GetValueOrDefault(job);

    /// <summary>Goes on with the jobs of earlier runs of the server.</summary>
    /// <exception cref="InputException">What is kept of a job cannot be read.</exception>
    public void Resume()
    {
        foreach (string one in Directory.Exists(folder) ? Directory.GetDirectories(folder) : [])
        {
            if (JobRecord.Load(one) is { } record)
            {
                Begin(new ServerJob(record, one));
            }
        }
    }

    /// <summary>Takes a job.</summary>
    /// <exception cref="InputException">One line for each mistake.</exception>
    /// <exception cref="DatabaseException">The events cannot be read.</exception>
    public async Task<ServerJob> SubmitAsync(JobRequest request, CancellationToken cancellationToken)
    {
        // Whatever is stored from now on is for the next job: this one has the same data when it goes on after a restart.
        request = request with { EventsUntil = request.Events ? request.EventsUntil ?? await events.LastAsync(cancellationToken).ConfigureAwait(false) : null };
        string id = JobIds.Create(time);
        string own = Path.Combine(folder, id);
        try
        {
            JobOutline outline = submission.Read(request, JobRecord.ModelFolderOf(own));
            JobRecord record = new(id, request, outline.Model, outline.Epochs, time.GetUtcNow());
            record.Save(own);
            ServerJob job = new(record, own);
            Begin(job);
            return job;
        }
        catch (InputException)
        {
            DeleteFolder(own);
            throw;
        }
    }

    /// <summary>Forgets a job that has ended, with its model.</summary>
    public async Task RemoveAsync(ServerJob job)
    {
        await job.Running.ConfigureAwait(false);
        DeleteFolder(job.Folder);
        if (_jobs.TryRemove(job.Record.Id, out _))
        {
            job.Dispose();
        }
    }

    /// <summary>Stops following; jobs on the cluster go on.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(_jobs.Values.Select(job => job.Running)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        foreach (ServerJob job in _jobs.Values)
        {
            job.Dispose();
        }

        _room.Dispose();
        _stop.Dispose();
    }

    private static void DeleteFolder(string path)
    {
        if (Directory.Exists(path))
        {
            Directory.Delete(path, recursive: true);
        }
    }

    private void Begin(ServerJob job)
    {
        _jobs[job.Record.Id] = job;
        if (job.Record.End is null)
        {
            job.Running = Task.Run(() => RunAsync(job));
        }
    }

    private async Task RunAsync(ServerJob job)
    {
        JobEnd end;
        try
        {
            end = await ToEndAsync(job).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return;
        }
        catch (Exception exception)
        {
            // Whatever it is: the job ends by name, and the server goes on.
            bool isKnown = exception is InputException or ClusterException or NumericalException or DatabaseException or ModelRegistryException;
            logger.Log(isKnown ? LogLevel.Warning : LogLevel.Error, exception, "Job {Job} has failed on this server.", job.Record.Id);
            end = new JobEnd(JobState.Failed, isKnown ? exception.Message : $"the server failed ({exception.GetType().Name}: {exception.Message}); see its log");
            await CancelOnClusterAsync(job.Record.Id).ConfigureAwait(false);
        }

        try
        {
            job.End(job.Record with { End = JobStateNames.Of(end.State), Reason = end.Reason, Ended = time.GetUtcNow() });
        }
        catch (InputException exception)
        {
            // It is run again when the server is started again.
            logger.LogError(exception, "How job {Job} ended cannot be kept.", job.Record.Id);
        }
    }

    private async Task<JobEnd> ToEndAsync(ServerJob job)
    {
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, job.Cancelled);
        try
        {
            job.Doing = "waits for the jobs before it";
            await _room.WaitAsync(either.Token).ConfigureAwait(false);
            try
            {
                job.Doing = "";
                return await TrainAsync(job, either.Token).ConfigureAwait(false);
            }
            finally
            {
                _room.Release();
            }
        }
        catch (OperationCanceledException) when (job.Cancelled.IsCancellationRequested && !_stop.IsCancellationRequested)
        {
            // It may have come to the cluster in that moment.
            return await CancelOnClusterAsync(job.Record.Id).ConfigureAwait(false)
                ? await TrainAsync(job, _stop.Token).ConfigureAwait(false)
                : new JobEnd(JobState.Cancelled, "cancelled before it was submitted");
        }
    }

    private async Task<JobEnd> TrainAsync(ServerJob job, CancellationToken cancellationToken)
    {
        JobRequest request = job.Record.Request;
        JobEnd end = new(JobState.Completed, "");
        if (!ModelFolder.IsModel(job.ModelFolder))
        {
            JobRun run = new(job.Record.Id, request, job.ModelFolder, client, events, items, words => job.Doing = words);
            end = await FollowAsync(run, cancellationToken).ConfigureAwait(false);
        }

        if (end.State == JobState.Completed)
        {
            job.Doing = "the model goes into service";
            string name = string.IsNullOrWhiteSpace(request.Name) ? job.Record.Model : request.Name;
            await trained(new TrainedJob(job.ModelFolder, job.Record.Id, name, request.Activate), cancellationToken).ConfigureAwait(false);
        }

        return end;
    }

    private async Task<JobEnd> FollowAsync(JobRun run, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await submission.RunAsync(run, cancellationToken).ConfigureAwait(false);
            }
            catch (ClusterException exception) when (exception.IsTransient)
            {
                run.Doing(exception.Message);
            }

            await Task.Delay(PauseBeforeAskingAgain, time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>Whether the cluster knows the job.</returns>
    private async Task<bool> CancelOnClusterAsync(string job)
    {
        try
        {
            await client.CancelAsync(job, _stop.Token).ConfigureAwait(false);
            return true;
        }
        catch (ClusterRefusedException exception)
        {
            return exception.Status == HttpStatusCode.Conflict;
        }
        catch (Exception exception) when (exception is ClusterException or OperationCanceledException)
        {
            logger.LogWarning(exception, "Job {Job} may still be on the cluster.", job);
            return false;
        }
    }
}
