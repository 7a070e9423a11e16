using System.Data.Common;
using Npgsql;

namespace DistRec.Training.Databases;

/// <summary>A schema of a PostgreSQL database, for clusters whose coordinator may live on any machine.</summary>
internal sealed class PostgresDatabase : IDatabase
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

    private PostgresDatabase(NpgsqlConnectionStringBuilder settings, TimeProvider time)
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

    /// <summary>Opens a database, and makes the schema where there is none.</summary>
    /// <param name="settings">The server, the database and the user.</param>
    /// <param name="time">The clock that pauses go by.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DatabaseException">It cannot be reached, or refuses.</exception>
    public static async Task<PostgresDatabase> OpenAsync(NpgsqlConnectionStringBuilder settings, TimeProvider time, CancellationToken cancellationToken)
    {
        PostgresDatabase database = new(settings, time);
        try
        {
            await database.RunAsync(DatabaseAccess.Write, statements => statements.ExecuteAsync(Prepare), cancellationToken).ConfigureAwait(false);
            return database;
        }
        catch
        {
            await database.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task<T> RunAsync<T>(DatabaseAccess access, Func<Statements, Task<T>> work, CancellationToken cancellationToken = default)
    {
        TimeSpan pause = FirstPause;
        for (int attempt = 1; ; attempt++)
        {
            bool mayRunAgain = true;
            try
            {
                NpgsqlConnection connection = await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    NpgsqlTransaction transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
                    await using (transaction.ConfigureAwait(false))
                    {
                        Statements statements = new(connection, transaction, cancellationToken);
                        if (access != DatabaseAccess.Read)
                        {
                            await statements.ExecuteAsync(TakeTurn).ConfigureAwait(false);
                        }

                        T result = await work(statements).ConfigureAwait(false);
                        mayRunAgain = access != DatabaseAccess.WriteOnce;
                        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                        return result;
                    }
                }
            }
            catch (DbException exception) when (!cancellationToken.IsCancellationRequested)
            {
                // A server that was restarted has dropped the connections of the pool.
                if (!exception.IsTransient || attempt == Attempts || !mayRunAgain)
                {
                    throw Refused(exception);
                }
            }

            await Task.Delay(pause, _time, cancellationToken).ConfigureAwait(false);
            pause *= 2;
        }
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private DatabaseException Refused(Exception exception) => new(
        $"{Place}: expected a PostgreSQL database that can be written, found: {exception.GetBaseException().Message.TrimEnd('.')}; " +
        "check the address, the user, the password (PGPASSWORD), and the user's rights",
        exception);
}
