namespace DistRec.Training.Journal;

/// <summary>
/// The jobs of a cluster in the order in which they were given, and what happened to each. Everything is on the disk when a call
/// returns, and a call that did not return has happened as a whole or not at all. States change by events alone, which its
/// coordinator appends; clients enqueue, ask to cancel, and read. All members are thread-safe.
/// </summary>
public interface IJobJournal : IAsyncDisposable
{
    /// <summary>Where it is, as a person would write it; errors begin with it.</summary>
    string Place { get; }

    /// <summary>Why the journal could not be written the last time; null when it could. Nothing goes on meanwhile.</summary>
    JobJournalException? Trouble => null;

    /// <summary>
    /// Puts a job at the end of the queue. The same job given again, as after an answer that was lost, is the one that is there.
    /// </summary>
    /// <param name="spec">What to train; <see cref="JobSpec.Job"/> is the job's id.</param>
    /// <param name="name">What its owner calls it; any text.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="JobExistsException">The id is taken by another job.</exception>
    /// <exception cref="JobJournalException">The journal cannot be written.</exception>
    Task<JobEntry> EnqueueAsync(JobSpec spec, string name, CancellationToken cancellationToken = default);

    /// <summary>The jobs that have not ended, in the order in which they were given: those that were running among them, after a restart.</summary>
    /// <exception cref="JobJournalException">The journal cannot be read.</exception>
    Task<IReadOnlyList<JobEntry>> PendingAsync(CancellationToken cancellationToken = default);

    /// <summary>A job; null where there is none of that id.</summary>
    /// <exception cref="JobJournalException">The journal cannot be read.</exception>
    Task<JobEntry?> FindAsync(string job, CancellationToken cancellationToken = default);

    /// <summary>All jobs in the order in which they were given.</summary>
    /// <exception cref="JobJournalException">The journal cannot be read.</exception>
    Task<IReadOnlyList<JobEntry>> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Notes that a queue begins to run the jobs: from now on what earlier ones append is refused.</summary>
    /// <returns>Its term, above all before it; see <see cref="JobTerm"/>.</returns>
    /// <exception cref="JobJournalException">The journal cannot be written.</exception>
    Task<long> BeginTermAsync(CancellationToken cancellationToken = default);

    /// <summary>Makes sure that no later queue has begun.</summary>
    /// <exception cref="SupersededException">One has.</exception>
    /// <exception cref="JobJournalException">The journal cannot be read.</exception>
    Task RequireNewestAsync(long term, CancellationToken cancellationToken = default);

    /// <summary>Notes which shards a job that is about to start lives in.</summary>
    /// <param name="spec">The job with its <see cref="JobSpec.FirstShard"/>.</param>
    /// <param name="term">Of the queue that starts it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SupersededException">A later queue has begun.</exception>
    /// <exception cref="JobJournalException">The journal cannot be written.</exception>
    Task PlaceAsync(JobSpec spec, long term, CancellationToken cancellationToken = default);

    /// <summary>
    /// Notes an event, and the state that it may bring. An event of a sequence number that is there already takes its place.
    /// Progress is left out.
    /// </summary>
    /// <exception cref="SupersededException">The event's number is of an earlier term than the newest.</exception>
    /// <exception cref="UnknownJobException">There is no such job.</exception>
    /// <exception cref="JobJournalException">The journal cannot be written.</exception>
    Task AppendAsync(string job, JobEvent jobEvent, CancellationToken cancellationToken = default);

    /// <summary>The events of a job in the order of their sequence numbers, from the first above <paramref name="after"/>.</summary>
    /// <exception cref="JobJournalException">The journal cannot be read.</exception>
    Task<IReadOnlyList<JobEvent>> EventsAsync(string job, long after = 0, CancellationToken cancellationToken = default);

    /// <summary>Notes that someone wants a job to stop; the coordinator sees it in <see cref="JobEntry.CancelRequested"/>.</summary>
    /// <returns>Whether the job can still be cancelled: false when it has ended.</returns>
    /// <exception cref="UnknownJobException">There is no such job.</exception>
    /// <exception cref="JobJournalException">The journal cannot be written.</exception>
    Task<bool> RequestCancelAsync(string job, CancellationToken cancellationToken = default);

    /// <summary>Forgets a job that has ended, with its events. Its id may then be given again.</summary>
    /// <returns>Whether nothing is noted of the job any more: false when it has not ended.</returns>
    /// <exception cref="JobJournalException">The journal cannot be written.</exception>
    Task<bool> RemoveAsync(string job, CancellationToken cancellationToken = default);
}
