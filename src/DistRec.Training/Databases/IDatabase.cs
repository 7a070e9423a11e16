namespace DistRec.Training.Databases;

/// <summary>
/// A database: its connections, transactions and failures. Processes may share it. What is kept in it, and by which statements, is the
/// same in all kinds. All members are thread-safe.
/// </summary>
internal interface IDatabase : IAsyncDisposable
{
    /// <summary>Where it is, as a person would write it; errors begin with it.</summary>
    string Place { get; }

    /// <summary>
    /// Runs statements in one transaction and commits it. Transactions that write come one after the other, whichever process they
    /// belong to, and each sees all that came before it.
    /// </summary>
    /// <param name="access">Whether the transaction changes anything, and what to do where the connection is lost.</param>
    /// <param name="work">What to do; run again where the connection was lost.</param>
    /// <param name="cancellationToken">Gives up; nothing has happened then.</param>
    /// <exception cref="DatabaseException">The database refuses or cannot be reached; nothing has happened, but see <see cref="DatabaseAccess.WriteOnce"/>.</exception>
    Task<T> RunAsync<T>(DatabaseAccess access, Func<Statements, Task<T>> work, CancellationToken cancellationToken = default);
}

/// <summary>What a transaction does to a database.</summary>
internal enum DatabaseAccess
{
    /// <summary>It looks.</summary>
    Read,

    /// <summary>It changes something, and may be run again after it was committed: the second time changes nothing more.</summary>
    Write,

    /// <summary>
    /// It changes something each time it is run. Where the connection is lost in the very moment of the commit it fails, and whether it has
    /// happened is not known.
    /// </summary>
    WriteOnce,
}

/// <summary>A database cannot do what was asked of it. The message names it, what was found, and what to do.</summary>
public sealed class DatabaseException(string message, Exception? innerException = null) : Exception(message, innerException);
