using DistRec.Serving.Stores;
using DistRec.Training.Databases;

namespace DistRec.Serving.Tests;

/// <summary>A test of what a server keeps, on a database of its own.</summary>
public abstract class ServingDatabaseTest(ITestDatabase databases) : IAsyncLifetime
{
    /// <summary>No waiting of a test takes longer, unless something is broken.</summary>
    protected static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly List<IDatabase> _opened = [];

    private protected ManualTime Time { get; } = new();

    /// <summary>The database, as a person would name it.</summary>
    private protected string Setting { get; private set; } = "";

    private protected IDatabase Database { get; private set; } = null!;

    public virtual async Task InitializeAsync()
    {
        Skip.If(databases.Missing is not null, databases.Missing);
        Setting = await databases.CreateDatabaseAsync();
        Database = await OpenDatabaseAsync();
    }

    public virtual async Task DisposeAsync()
    {
        foreach (IDatabase database in _opened)
        {
            await database.DisposeAsync();
        }
    }

    /// <summary>Opens the database once more, as another process would.</summary>
    private protected async Task<IDatabase> OpenDatabaseAsync()
    {
        IDatabase database = await DatabaseSetting.OpenAsync("--database", Setting, ServingSchema.Steps, TimeProvider.System);
        _opened.Add(database);
        return database;
    }
}
