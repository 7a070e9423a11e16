using System.Data.Common;
using Npgsql;

namespace DistRec.Training.Journal;

/// <summary>A journal in a schema of a PostgreSQL database, for clusters whose coordinator may live on any machine.</summary>
internal sealed class PostgresJournal : IJournalDatabase
{
    /// <summary>The schema that keeps the tables apart from others of the database.</summary>
    private const string Schema = "distrec";
    private const string Prepare = $"CREATE SCHEMA IF NOT EXISTS {Schema}";

    // Any number will do that no other program of the database locks.
    private const string TakeTurn = "SELECT pg_advisory_xact_lock(4846801373)";
    private const int Attempts = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private readonly NpgsqlDataSource _source;
    private readonly TimeProvider _time;

    /// <summary>Prepares a journal; nothing is sent yet.</summary>
    /// <param name="settings">The server, the database and the user.</param>
    /// <param name="time">The clock that pauses go by.</param>
    public PostgresJournal(NpgsqlConnectionStringBuilder settings, TimeProvider time)
    {
        Place = $"postgresql://{settings.Host}:{settings.Port}/{settings.Database}";
        _time = time;
        _source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(settings.ToString())
        {
            SearchPath = Schema,
            ApplicationName = settings.ApplicationName ?? "distrec",
        });
    }

    public string Place { get; }

    public async Task<T> RunAsync<T>(bool writes, Func<JournalTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        TimeSpan pause = FirstPause;
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(writes, work, cancellationToken).ConfigureAwait(false);
            }
            catch (DbException exception) when (!cancellationToken.IsCancellationRequested)
            {
                // A server that was restarted has dropped the connections of the pool: statements are all fit to be run again.
                if (!exception.IsTransient || attempt == Attempts)
                {
                    throw Refused(exception);
                }
            }

            await Task.Delay(pause, _time, cancellationToken).ConfigureAwait(false);
            pause *= 2;
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task<T> TryAsync<T>(bool writes, Func<JournalTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                JournalTransaction statements = new(connection, transaction, cancellationToken);
                if (writes)
                {
                    await statements.ExecuteAsync(TakeTurn).ConfigureAwait(false);
                }

                T result = await work(statements).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                return result;
            }
        }
    }

    /// <summary>Makes the schema where there is none.</summary>
    public Task PrepareAsync(CancellationToken cancellationToken) =>
        RunAsync(writes: true, statements => statements.ExecuteAsync(Prepare), cancellationToken);

    private JobJournalException Refused(Exception exception) => new(
        $"{Place}: expected a PostgreSQL database that can be written, found: {Innermost(exception).Message.TrimEnd('.')}; " +
        "check the address, the user, the password (PGPASSWORD), and the user's rights",
        exception);

    private static Exception Innermost(Exception exception) => exception.InnerException is { } inner ? Innermost(inner) : exception;
}
