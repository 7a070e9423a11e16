using DistRec.Serving.Events;
using DistRec.Serving.Items;
using DistRec.Serving.Keys;
using DistRec.Training.Databases;

namespace DistRec.Serving.Stores;

/// <summary>What a server keeps in its database, for whoever is not that server; whether it runs or not. It knows of a change within seconds.</summary>
public sealed class ServerDatabase : IAsyncDisposable
{
    private readonly IDatabase _database;

    private ServerDatabase(IDatabase database, IEventLog events, TimeProvider time)
    {
        _database = database;
        Events = events;
        Items = new ItemDetailsTable(database);
        Keys = new ApiKeys(database, time);
    }

    /// <summary>What users did and were shown.</summary>
    public IEventLog Events { get; }

    /// <summary>What was said of items.</summary>
    public IItemDetails Items { get; }

    /// <summary>The keys of its API.</summary>
    public ApiKeys Keys { get; }

    /// <summary>Whether a place is a file, and no address of a database.</summary>
    public static bool IsFile(string place) => DatabaseSetting.IsFile(place);

    /// <summary>Opens the database of a server, and makes it where there is none.</summary>
    /// <param name="option">What it is given as; errors begin with it.</param>
    /// <param name="place">A file's path, or <c>postgresql://user:password@host:port/database</c>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InputException">It cannot be opened, or is no server's.</exception>
    public static async Task<ServerDatabase> OpenAsync(string option, string place, TimeProvider time, CancellationToken cancellationToken = default)
    {
        IDatabase database = await DatabaseSetting.OpenAsync(option, place, ServingSchema.Steps, time, cancellationToken).ConfigureAwait(false);
        try
        {
            return new ServerDatabase(database, await EventLog.OpenAsync(database, null, time, cancellationToken).ConfigureAwait(false), time);
        }
        catch
        {
            await database.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _database.DisposeAsync();
}
