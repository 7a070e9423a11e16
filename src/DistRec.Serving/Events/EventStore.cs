using DistRec.Serving.Items;
using DistRec.Serving.Stores;
using DistRec.Training.Databases;

namespace DistRec.Serving.Events;

/// <summary>The events of a server, for whoever is not that server: read while it goes on.</summary>
public sealed class EventStore : IAsyncDisposable
{
    private readonly IDatabase _database;

    private EventStore(IDatabase database, IEventLog log)
    {
        _database = database;
        Log = log;
        Items = new ItemDetailsTable(database);
    }

    /// <summary>What users did and were shown.</summary>
    public IEventLog Log { get; }

    /// <summary>What was said of items.</summary>
    public IItemDetails Items { get; }

    /// <summary>Opens the database of a server.</summary>
    /// <param name="option">What it is given as; errors begin with it.</param>
    /// <param name="place">A file that is there, or <c>postgresql://user:password@host:port/database</c>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InputException">It cannot be opened, or is no server's.</exception>
    public static async Task<EventStore> OpenAsync(string option, string place, TimeProvider time, CancellationToken cancellationToken = default)
    {
        IDatabase database = await DatabaseSetting.OpenAsync(option, place, ServingSchema.Steps, time, cancellationToken).ConfigureAwait(false);
        try
        {
            return new EventStore(database, await EventLog.OpenAsync(database, null, time, cancellationToken).ConfigureAwait(false));
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
