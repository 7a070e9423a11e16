using System.Net;
using DistRec.Cluster.Api;
using DistRec.Cluster.Client;
using DistRec.Serving.Api;
using DistRec.Training.Jobs;
using DistRec.Training.Protocol;

namespace DistRec.Serving.Jobs;

/// <summary>
/// What the API asks about jobs: those of the cluster, whoever submitted them, and those of this server, which begin before the cluster knows them
/// and end when their models are saved.
/// </summary>
/// <param name="client">Calls the cluster.</param>
/// <param name="jobs">The jobs of this server.</param>
internal sealed class JobDesk(ClusterClient client, ServerJobs jobs)
{
    /// <summary>A job's data is read and uploaded.</summary>
    public const string Preparing = "preparing";

    /// <summary>A job is trained, and its model is put together and saved.</summary>
    public const string Saving = "saving";

    /// <summary>All jobs in the order of their submission.</summary>
    /// <exception cref="ClusterException">The cluster does not answer.</exception>
    public async Task<JobList> ListAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<JobSummary> known = await client.JobsAsync(cancellationToken).ConfigureAwait(false);
        HashSet<string> ids = [.. known.Select(job => job.Id)];
        IEnumerable<JobSummary> here = jobs.All.Where(job => !ids.Contains(job.Record.Id)).Select(job => Describe(job, null));
        return new JobList(
            [.. known.Select(job => jobs.Find(job.Id) is { } own ? Describe(own, job) : job).Concat(here)
                .OrderBy(job => job.Submitted).ThenBy(job => job.Id, StringComparer.Ordinal)]);
    }

    /// <summary>One job with its learning curve.</summary>
    /// <exception cref="ApiException">There is none.</exception>
    /// <exception cref="ClusterException">The cluster does not answer.</exception>
    public async Task<JobAnswer> FindAsync(string id, CancellationToken cancellationToken)
    {
        JobSummary? known = await FindOnClusterAsync(id, cancellationToken).ConfigureAwait(false);
        JobSummary job = jobs.Find(id) is { } own ? Describe(own, known) : known ?? throw NoSuchJob(id);
        LearningCurve curve = new();
        if (job.Epoch > 0)
        {
            foreach (JobEvent jobEvent in (await client.EventsAsync(id, 0, cancellationToken).ConfigureAwait(false)).Events)
            {
                curve.Add(jobEvent);
            }
        }

        return JobAnswer.Of(job, [.. curve.Epochs.Select(epoch => epoch.ToFigures())]);
    }

    /// <summary>Asks a job to stop.</summary>
    /// <exception cref="ApiException">There is none, or it has ended.</exception>
    /// <exception cref="ClusterException">The cluster does not answer.</exception>
    public async Task CancelAsync(string id, CancellationToken cancellationToken)
    {
        ServerJob? own = jobs.Find(id);
        if (own?.Record.End is { } end)
        {
            throw HasEnded(id, end);
        }

        try
        {
            await client.CancelAsync(Checked(id), cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterRefusedException exception) when (exception.Status == HttpStatusCode.NotFound)
        {
            // Not there yet, and now never.
            await (own ?? throw NoSuchJob(id)).CancelAsync().ConfigureAwait(false);
        }
        catch (ClusterRefusedException exception) when (exception.Status == HttpStatusCode.Conflict)
        {
            throw HasEnded(id, own is null ? "no more running" : Saving);
        }
    }

    /// <summary>Removes a job that has ended, with all that is kept of it.</summary>
    /// <exception cref="ApiException">There is none, or it has not ended.</exception>
    /// <exception cref="ClusterException">The cluster does not answer.</exception>
    public async Task RemoveAsync(string id, CancellationToken cancellationToken)
    {
        ServerJob? own = jobs.Find(id);
        if (own is { Record.End: null })
        {
            throw HasNotEnded(id);
        }

        try
        {
            await client.RemoveAsync(Checked(id), cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterRefusedException exception) when (exception.Status == HttpStatusCode.NotFound)
        {
            _ = own ?? throw NoSuchJob(id);
        }
        catch (ClusterRefusedException exception) when (exception.Status == HttpStatusCode.Conflict)
        {
            throw HasNotEnded(id);
        }

        if (own is not null)
        {
            await jobs.RemoveAsync(own).ConfigureAwait(false);
        }
    }

    /// <summary>What the cluster knows of a job; null where it knows none.</summary>
    /// <exception cref="ApiException">The id is not one.</exception>
    /// <exception cref="ClusterException">The cluster does not answer.</exception>
    public async Task<JobSummary?> FindOnClusterAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await client.JobAsync(Checked(id), cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterRefusedException exception) when (exception.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>A job that nobody knows.</summary>
    public static ApiException NoSuchJob(string id) =>
        ApiException.NotFound("there is no such job", $"expected the id of a job, found \"{id}\"; GET /v1/jobs lists them");

    private static string Checked(string id) => JobIds.IsValid(id) ? id : throw NoSuchJob(id);

    private static ApiException HasEnded(string id, string state) =>
        ApiException.Conflict("the job has ended", $"{id}: expected a job that waits or runs, found one that is {state}");

    private static ApiException HasNotEnded(string id) =>
        ApiException.Conflict("the job has not ended", $"{id}: expected a job that has ended, found one that goes on; cancel it first");

    private static JobSummary Describe(ServerJob own, JobSummary? known)
    {
        JobRecord record = own.Record;
        if (record.End is { } end)
        {
            string reason = record.Reason.Length > 0 ? record.Reason : known?.Reason ?? "";
            return (known ?? record.Summarize(end, reason)) with { State = end, Reason = reason, Submitted = record.Submitted, Ended = record.Ended };
        }

        return known is null ? record.Summarize(Preparing, own.Doing)
            : known.State == JobStateNames.Of(JobState.Completed) ? known with { State = Saving, Reason = own.Doing, Submitted = record.Submitted, Ended = null }
            : known with { Submitted = record.Submitted };
    }
}
