using System.Net;
using DistRec.Cluster.Api;
using DistRec.Training.Jobs;
using DistRec.Training.Protocol;

namespace DistRec.Cluster.Client;

/// <summary>Follows a job on a cluster from its first event to its end, whatever becomes of the coordinator meanwhile.</summary>
internal sealed class JobFollower(
    ClusterClient client, RetryPolicy retries, ClusterTrainingOptions options, LearningCurve curve, IProgress<JobEvent>? progress)
{
    // A cluster that answers at once without news would be asked without a pause.
    private static readonly TimeSpan MinWait = TimeSpan.FromSeconds(1);

    private readonly string _job = options.Job;

    // Progress is not kept by the cluster: after a restart its numbers are given again, to other events.
    private long _kept;
    private long _after;
    private bool _isWaiting;

    /// <summary>Follows the job.</summary>
    /// <param name="cancellationToken">Cancels the job, and follows it to the end it then comes to.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="ClusterException">There is no such job, or the cluster is lost.</exception>
    /// <exception cref="OperationCanceledException">Stopped, where that does not cancel the job.</exception>
    public async Task<StateChanged> ToEndAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await FollowAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && options.CancelsWhenStopped)
        {
            await CancelAsync().ConfigureAwait(false);
            return await FollowAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async Task<StateChanged> FollowAsync(CancellationToken cancellationToken)
    {
        JobSummary? ended = null;
        while (true)
        {
            long asked = client.Time.GetTimestamp();
            JobEvents news = await retries.TryAsync(NewsAsync, cancellationToken).ConfigureAwait(false);
            if (Take(news) is { } end)
            {
                return end;
            }

            if (news.Events.Count > 0)
            {
                await WaitAsync(options.NewsInterval, asked, cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (ended is not null)
            {
                return EndOf(ended);
            }

            // Nothing for a while: is the job still there, and going on?
            _after = _kept;
            JobSummary summary = await retries.TryAsync(token => client.JobAsync(_job, token), cancellationToken).ConfigureAwait(false);
            ended = JobStateNames.HasEnded(summary.State) ? summary : null;
            SayIfWaiting(summary);
            if (ended is null)
            {
                await WaitAsync(MinWait, asked, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task WaitAsync(TimeSpan interval, long since, CancellationToken cancellationToken)
    {
        TimeSpan left = interval - client.Time.GetElapsedTime(since);
        if (left > TimeSpan.Zero)
        {
            await Task.Delay(left, client.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<JobEvents> NewsAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await client.EventsAsync(_job, _after, cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterException)
        {
            _after = _kept;
            throw;
        }
    }

    private StateChanged? Take(JobEvents news)
    {
        StateChanged? end = null;
        foreach (JobEvent jobEvent in news.Events)
        {
            _after = jobEvent.Sequence;
            _kept = jobEvent.Progress is null ? jobEvent.Sequence : _kept;
            curve.Add(jobEvent);
            progress?.Report(jobEvent);
            end ??= jobEvent.State is { State: JobState.Completed or JobState.Failed or JobState.Cancelled } state ? state : null;
        }

        return end;
    }

    private async Task CancelAsync()
    {
        try
        {
            await retries.TryAsync(token => client.CancelAsync(_job, token), CancellationToken.None).ConfigureAwait(false);
        }
        catch (ClusterRefusedException exception) when (exception.Status == HttpStatusCode.Conflict)
        {
            // It has ended meanwhile, and its events tell how.
        }
    }

    private void SayIfWaiting(JobSummary summary)
    {
        bool isWaiting = summary.State == JobStateNames.Of(JobState.Submitted);
        if (isWaiting && !_isWaiting)
        {
            options.StatusMessages?.Report($"job {_job} waits: for the jobs before it, or for workers to join");
        }

        _isWaiting = isWaiting;
    }

    // A journal keeps the end of every job among its events; this is for a cluster that answers otherwise.
    private StateChanged EndOf(JobSummary summary) => new()
    {
        State = summary.State == JobStateNames.Of(JobState.Completed) ? JobState.Completed
            : summary.State == JobStateNames.Of(JobState.Cancelled) ? JobState.Cancelled : JobState.Failed,
        Reason = summary.Reason,
        BestEpoch = curve.Epochs.LastOrDefault(epoch => epoch.Best)?.Epoch ?? 0,
    };
}
