using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;

namespace DistRec.Training.Databases;

/// <summary>
/// A file of SQLite, on a disk of this machine; processes of this machine may share it. Statements and commits run on the caller's thread.
/// </summary>
internal sealed class SqliteDatabase : IDatabase
{
    private const int Full = 13; // SQLITE_FULL
    private const int IoError = 10;

    // What a transaction needs at least.
    private const long LeastSpace = 1 << 16;

    // Readers and a writer do not hinder each other, and a commit is on the disk when it returns. SQLite itself waits for other processes:
    // the driver would ask again only every 150 ms.
    private const string Settings = "PRAGMA busy_timeout = 30000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";

    private readonly string _kept;
    private readonly Lane _reads;
    private readonly Lane _writes;

    private SqliteDatabase(string path, string kept)
    {
        Place = path;
        _kept = kept;
        _reads = new Lane(path);
        _writes = new Lane(path);
    }

    public string Place { get; }

    /// <summary>Opens a file, and makes it where there is none.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kept">What is kept in it; see <see cref="SchemaSteps"/>.</param>
    /// <exception cref="DatabaseException">The file cannot be opened or is no database.</exception>
    public static async Task<SqliteDatabase> OpenAsync(string path, string kept)
    {
        SqliteDatabase database = new(path, kept);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            await database._writes.OpenAsync().ConfigureAwait(false);
            await database._reads.OpenAsync().ConfigureAwait(false);
            return database;
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            await database.DisposeAsync().ConfigureAwait(false);
            throw database.Refused(exception);
        }
    }

    public async Task<T> RunAsync<T>(DatabaseAccess access, Func<Statements, Task<T>> work, CancellationToken cancellationToken = default)
    {
        bool writes = access != DatabaseAccess.Read;
        (SqliteConnection connection, SemaphoreSlim turn) = writes ? _writes : _reads;
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // A writer takes its turn among the processes at the beginning; one that began as a reader could be refused on the way.
            SqliteTransaction transaction = connection.BeginTransaction(deferred: !writes);
            await using (transaction.ConfigureAwait(false))
            {
                T result = await work(new Statements(connection, transaction, cancellationToken)).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                return result;
            }
        }
        catch (DbException exception)
        {
            throw Refused(exception);
        }
        finally
        {
            turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach ((SqliteConnection connection, SemaphoreSlim turn) in new[] { _reads, _writes })
        {
            // What is under way ends first.
            await turn.WaitAsync().ConfigureAwait(false);
            await connection.DisposeAsync().ConfigureAwait(false);
            turn.Release();
        }
    }

    private DatabaseException Refused(Exception exception) => new(
        exception is SqliteException { SqliteErrorCode: Full } || (exception is SqliteException { SqliteErrorCode: IoError } && HasNoSpace())
            ? $"{Place}: expected space for the {_kept}, found the disk full; nothing was written: free some space"
            : $"{Place}: expected a {_kept} that can be written, found: {exception.Message.TrimEnd('.')}; check the path, the permissions and the disk",
        exception);

    // SQLite does not tell why it could not make its files of shared memory.
    private bool HasNoSpace()
    {
        try
        {
            return new DriveInfo(Path.GetDirectoryName(Path.GetFullPath(Place))!).AvailableFreeSpace < LeastSpace;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>A connection and the turn to use it. Reads have one of their own: they need not wait until a commit is on the disk.</summary>
    private sealed record Lane(SqliteConnection Connection, SemaphoreSlim Turn)
    {
        public Lane(string path)
            : this(
                new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, ForeignKeys = true }.ToString()),
                new SemaphoreSlim(1, 1))
        {
        }

        public async Task OpenAsync()
        {
            await Connection.OpenAsync().ConfigureAwait(false);
            await Connection.ExecuteAsync(Settings).ConfigureAwait(false);
        }
    }
}
