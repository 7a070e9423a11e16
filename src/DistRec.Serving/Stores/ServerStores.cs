using DistRec.Serving.Events;
using DistRec.Serving.Experiments;
using DistRec.Serving.Items;
using DistRec.Serving.Keys;
using DistRec.Serving.Registry;
using DistRec.Training.Databases;

namespace DistRec.Serving.Stores;

/// <summary>What a server keeps: opened before its actors start, closed when they have ended.</summary>
internal sealed class ServerStores : IAsyncDisposable
{
    private readonly IDatabase _database;
    private readonly IModelFiles _files;

    private ServerStores(IDatabase database, IModelFiles files, EventLog events, ModelRegistry models, ApiKeys keys, TimeProvider time)
    {
        _database = database;
        _files = files;
        Events = events;
        Models = models;
        Items = new ItemDetailsTable(database);
        Keys = keys;
        Experiments = new ExperimentStore(database, models, events.Partitions, time);
    }

    /// <summary>What users did and were shown.</summary>
    public EventLog Events { get; }

    /// <summary>Models and their versions.</summary>
    public ModelRegistry Models { get; }

    /// <summary>What has been said of items.</summary>
    public ItemDetailsTable Items { get; }

    /// <summary>Who may use the API.</summary>
    public ApiKeys Keys { get; }

    /// <summary>Experiments over versions.</summary>
    public ExperimentStore Experiments { get; }

    /// <summary>Opens what a server keeps, and makes it where there is nothing.</summary>
    /// <param name="setting">A file's path, or <c>postgresql://user:password@host:port/database</c>.</param>
    /// <param name="files">Where the models' files are.</param>
    /// <param name="partitions">How many partitions users are dealt out among.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InputException">The database cannot be used.</exception>
    public static async Task<ServerStores> OpenAsync(
        string setting, IModelFiles files, int partitions, TimeProvider time, CancellationToken cancellationToken)
    {
        IDatabase database = await DatabaseSetting.OpenAsync("--database", setting, ServingSchema.Steps, time, cancellationToken).ConfigureAwait(false);
        try
        {
            return new ServerStores(
                database,
                files,
                await EventLog.OpenAsync(database, partitions, time, cancellationToken).ConfigureAwait(false),
                await ModelRegistry.OpenAsync(database, files, time, cancellationToken).ConfigureAwait(false),
                new ApiKeys(database, time),
                time);
        }
        catch
        {
            await database.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        (_files as IDisposable)?.Dispose();
        return _database.DisposeAsync();
    }
}
