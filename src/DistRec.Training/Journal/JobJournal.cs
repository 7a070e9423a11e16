using System.Globalization;
using DistRec.Training.Databases;
using Google.Protobuf;

namespace DistRec.Training.Journal;

/// <summary>
/// What happened to jobs, in SQLite or PostgreSQL: each job's specification and state, and every event but progress in order.
/// Written before the event is shown to anyone.
/// </summary>
public sealed class JobJournal : IJobJournal, IDisposable
{
    private const string Columns =
        "job, name, spec, state, reason, cancel_requested, created, started, updated, queue_order, last_epoch, " +
        "(SELECT COALESCE(MAX(sequence), 0) FROM events WHERE events.job = jobs.job) AS last_sequence";

    private const string Ended = $"('{nameof(JobState.Completed)}', '{nameof(JobState.Failed)}', '{nameof(JobState.Cancelled)}')";

    private readonly TimeProvider _time;
    private volatile JobJournalException? _trouble;

    internal JobJournal(IDatabase database, TimeProvider time)
    {
        Database = database;
        _time = time;
    }

    /// <inheritdoc/>
    public string Place => Database.Place;

    /// <inheritdoc/>
    public JobJournalException? Trouble => _trouble;

    internal IDatabase Database { get; }

    /// <summary>Opens a journal in a file and creates it where there is none.</summary>
    /// <exception cref="InputException">The file cannot be opened or is no journal.</exception>
    public static JobJournal Open(string path, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(time);
        try
        {
            return new JobJournal(DatabaseSetting.OpenFileAsync(path, JournalSchema.Steps).GetAwaiter().GetResult(), time);
        }
        catch (DatabaseException exception)
        {
            throw new InputException($"{exception.Message}, or give another --out", exception);
        }
    }

    /// <summary>Opens the journal that a person names with <c>--journal</c> and creates it where there is none.</summary>
    /// <param name="setting">A file's path, or <c>postgresql://user:password@host:port/database</c>.</param>
    /// <param name="time">The clock of what is noted.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InputException">The setting cannot be understood, or the journal cannot be opened.</exception>
    public static async Task<JobJournal> OpenAsync(string setting, TimeProvider time, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(setting);
        ArgumentNullException.ThrowIfNull(time);
        return new JobJournal(
            await DatabaseSetting.OpenAsync("--journal", setting, JournalSchema.Steps, time, cancellationToken).ConfigureAwait(false), time);
    }

    /// <inheritdoc/>
    public async Task<JobEntry> EnqueueAsync(JobSpec spec, string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentException.ThrowIfNullOrWhiteSpace(spec.Job);
        ArgumentNullException.ThrowIfNull(name);
        JobEntry entry = await WriteAsync(
            async statements =>
            {
                await statements.ExecuteAsync(
                    """
                    INSERT INTO jobs (job, name, spec, state, reason, created, started, updated, queue_order)
                    SELECT @job, @name, @spec, @state, '', @now, '', @now, COALESCE(MAX(queue_order), 0) + 1 FROM jobs WHERE TRUE
                    ON CONFLICT (job) DO NOTHING
                    """,
                    new { job = spec.Job, name, spec = JsonFormatter.Default.Format(spec), state = nameof(JobState.Submitted), now = Now() })
                    .ConfigureAwait(false);
                return (await FindAsync(statements, spec.Job).ConfigureAwait(false))!;
            },
            cancellationToken).ConfigureAwait(false);
        return entry.Name == name && Unplaced(entry.Spec).Equals(Unplaced(spec)) ? entry : throw new JobExistsException(Place, spec.Job);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JobEntry>> PendingAsync(CancellationToken cancellationToken = default) =>
        await QueryAsync($"SELECT {Columns} FROM jobs WHERE state NOT IN {Ended} ORDER BY queue_order, job", cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task<JobEntry?> FindAsync(string job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        return ReadAsync(statements => FindAsync(statements, job), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JobEntry>> ListAsync(CancellationToken cancellationToken = default) =>
        await QueryAsync($"SELECT {Columns} FROM jobs ORDER BY queue_order, job", cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task<long> BeginTermAsync(CancellationToken cancellationToken = default) => WriteAsync(
        async statements =>
        {
            await statements.ExecuteAsync("UPDATE journal SET term = term + 1").ConfigureAwait(false);
            return await NewestTermAsync(statements).ConfigureAwait(false);
        },
        cancellationToken);

    /// <inheritdoc/>
    public async Task RequireNewestAsync(long term, CancellationToken cancellationToken = default) =>
        JobTerm.RequireNewest(Place, term, await ReadAsync(NewestTermAsync, cancellationToken).ConfigureAwait(false));

    /// <inheritdoc/>
    public Task PlaceAsync(JobSpec spec, long term, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        return WriteAsync(
            async statements =>
            {
                JobTerm.RequireNewest(Place, term, await NewestTermAsync(statements).ConfigureAwait(false));
                return await statements.ExecuteAsync(
                    "UPDATE jobs SET spec = @spec WHERE job = @job", new { job = spec.Job, spec = JsonFormatter.Default.Format(spec) }).ConfigureAwait(false);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task AppendAsync(string job, JobEvent jobEvent, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(jobEvent);
        return jobEvent.Progress is not null
            ? Task.CompletedTask
            : WriteAsync(statements => AppendAsync(statements, job, jobEvent), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JobEvent>> EventsAsync(string job, long after = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        List<string> events = await ReadAsync(
            statements => statements.QueryAsync<string>(
                "SELECT event FROM events WHERE job = @job AND sequence > @after ORDER BY sequence", new { job, after }),
            cancellationToken).ConfigureAwait(false);
        return events.ConvertAll(JobEvent.Parser.ParseJson);
    }

    /// <inheritdoc/>
    public Task<bool> RequestCancelAsync(string job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        return WriteAsync(
            async statements =>
            {
                await statements.ExecuteAsync(
                    $"UPDATE jobs SET cancel_requested = 1 WHERE job = @job AND state NOT IN {Ended}", new { job }).ConfigureAwait(false);
                return await FindAsync(statements, job).ConfigureAwait(false) is { } entry
                    ? !entry.HasEnded
                    : throw new UnknownJobException(Place, job);
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> RemoveAsync(string job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        return WriteAsync(
            async statements =>
            {
                if (await FindAsync(statements, job).ConfigureAwait(false) is { HasEnded: false })
                {
                    return false;
                }

                await statements.ExecuteAsync("DELETE FROM events WHERE job = @job", new { job }).ConfigureAwait(false);
                await statements.ExecuteAsync("DELETE FROM jobs WHERE job = @job", new { job }).ConfigureAwait(false);
                return true;
            },
            cancellationToken);
    }

    /// <summary>
    /// Notes that a job of this process alone begins, or goes on: a job of the same id is replaced, and its events are forgotten.
    /// </summary>
    public void Begin(JobSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        Finish(WriteAsync(
            async statements =>
            {
                await statements.ExecuteAsync("DELETE FROM events WHERE job = @job", new { job = spec.Job }).ConfigureAwait(false);
                return await statements.ExecuteAsync(
                    """
                    INSERT INTO jobs (job, spec, state, reason, created, started, updated, queue_order)
                    SELECT @job, @spec, @state, '', @now, @now, @now, COALESCE(MAX(queue_order), 0) + 1 FROM jobs WHERE TRUE
                    ON CONFLICT (job) DO UPDATE SET
                        spec = @spec, state = @state, reason = '', started = @now, updated = @now, cancel_requested = 0, last_epoch = ''
                    """,
                    new { job = spec.Job, spec = JsonFormatter.Default.Format(spec), state = nameof(JobState.Submitted), now = Now() })
                    .ConfigureAwait(false);
            },
            CancellationToken.None));
    }

    /// <inheritdoc cref="AppendAsync(string, JobEvent, CancellationToken)"/>
    public void Append(string job, JobEvent jobEvent) => Finish(AppendAsync(job, jobEvent));

    /// <summary>State and reason of a job; null where the journal does not know it.</summary>
    public (JobState State, string Reason)? Find(string job) => FindAsync(job).GetAwaiter().GetResult() is { } entry ? (entry.State, entry.Reason) : null;

    /// <summary>The events of a job in order.</summary>
    public IReadOnlyList<JobEvent> Events(string job) => EventsAsync(job).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public void Dispose() => Finish(Database.DisposeAsync().AsTask());

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Database.DisposeAsync();

    private Task<T> ReadAsync<T>(Func<Statements, Task<T>> work, CancellationToken cancellationToken) =>
        RunAsync(DatabaseAccess.Read, work, cancellationToken);

    private async Task<T> WriteAsync<T>(Func<Statements, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            T result = await RunAsync(DatabaseAccess.Write, work, cancellationToken).ConfigureAwait(false);
            _trouble = null;
            return result;
        }
        catch (JobJournalException exception) when (exception is not UnknownJobException)
        {
            _trouble = exception;
            throw;
        }
    }

    private async Task<T> RunAsync<T>(DatabaseAccess access, Func<Statements, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            return await Database.RunAsync(access, work, cancellationToken).ConfigureAwait(false);
        }
        catch (DatabaseException exception)
        {
            throw new JobJournalException(exception.Message, exception);
        }
    }

    private static async Task<long> NewestTermAsync(Statements statements) =>
        (await statements.QueryAsync<long>("SELECT term FROM journal").ConfigureAwait(false)).Single();

    private async Task<int> AppendAsync(Statements statements, string job, JobEvent jobEvent)
    {
        // Writers take turns, so no queue begins between this look and the end of the transaction.
        JobTerm.RequireNewest(Place, JobTerm.Of(jobEvent.Sequence), await NewestTermAsync(statements).ConfigureAwait(false));
        if ((await statements.QueryAsync<long>("SELECT queue_order FROM jobs WHERE job = @job", new { job }).ConfigureAwait(false)).Count == 0)
        {
            throw new UnknownJobException(Place, job);
        }

        if (jobEvent.State is { } state)
        {
            await statements.ExecuteAsync(
                $"""
                UPDATE jobs SET state = @state, reason = @reason, updated = @now,
                    started = CASE WHEN started = '' AND @state <> '{nameof(JobState.Submitted)}' THEN @now ELSE started END
                WHERE job = @job
                """,
                new { job, state = state.State.ToString(), reason = state.Reason, now = Now() }).ConfigureAwait(false);
        }

        string text = JsonFormatter.Default.Format(jobEvent);
        if (jobEvent.Epoch is not null)
        {
            // Whoever lists jobs need not look through all their events for it.
            await statements.ExecuteAsync("UPDATE jobs SET last_epoch = @text WHERE job = @job", new { job, text }).ConfigureAwait(false);
        }

        return await statements.ExecuteAsync(
            """
            INSERT INTO events (job, sequence, time, event) VALUES (@job, @sequence, @now, @text)
            ON CONFLICT (job, sequence) DO UPDATE SET time = @now, event = @text
            """,
            new { job, sequence = jobEvent.Sequence, now = Now(), text }).ConfigureAwait(false);
    }

    private async Task<List<JobEntry>> QueryAsync(string text, CancellationToken cancellationToken) =>
        (await ReadAsync(statements => statements.QueryAsync<Row>(text), cancellationToken).ConfigureAwait(false)).ConvertAll(row => row.ToEntry());

    private static async Task<JobEntry?> FindAsync(Statements statements, string job) =>
        (await statements.QueryAsync<Row>($"SELECT {Columns} FROM jobs WHERE job = @job", new { job }).ConfigureAwait(false))
            .SingleOrDefault()?.ToEntry();

    // Where it lives is no part of what was submitted.
    private static JobSpec Unplaced(JobSpec spec)
    {
        JobSpec unplaced = spec.Clone();
        unplaced.ClearFirstShard();
        return unplaced;
    }

    // SQLite does its work before it returns the task.
    private static void Finish(Task task) => task.GetAwaiter().GetResult();

    private string Now() => _time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);

    /// <summary>A job as the database has it. Columns have the properties' names.</summary>
    private sealed record Row
    {
        public string Job { get; init; } = "";
        public string Name { get; init; } = "";
        public string Spec { get; init; } = "";
        public JobState State { get; init; }
        public string Reason { get; init; } = "";
        public bool CancelRequested { get; init; }
        public string Created { get; init; } = "";
        public string Started { get; init; } = "";
        public string Updated { get; init; } = "";
        public long QueueOrder { get; init; }
        public string LastEpoch { get; init; } = "";
        public long LastSequence { get; init; }

        public JobEntry ToEntry() => new(
            Job, Name, JobSpec.Parser.ParseJson(Spec), State, Reason, CancelRequested, TimeOf(Created), Started.Length > 0 ? TimeOf(Started) : null,
            TimeOf(Updated), QueueOrder, LastSequence)
        {
            LastEpoch = LastEpoch.Length > 0 ? JobEvent.Parser.ParseJson(LastEpoch).Epoch : null,
        };

        private static DateTimeOffset TimeOf(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
    }
}
