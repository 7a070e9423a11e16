namespace DistRec.Serving.Registry;

/// <summary>Where the files of registered models are. Which of them are versions the registry says.</summary>
internal interface IModelFiles
{
    /// <summary>Where they are, as a person would write it.</summary>
    string Place { get; }

    /// <summary>Copies a model. It is no version's until it is kept, and goes if nobody keeps it.</summary>
    /// <exception cref="InputException">The model is not what it was when it was checked.</exception>
    /// <exception cref="ModelRegistryException">The files cannot be kept.</exception>
    Task<IPendingModel> AddAsync(string name, ModelSource source, CancellationToken cancellationToken);

    /// <summary>A folder of this machine that holds the files of a version.</summary>
    /// <exception cref="ModelRegistryException">They are not there or cannot be read.</exception>
    Task<string> FolderAsync(ModelVersion version, CancellationToken cancellationToken);

    /// <summary>Forgets what this machine has of files that are kept elsewhere.</summary>
    /// <returns>Whether there was anything, so that it may be fetched again.</returns>
    bool Forget(ModelVersion version);

    /// <summary>Removes the files of a version; nothing happens where there are none.</summary>
    Task RemoveAsync(ModelVersion version, CancellationToken cancellationToken);

    /// <summary>Removes files of retired versions, and what registrations left that did not come to their end, except of those that may be under way.</summary>
    /// <param name="versions">All versions. No other registration is noted meanwhile.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task RemoveUnusedAsync(IReadOnlyList<ModelVersion> versions, CancellationToken cancellationToken);
}

/// <summary>The files of a model on their way to a version. Removed when disposed of, unless they were kept or left.</summary>
internal interface IPendingModel : IAsyncDisposable
{
    /// <summary>Names them: no other registration's are called so.</summary>
    string Upload { get; }

    /// <summary>Gives them the place of a version that is about to be noted.</summary>
    /// <exception cref="ModelRegistryException">They cannot be moved there.</exception>
    Task PlaceAsync(int version, CancellationToken cancellationToken);

    /// <summary>Whether that has begun.</summary>
    bool IsPlaced { get; }

    /// <summary>The version is noted.</summary>
    Task KeepAsync();

    /// <summary>Whether it is noted is not known: <see cref="IModelFiles.RemoveUnusedAsync"/> will see.</summary>
    void Leave();
}
