using DistRec.Training.Journal;
using DistRec.Training.Protocol;
using DistRec.Training.Storage;
using Microsoft.Extensions.Logging;

namespace DistRec.Training.Jobs;

/// <summary>What the queue of a cluster's jobs reads and notes.</summary>
/// <param name="journal">The journal.</param>
/// <param name="store">The store of the jobs' data.</param>
/// <param name="logger">Hears what could not be removed.</param>
internal sealed class JobQueueKeeper(PatientJournal journal, IBlobStore store, ILogger logger)
{
    private bool _isSwept;

    /// <summary>The jobs that have not ended, in order.</summary>
    public async Task<IReadOnlyList<JobEntry>> PendingAsync(CancellationToken cancellationToken)
    {
        if (!_isSwept)
        {
            _isSwept = true;
            await SweepAsync(cancellationToken).ConfigureAwait(false);
        }

        return await journal.PendingAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes that a job has failed, unless it has ended otherwise.</summary>
    /// <returns>Whether it was noted.</returns>
    public async Task<bool> FailAsync(string job, string reason, CancellationToken cancellationToken)
    {
        if (await journal.FindAsync(job, cancellationToken).ConfigureAwait(false) is not { HasEnded: false } entry)
        {
            return false;
        }

        try
        {
            // A model is there as a whole or not at all.
            await new StoredJob(store, job).DeleteModelAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is BlobStoreException or ArgumentException)
        {
            // A job of an impossible name, which has to fail all the same, is no reason for the queue to.
            logger.LogWarning(exception, "Parts of a model of job {Job} may still be stored.", job);
        }

        JobEvent failed = new() { Sequence = entry.LastSequence + 1, State = new StateChanged { State = JobState.Failed, Reason = reason } };
        await journal.AppendAsync(job, failed, cancellationToken).ConfigureAwait(false);
        logger.LogError("Job {Job} has failed: {Reason}.", job, reason.TrimEnd('.'));
        return true;
    }

    /// <summary>Removes what only a running job needs; what stays after all is removed when the queue starts the next time.</summary>
    /// <returns>Whether it is gone.</returns>
    public async Task<bool> CleanUpAsync(string job, CancellationToken cancellationToken)
    {
        try
        {
            await new StoredJob(store, job).DeleteAllButModelAsync(cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (exception is BlobStoreException or ArgumentException)
        {
            logger.LogWarning(exception, "What job {Job} needed while it ran is still stored.", job);
            return false;
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            IReadOnlyList<JobEntry> jobs = await journal.ListAsync(cancellationToken).ConfigureAwait(false);
            foreach (string job in await StoredJob.ClearEndedAsync(store, jobs, cancellationToken).ConfigureAwait(false))
            {
                logger.LogInformation("Job {Job} had ended, and what it needed while it ran was removed from the store.", job);
            }
        }
        catch (BlobStoreException exception)
        {
            logger.LogWarning(exception, "What ended jobs needed while they ran may still be stored.");
        }
    }
}
