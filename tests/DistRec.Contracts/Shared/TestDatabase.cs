namespace DistRec.Contracts;

/// <summary>Where a contract's databases are: every kind that the machine has must keep it.</summary>
public interface ITestDatabase
{
    /// <summary>Why there is none; null where there is one.</summary>
    string? Missing { get; }

    /// <summary>Makes a database and names it as a person would.</summary>
    Task<string> CreateDatabaseAsync();
}

/// <summary>Files of SQLite, in a folder that goes with the tests.</summary>
public sealed class SqliteFiles : ITestDatabase, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private int _databases;

    public string? Missing => null;

    /// <summary>Where they are.</summary>
    public string Folder => _folder.Path;

    public Task<string> CreateDatabaseAsync() => Task.FromResult(Path.Combine(Folder, $"test{Interlocked.Increment(ref _databases)}.db"));

    public void Dispose() => _folder.Dispose();
}
