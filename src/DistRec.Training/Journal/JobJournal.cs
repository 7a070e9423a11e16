using System.Data.Common;
using System.Globalization;
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
        "(SELECT COALESCE(MAX(sequence), 0) FROM events WHERE events.job = jobs.job)";

    private const string Ended = $"('{nameof(JobState.Completed)}', '{nameof(JobState.Failed)}', '{nameof(JobState.Cancelled)}')";

    private readonly TimeProvider _time;
    private volatile JobJournalException? _trouble;

    internal JobJournal(IJournalDatabase database, TimeProvider time)
    {
        Database = database;
        _time = time;
    }

    /// <inheritdoc/>
    public string Place => Database.Place;

    /// <inheritdoc/>
    public JobJournalException? Trouble => _trouble;

    internal IJournalDatabase Database { get; }

    /// <summary>Opens a journal in a file and creates it where there is none.</summary>
    /// <exception cref="InputException">The file cannot be opened or is no journal.</exception>
    public static JobJournal Open(string path, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(time);
        SqliteJournal? database = null;
        try
        {
            database = SqliteJournal.Open(path);
            Finish(JournalSchema.PrepareAsync(database, CancellationToken.None));
            return new JobJournal(database, time);
        }
        catch (JobJournalException exception)
        {
            if (database is not null)
            {
                Finish(database.DisposeAsync().AsTask());
            }

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
        IJournalDatabase? database = null;
        try
        {
            if (JournalSetting.ReadPostgres(setting) is { } settings)
            {
                PostgresJournal postgres = new(settings, time);
                database = postgres;
                await postgres.PrepareAsync(cancellationToken).ConfigureAwait(false);
            }
            else
            {
                database = SqliteJournal.Open(setting);
            }

            await JournalSchema.PrepareAsync(database, cancellationToken).ConfigureAwait(false);
            return new JobJournal(database, time);
        }
        catch (Exception exception)
        {
            if (database is not null)
            {
                await database.DisposeAsync().ConfigureAwait(false);
            }

            if (exception is JobJournalException)
            {
                throw new InputException($"{JournalSetting.Option}: {exception.Message}", exception);
            }

            throw;
        }
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
                    ("job", spec.Job), ("name", name), ("spec", JsonFormatter.Default.Format(spec)), ("state", nameof(JobState.Submitted)),
                    ("now", Now())).ConfigureAwait(false);
                return (await FindAsync(statements, spec.Job).ConfigureAwait(false))!;
            },
            cancellationToken).ConfigureAwait(false);
        return entry.Name == name && entry.Spec.Equals(spec) ? entry : throw new JobExistsException(Place, spec.Job);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JobEntry>> PendingAsync(CancellationToken cancellationToken = default) =>
        await QueryAsync($"SELECT {Columns} FROM jobs WHERE state NOT IN {Ended} ORDER BY queue_order, job", cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task<JobEntry?> FindAsync(string job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        return Database.RunAsync(writes: false, statements => FindAsync(statements, job), cancellationToken);
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
        JobTerm.RequireNewest(Place, term, await Database.RunAsync(writes: false, NewestTermAsync, cancellationToken).ConfigureAwait(false));

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
        return await Database.RunAsync(
            writes: false,
            statements => statements.QueryAsync(
                reader => JobEvent.Parser.ParseJson(reader.GetString(0)),
                "SELECT event FROM events WHERE job = @job AND sequence > @after ORDER BY sequence",
                ("job", job), ("after", after)),
            cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task<bool> RequestCancelAsync(string job, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(job);
        return WriteAsync(
            async statements =>
            {
                await statements.ExecuteAsync(
                    $"UPDATE jobs SET cancel_requested = 1 WHERE job = @job AND state NOT IN {Ended}", ("job", job)).ConfigureAwait(false);
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

                await statements.ExecuteAsync("DELETE FROM events WHERE job = @job", ("job", job)).ConfigureAwait(false);
                await statements.ExecuteAsync("DELETE FROM jobs WHERE job = @job", ("job", job)).ConfigureAwait(false);
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
                await statements.ExecuteAsync("DELETE FROM events WHERE job = @job", ("job", spec.Job)).ConfigureAwait(false);
                return await statements.ExecuteAsync(
                    """
                    INSERT INTO jobs (job, spec, state, reason, created, started, updated, queue_order)
                    SELECT @job, @spec, @state, '', @now, @now, @now, COALESCE(MAX(queue_order), 0) + 1 FROM jobs WHERE TRUE
                    ON CONFLICT (job) DO UPDATE SET
                        spec = @spec, state = @state, reason = '', started = @now, updated = @now, cancel_requested = 0, last_epoch = ''
                    """,
                    ("job", spec.Job), ("spec", JsonFormatter.Default.Format(spec)), ("state", nameof(JobState.Submitted)), ("now", Now()))
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

    private async Task<T> WriteAsync<T>(Func<JournalTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        try
        {
            T result = await Database.RunAsync(writes: true, work, cancellationToken).ConfigureAwait(false);
            _trouble = null;
            return result;
        }
        catch (JobJournalException exception) when (exception is not UnknownJobException)
        {
            _trouble = exception;
            throw;
        }
    }

    private static async Task<long> NewestTermAsync(JournalTransaction statements) =>
        (await statements.QueryAsync(reader => reader.GetInt64(0), "SELECT term FROM journal").ConfigureAwait(false)).Single();

    private async Task<int> AppendAsync(JournalTransaction statements, string job, JobEvent jobEvent)
    {
        // Writers take turns, so no queue begins between this look and the end of the transaction.
        JobTerm.RequireNewest(Place, JobTerm.Of(jobEvent.Sequence), await NewestTermAsync(statements).ConfigureAwait(false));
        List<long> known = await statements.QueryAsync(
            reader => reader.GetInt64(0), "SELECT queue_order FROM jobs WHERE job = @job", ("job", job)).ConfigureAwait(false);
        if (known.Count == 0)
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
                ("job", job), ("state", state.State.ToString()), ("reason", state.Reason), ("now", Now())).ConfigureAwait(false);
        }

        string text = JsonFormatter.Default.Format(jobEvent);
        if (jobEvent.Epoch is not null)
        {
            // Whoever lists jobs need not look through all their events for it.
            await statements.ExecuteAsync("UPDATE jobs SET last_epoch = @event WHERE job = @job", ("job", job), ("event", text)).ConfigureAwait(false);
        }

        return await statements.ExecuteAsync(
            """
            INSERT INTO events (job, sequence, time, event) VALUES (@job, @sequence, @now, @event)
            ON CONFLICT (job, sequence) DO UPDATE SET time = @now, event = @event
            """,
            ("job", job), ("sequence", jobEvent.Sequence), ("now", Now()), ("event", text)).ConfigureAwait(false);
    }

    private Task<List<JobEntry>> QueryAsync(string text, CancellationToken cancellationToken) =>
        Database.RunAsync(writes: false, statements => statements.QueryAsync(Read, text), cancellationToken);

    private static async Task<JobEntry?> FindAsync(JournalTransaction statements, string job) =>
        (await statements.QueryAsync(Read, $"SELECT {Columns} FROM jobs WHERE job = @job", ("job", job)).ConfigureAwait(false)).SingleOrDefault();

    private static JobEntry Read(DbDataReader reader) => new(
        reader.GetString(0),
        reader.GetString(1),
        JobSpec.Parser.ParseJson(reader.GetString(2)),
        Enum.Parse<JobState>(reader.GetString(3)),
        reader.GetString(4),
        reader.GetInt32(5) != 0,
        ReadTime(reader.GetString(6)),
        reader.GetString(7) is { Length: > 0 } started ? ReadTime(started) : null,
        ReadTime(reader.GetString(8)),
        reader.GetInt64(9),
        reader.GetInt64(11))
    {
        LastEpoch = reader.GetString(10) is { Length: > 0 } epoch ? JobEvent.Parser.ParseJson(epoch).Epoch : null,
    };

    private static DateTimeOffset ReadTime(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);

    // SQLite does its work before it returns the task.
    private static void Finish(Task task) => task.GetAwaiter().GetResult();

    private string Now() => _time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture);
}
