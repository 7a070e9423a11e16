using DistRec.Serving.Stores;
using DistRec.Training.Databases;

namespace DistRec.Serving.Keys;

/// <summary>The keys of a server where it keeps them, whether it runs or not: it knows of a change within seconds.</summary>
public sealed class KeyDatabase : IAsyncDisposable
{
    private readonly IDatabase _database;

    private KeyDatabase(IDatabase database, TimeProvider time)
    {
        _database = database;
        Keys = new ApiKeys(database, time);
    }

    /// <summary>The keys.</summary>
    public ApiKeys Keys { get; }

    /// <summary>Opens a server's database, and makes it where there is none.</summary>
    /// <param name="place">A file's path, or <c>postgresql://user:password@host:port/database</c>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InputException">It cannot be used.</exception>
    public static async Task<KeyDatabase> OpenAsync(string place, TimeProvider time, CancellationToken cancellationToken = default) =>
        new(await DatabaseSetting.OpenAsync("--database", place, ServingSchema.Steps, time, cancellationToken).ConfigureAwait(false), time);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
