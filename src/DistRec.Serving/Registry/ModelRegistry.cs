using DistRec.Serving.Experiments;
using DistRec.Training.Databases;

namespace DistRec.Serving.Registry;

/// <summary>The registry in a database, with the models' files beside it.</summary>
internal sealed class ModelRegistry : IModelRegistry
{
    private readonly IDatabase _database;
    private readonly IModelFiles _files;
    private readonly TimeProvider _time;

    private ModelRegistry(IDatabase database, IModelFiles files, TimeProvider time)
    {
        _database = database;
        _files = files;
        _time = time;
    }

    public string Place => _database.Place;

    /// <summary>Opens a registry, and removes what registrations left that did not come to their end.</summary>
    /// <param name="database">With the tables of <see cref="Stores.ServingSchema"/>.</param>
    /// <param name="files">Where the models are.</param>
    /// <param name="time">The clock of what is noted.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DatabaseException">The database cannot be used.</exception>
    /// <exception cref="ModelRegistryException">The place of the models cannot be used.</exception>
    public static async Task<ModelRegistry> OpenAsync(IDatabase database, IModelFiles files, TimeProvider time, CancellationToken cancellationToken = default)
    {
        // Writers take turns: nobody notes a registration meanwhile.
        await database.RunAsync(
            DatabaseAccess.Write,
            async statements =>
            {
                List<ModelVersion> versions = await ModelTables.VersionsAsync(statements, "").ConfigureAwait(false);
                await files.RemoveUnusedAsync(versions, cancellationToken).ConfigureAwait(false);
                return versions.Count;
            },
            cancellationToken).ConfigureAwait(false);
        return new ModelRegistry(database, files, time);
    }

    public async Task<ModelVersion> RegisterAsync(ModelRegistration registration, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(registration);
        ArgumentException.ThrowIfNullOrWhiteSpace(registration.By);
        ModelName.Require(registration.Name);
        ModelSource source = await Task.Run(() => ModelSource.Open(registration.Folder), cancellationToken).ConfigureAwait(false);
        if (await ReadAsync(statements => SameAsync(statements, registration, source), cancellationToken).ConfigureAwait(false) is { } same)
        {
            return same;
        }

        IPendingModel pending = await _files.AddAsync(registration.Name, source, cancellationToken).ConfigureAwait(false);
        await using (pending.ConfigureAwait(false))
        {
            return await NoteAsync(registration, source, pending, cancellationToken).ConfigureAwait(false);
        }
    }

    public Task<ModelVersion> ActivateAsync(string name, int version, string by, string why, CancellationToken cancellationToken = default) => _database.RunAsync(
        DatabaseAccess.Write,
        statements => ActivateAsync(statements, name, version, by, why),
        cancellationToken);

    /// <summary>Activates a version as part of a transaction.</summary>
    internal async Task<ModelVersion> ActivateAsync(Statements statements, string name, int version, string by, string why)
    {
        ModelVersion next = await RequireAsync(statements, name, version).ConfigureAwait(false);
        switch (next.State)
        {
            case ModelState.Active:
                return next;
            case ModelState.Retired:
                throw Retired(next, "register it again");
        }

        await ExperimentTables.RequireUnroutedAsync(statements, Place, name).ConfigureAwait(false);
        long? before = (await ModelTables.CurrentAsync(statements, name).ConfigureAwait(false))?.Sequence;
        return await SetAsync(statements, next, ModelState.Active, ModelAction.Activate, by, why, before).ConfigureAwait(false);
    }

    public Task<ModelVersion> RollBackAsync(string name, string by, string why, CancellationToken cancellationToken = default) => _database.RunAsync(
        DatabaseAccess.WriteOnce,
        async statements =>
        {
            if ((await ModelTables.CurrentAsync(statements, name).ConfigureAwait(false))?.ActivationBefore is not { } sequence)
            {
                throw await ModelTables.LastVersionAsync(statements, name).ConfigureAwait(false) == 0
                    ? new UnknownModelException(Place, name)
                    : new ModelStateException(Place, name, "a version that was active before the active one", "none", "activate a version");
            }

            ModelTables.Activation before = await ModelTables.ActivationAsync(statements, sequence).ConfigureAwait(false);
            ModelVersion next = await RequireAsync(statements, name, before.Version).ConfigureAwait(false);
            await ExperimentTables.RequireUnroutedAsync(statements, Place, name).ConfigureAwait(false);
            return next.State == ModelState.Retired
                ? throw Retired(next, "activate another version")
                : await SetAsync(statements, next, ModelState.Active, ModelAction.RollBack, by, why, before.ActivationBefore).ConfigureAwait(false);
        },
        cancellationToken);

    public async Task<ModelVersion> RetireAsync(string name, int version, string by, string why, CancellationToken cancellationToken = default)
    {
        ModelVersion retired = await _database.RunAsync(
            DatabaseAccess.Write,
            async statements =>
            {
                ModelVersion known = await RequireAsync(statements, name, version).ConfigureAwait(false);
                await ExperimentTables.RequireUnusedAsync(statements, Place, known).ConfigureAwait(false);
                return known.State switch
                {
                    ModelState.Active => throw new ModelStateException(
                        Place, known.ToString(), "one that is not active", "the active one", "activate another version first"),
                    ModelState.Retired => known,
                    _ => await SetAsync(statements, known, ModelState.Retired, ModelAction.Retire, by, why).ConfigureAwait(false),
                };
            },
            cancellationToken).ConfigureAwait(false);

        // Where this is cut off, it is done when a registry is opened next.
        await _files.RemoveAsync(retired, cancellationToken).ConfigureAwait(false);
        return retired;
    }

    public Task<ModelVersion?> FindAsync(string name, int version, CancellationToken cancellationToken = default) =>
        ReadAsync(statements => ModelTables.FindAsync(statements, name, version), cancellationToken);

    public async Task<IReadOnlyList<ModelVersion>> ListAsync(string? name = null, CancellationToken cancellationToken = default) => await ReadAsync(
        statements => ModelTables.VersionsAsync(statements, $"{(name is null ? "" : "WHERE name = @name")} ORDER BY name, version", new { name }),
        cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<ModelVersion>> ActiveAsync(CancellationToken cancellationToken = default) =>
        await ReadAsync(ModelTables.ActiveAsync, cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<ModelChange>> HistoryAsync(string? name = null, CancellationToken cancellationToken = default) =>
        await ReadAsync(statements => ModelTables.ChangesAsync(statements, name), cancellationToken).ConfigureAwait(false);

    public Task<long> LastChangeAsync(CancellationToken cancellationToken = default) => ReadAsync(ModelTables.LastChangeAsync, cancellationToken);

    public Task<string> FolderAsync(ModelVersion version, CancellationToken cancellationToken = default) => _files.FolderAsync(version, cancellationToken);

    public async Task<SavedModel> LoadAsync(ModelVersion version, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(version);
        try
        {
            return await LoadOnceAsync(version, cancellationToken).ConfigureAwait(false);
        }
        catch (InputException) when (_files.Forget(version))
        {
            // What was damaged here is still sound where it came from.
            return await LoadOnceAsync(version, cancellationToken).ConfigureAwait(false);
        }
    }

    private static Task<ModelVersion?> SameAsync(Statements statements, ModelRegistration registration, ModelSource source) =>
        ModelTables.SameAsync(statements, registration.Name, source.Description.ModelSha256);

    private async Task<SavedModel> LoadOnceAsync(ModelVersion version, CancellationToken cancellationToken)
    {
        string folder = await _files.FolderAsync(version, cancellationToken).ConfigureAwait(false);
        SavedModel model = await Task.Run(() => ModelFolder.Load(folder), cancellationToken).ConfigureAwait(false);
        return model.Description.ModelSha256 == version.Sha256
            ? model
            : throw InputException.At(
                folder, $"the model {version} of SHA-256 {version.Sha256}", $"one of {model.Description.ModelSha256}", "restore the folder from a backup");
    }

    private async Task<ModelVersion> NoteAsync(
        ModelRegistration registration, ModelSource source, IPendingModel pending, CancellationToken cancellationToken)
    {
        try
        {
            ModelVersion noted = await _database.RunAsync(
                DatabaseAccess.Write,
                async statements =>
                {
                    if (await SameAsync(statements, registration, source).ConfigureAwait(false) is { } same)
                    {
                        return same;
                    }

                    int number = await ModelTables.LastVersionAsync(statements, registration.Name).ConfigureAwait(false) + 1;
                    await pending.PlaceAsync(number, cancellationToken).ConfigureAwait(false);
                    ModelVersion version = ModelVersion.Of(registration, source.Description, source.Scale, number, pending.Upload, _time.GetUtcNow());
                    await ModelTables.InsertAsync(statements, version).ConfigureAwait(false);
                    return await SetAsync(statements, version, ModelState.Registered, ModelAction.Register, registration.By, registration.Notes)
                        .ConfigureAwait(false);
                },
                cancellationToken).ConfigureAwait(false);
            if (noted.Upload == pending.Upload)
            {
                await pending.KeepAsync().ConfigureAwait(false);
            }

            return noted;
        }
        catch when (pending.IsPlaced)
        {
            // Where a connection was lost it may be noted all the same.
            switch (await FindAsync(pending).ConfigureAwait(false))
            {
                case { Version: { } noted }:
                    await pending.KeepAsync().ConfigureAwait(false);
                    return noted;
                case { IsKnown: false }:
                    pending.Leave();
                    break;
            }

            throw;
        }
    }

    // In a transaction that writes: one that may be in the middle of its commit comes to its end first.
    private async Task<(bool IsKnown, ModelVersion? Version)> FindAsync(IPendingModel pending)
    {
        try
        {
            List<ModelVersion> noted = await _database.RunAsync(
                DatabaseAccess.Write,
                statements => ModelTables.VersionsAsync(statements, "WHERE upload = @Upload", new { pending.Upload }),
                CancellationToken.None).ConfigureAwait(false);
            return (true, noted.SingleOrDefault());
        }
        catch (DatabaseException)
        {
            return (false, null);
        }
    }

    /// <summary>Changes the state of a version, and notes who did it, when and why.</summary>
    private async Task<ModelVersion> SetAsync(
        Statements statements, ModelVersion version, ModelState state, ModelAction action, string by, string why, long? goesBackTo = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(by);
        ArgumentNullException.ThrowIfNull(why);
        ModelChange change = new() { Sequence = 0, Action = action, Name = version.Name, Version = version.Version, By = by, Why = why, At = _time.GetUtcNow() };
        await ModelTables.NoteAsync(statements, change, goesBackTo).ConfigureAwait(false);
        return await ModelTables.SetStateAsync(statements, version, state).ConfigureAwait(false);
    }

    private async Task<ModelVersion> RequireAsync(Statements statements, string name, int version) =>
        await ModelTables.FindAsync(statements, name, version).ConfigureAwait(false) ?? throw new UnknownModelException(Place, $"{name} {version}");

    private ModelStateException Retired(ModelVersion version, string advice) =>
        new(Place, version.ToString(), "one that is in use", "one that is retired, whose files are gone", advice);

    private Task<T> ReadAsync<T>(Func<Statements, Task<T>> work, CancellationToken cancellationToken) =>
        _database.RunAsync(DatabaseAccess.Read, work, cancellationToken);
}
