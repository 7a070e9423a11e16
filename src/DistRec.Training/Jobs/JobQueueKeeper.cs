using DistRec.Training.Journal;
using DistRec.Training.Storage;
using Microsoft.Extensions.Logging;

namespace DistRec.Training.Jobs;

/// <summary>What one queue of a cluster's jobs reads and notes, in a term of its own; see <see cref="JobTerm"/>.</summary>
/// <param name="journal">The journal.</param>
/// <param name="store">The store of the jobs' data.</param>
/// <param name="logger">Hears what could not be removed.</param>
internal sealed class JobQueueKeeper(PatientJournal journal, IBlobStore store, ILogger logger)
{
    /// <summary>
    /// How long a queue that was superseded waits before it begins again, in a new term. One that was given up is gone by then; one whose
    /// predecessor was late to begin, and superseded it, takes its jobs back.
    /// </summary>
    public static readonly TimeSpan SupersededPause = TimeSpan.FromSeconds(30);

    /// <summary>The queue's term; 0 before it looks for the first time.</summary>
    public long Term { get; private set; }

    /// <summary>The jobs that have not ended, in order.</summary>
    /// <exception cref="SupersededException">A later queue has begun.</exception>
    public async Task<IReadOnlyList<JobEntry>> PendingAsync(CancellationToken cancellationToken)
    {
        if (Term == 0)
        {
            Term = await journal.BeginTermAsync(cancellationToken).ConfigureAwait(false);
            await SweepAsync(cancellationToken).ConfigureAwait(false);
        }

        await journal.RequireNewestAsync(Term, cancellationToken).ConfigureAwait(false);
        return await journal.PendingAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Notes that a job has failed, unless it has ended otherwise or goes on under a later queue.</summary>
    /// <returns>Whether it was noted.</returns>
    public async Task<bool> FailAsync(string job, string reason, CancellationToken cancellationToken)
    {
        if (await journal.FindAsync(job, cancellationToken).ConfigureAwait(false) is not { HasEnded: false } entry)
        {
            return false;
        }

        // Never in a later term's range, whoever noted the last event.
        long sequence = entry.Term > Term ? JobTerm.FirstNumber(Term) : Math.Max(entry.LastSequence + 1, JobTerm.FirstNumber(Term));
        try
        {
            // A model is there as a whole or not at all.
            await new StoredJob(store, job).DeleteModelAsync(Term, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is BlobStoreException or ArgumentException)
        {
            // A job of an impossible name, which has to fail all the same, is no reason for the queue to.
            logger.LogWarning(exception, "Parts of a model of job {Job} may still be stored.", job);
        }

        try
        {
            JobEvent failed = new() { Sequence = sequence, State = new StateChanged { State = JobState.Failed, Reason = reason } };
            await journal.AppendAsync(job, failed, cancellationToken).ConfigureAwait(false);
        }
        catch (SupersededException exception)
        {
            logger.LogInformation("Job {Job} is given up, and has not failed: {Reason}.", job, exception.Message);
            return false;
        }

        logger.LogError("Job {Job} has failed: {Reason}.", job, reason.TrimEnd('.'));
        return true;
    }

    /// <summary>
    /// Removes of a job that has ended what only a running one needs; what stays after all is removed when the queue starts the next time.
    /// </summary>
    /// <returns>Whether it is gone.</returns>
    public async Task<bool> CleanUpAsync(string job, CancellationToken cancellationToken)
    {
        if (await journal.FindAsync(job, cancellationToken).ConfigureAwait(false) is not { HasEnded: true } entry)
        {
            // It goes on under a later queue.
            return false;
        }

        try
        {
            await new StoredJob(store, job).DeleteAllButModelAsync(entry.Term, cancellationToken).ConfigureAwait(false);
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
