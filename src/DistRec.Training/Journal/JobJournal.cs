using DistRec.Data;
using DistRec.Training.Protocol;
using Google.Protobuf;
using Microsoft.Data.Sqlite;

namespace DistRec.Training.Journal;

/// <summary>
/// What happened to jobs, in SQLite: each job's specification and state, and every event but progress in order. Written before
/// the event is shown to anyone.
/// </summary>
public sealed class JobJournal : IDisposable
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS jobs (
            job TEXT PRIMARY KEY,
            spec TEXT NOT NULL,
            state TEXT NOT NULL,
            reason TEXT NOT NULL,
            started TEXT NOT NULL,
            updated TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS events (
            job TEXT NOT NULL REFERENCES jobs(job),
            sequence INTEGER NOT NULL,
            time TEXT NOT NULL,
            event TEXT NOT NULL,
            PRIMARY KEY (job, sequence));
        """;

    private readonly SqliteConnection _connection;
    private readonly TimeProvider _time;

    private JobJournal(SqliteConnection connection, TimeProvider time)
    {
        _connection = connection;
        _time = time;
    }

    /// <summary>Opens a journal and creates it where there is none.</summary>
    /// <exception cref="InputException">The file cannot be opened or is no journal.</exception>
    public static JobJournal Open(string path, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ArgumentNullException.ThrowIfNull(time);
        SqliteConnection? connection = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = Schema;
            command.ExecuteNonQuery();
            return new JobJournal(connection, time);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            connection?.Dispose();
            throw new InputException(
                $"{path}: expected a job journal that can be written, found: {exception.Message}; check the permissions, or give another --out", exception);
        }
    }

    /// <summary>Notes that a job begins, or goes on.</summary>
    public void Begin(JobSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        using SqliteTransaction transaction = _connection.BeginTransaction();
        Execute("DELETE FROM events WHERE job = $job", ("$job", spec.Job));
        Execute(
            """
            INSERT INTO jobs (job, spec, state, reason, started, updated) VALUES ($job, $spec, $state, '', $now, $now)
            ON CONFLICT (job) DO UPDATE SET spec = $spec, state = $state, reason = '', started = $now, updated = $now
            """,
            ("$job", spec.Job), ("$spec", JsonFormatter.Default.Format(spec)), ("$state", nameof(JobState.Submitted)), ("$now", Now()));
        transaction.Commit();
    }

    /// <summary>Notes an event; progress is left out.</summary>
    public void Append(string job, JobEvent happening)
    {
        ArgumentNullException.ThrowIfNull(happening);
        if (happening.Progress is not null)
        {
            return;
        }

        using SqliteTransaction transaction = _connection.BeginTransaction();
        Execute(
            "INSERT OR REPLACE INTO events (job, sequence, time, event) VALUES ($job, $sequence, $now, $event)",
            ("$job", job), ("$sequence", happening.Sequence), ("$now", Now()), ("$event", JsonFormatter.Default.Format(happening)));
        if (happening.State is { } state)
        {
            Execute(
                "UPDATE jobs SET state = $state, reason = $reason, updated = $now WHERE job = $job",
                ("$job", job), ("$state", state.State.ToString()), ("$reason", state.Reason), ("$now", Now()));
        }

        transaction.Commit();
    }

    /// <summary>State and reason of a job; null where the journal does not know it.</summary>
    public (JobState State, string Reason)? Find(string job)
    {
        using SqliteCommand command = Command("SELECT state, reason FROM jobs WHERE job = $job", ("$job", job));
        using SqliteDataReader reader = command.ExecuteReader();
        return reader.Read() ? (Enum.Parse<JobState>(reader.GetString(0)), reader.GetString(1)) : null;
    }

    /// <summary>The events of a job in order.</summary>
    public IReadOnlyList<JobEvent> Events(string job)
    {
        using SqliteCommand command = Command("SELECT event FROM events WHERE job = $job ORDER BY sequence", ("$job", job));
        using SqliteDataReader reader = command.ExecuteReader();
        List<JobEvent> events = [];
        while (reader.Read())
        {
            events.Add(JobEvent.Parser.ParseJson(reader.GetString(0)));
        }

        return events;
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private string Now() => _time.GetUtcNow().ToString("O");

    private void Execute(string text, params (string Name, object Value)[] parameters)
    {
        using SqliteCommand command = Command(text, parameters);
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string text, params (string Name, object Value)[] parameters)
    {
        SqliteCommand command = _connection.CreateCommand();
#pragma warning disable CA2100 // every text is a constant of this file; values go in as parameters
        command.CommandText = text;
#pragma warning restore CA2100
        foreach ((string name, object value) in parameters)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }
}
