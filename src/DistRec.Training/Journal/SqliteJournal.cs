using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace DistRec.Training.Journal;

/// <summary>A journal in a file of SQLite, on a disk of this machine; processes of this machine may share it.</summary>
internal sealed class SqliteJournal : IJournalDatabase
{
    // Readers and a writer do not hinder each other, and a commit is on the disk when it returns.
    private const string Durability = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";
    private const int Full = 13; // SQLITE_FULL

    private readonly SqliteConnection _connection;
    private readonly SemaphoreSlim _turn = new(1, 1);

    private SqliteJournal(string path, SqliteConnection connection)
    {
        Place = path;
        _connection = connection;
    }

    public string Place { get; }

    /// <summary>Opens a file, and makes it where there is none.</summary>
    /// <exception cref="JobJournalException">The file cannot be opened or is no database.</exception>
    public static SqliteJournal Open(string path)
    {
        SqliteConnection? connection = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            connection = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, ForeignKeys = true }.ToString());
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = Durability;
            command.ExecuteNonQuery();
            return new SqliteJournal(path, connection);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            connection?.Dispose();
            throw Refused(path, exception);
        }
    }

    public async Task<T> RunAsync<T>(bool writes, Func<JournalTransaction, Task<T>> work, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // A writer takes its turn among the processes at the beginning; one that began as a reader could be refused on the way.
            SqliteTransaction transaction = _connection.BeginTransaction(deferred: !writes);
            await using (transaction.ConfigureAwait(false))
            {
                T result = await work(new JournalTransaction(_connection, transaction, cancellationToken)).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                return result;
            }
        }
        catch (DbException exception)
        {
            throw Refused(Place, exception);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _connection.DisposeAsync().ConfigureAwait(false);
        _turn.Dispose();
    }

    private static JobJournalException Refused(string path, Exception exception) => new(
        exception is SqliteException { SqliteErrorCode: Full }
            ? $"{path}: expected space for the job journal, found the disk full; nothing was written: free some space"
            : $"{path}: expected a job journal that can be written, found: {exception.Message.TrimEnd('.')}; check the path, the permissions and the disk",
        exception);
}
