using Microsoft.Extensions.Logging;

namespace DistRec.Training.Journal;

/// <summary>
/// A journal as those who keep jobs use it: where it cannot be read or written it is tried again until it can, and the log says so. Without
/// it nothing can be noted, not even that a job has failed.
/// </summary>
/// <param name="journal">The journal.</param>
/// <param name="logger">Hears what is wrong.</param>
/// <param name="time">The clock of the pauses.</param>
internal sealed class PatientJournal(IJobJournal journal, ILogger logger, TimeProvider time)
{
    /// <summary>How long a journal that refused is left alone.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <inheritdoc cref="IJobJournal.PendingAsync"/>
    public Task<IReadOnlyList<JobEntry>> PendingAsync(CancellationToken cancellationToken) =>
        TryAsync(journal.PendingAsync, cancellationToken);

    /// <inheritdoc cref="IJobJournal.ListAsync"/>
    public Task<IReadOnlyList<JobEntry>> ListAsync(CancellationToken cancellationToken) => TryAsync(journal.ListAsync, cancellationToken);

    /// <inheritdoc cref="IJobJournal.FindAsync"/>
    public Task<JobEntry?> FindAsync(string job, CancellationToken cancellationToken) =>
        TryAsync(token => journal.FindAsync(job, token), cancellationToken);

    /// <inheritdoc cref="IJobJournal.BeginTermAsync"/>
    public Task<long> BeginTermAsync(CancellationToken cancellationToken) => TryAsync(journal.BeginTermAsync, cancellationToken);

    /// <inheritdoc cref="IJobJournal.RequireNewestAsync"/>
    public Task RequireNewestAsync(long term, CancellationToken cancellationToken) =>
        TryAsync(token => journal.RequireNewestAsync(term, token), cancellationToken);

    /// <inheritdoc cref="IJobJournal.PlaceAsync"/>
    public Task PlaceAsync(JobSpec spec, long term, CancellationToken cancellationToken) =>
        TryAsync(token => journal.PlaceAsync(spec, term, token), cancellationToken);

    /// <inheritdoc cref="IJobJournal.AppendAsync"/>
    public Task AppendAsync(string job, JobEvent jobEvent, CancellationToken cancellationToken) =>
        TryAsync(token => journal.AppendAsync(job, jobEvent, token), cancellationToken);

    private Task<bool> TryAsync(Func<CancellationToken, Task> call, CancellationToken cancellationToken) => TryAsync(
        async token =>
        {
            await call(token).ConfigureAwait(false);
            return true;
        },
        cancellationToken);

    private async Task<T> TryAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await call(cancellationToken).ConfigureAwait(false);
            }
            catch (JobJournalException exception) when (exception is not UnknownJobException && !cancellationToken.IsCancellationRequested)
            {
                logger.LogError("The jobs wait for their journal: {Reason}.", exception.Message.TrimEnd('.'));
            }

            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }
    }
}
