using DistRec.Training.Databases;

namespace DistRec.Serving.Registry;

/// <summary>
/// Models by name, in versions 1, 2, 3, …, of which at most one of a name is active: what answers. What is done to them is noted for ever: who
/// did it, when and why. All members are thread-safe, and nodes may share a registry: what changes it comes one after the other.
/// </summary>
public interface IModelRegistry
{
    /// <summary>Where it is, as a person would write it.</summary>
    string Place { get; }

    /// <summary>
    /// Registers a model: its folder is checked and copied. The same model under the same name again is the version that is there. A process that
    /// is killed amid this leaves nothing.
    /// </summary>
    /// <exception cref="InputException">The name is none, or the folder holds no sound model.</exception>
    /// <exception cref="DatabaseException">The registry cannot be written.</exception>
    /// <exception cref="ModelRegistryException">The files cannot be kept.</exception>
    Task<ModelVersion> RegisterAsync(ModelRegistration registration, CancellationToken cancellationToken = default);

    /// <summary>Makes a version the one that answers, in the place of any other of its name. One that is active stays so.</summary>
    /// <exception cref="UnknownModelException">There is no such version.</exception>
    /// <exception cref="ModelStateException">It is retired, or an experiment routes the model's requests.</exception>
    /// <exception cref="DatabaseException">The registry cannot be written.</exception>
    Task<ModelVersion> ActivateAsync(string name, int version, string by, string why, CancellationToken cancellationToken = default);

    /// <summary>Activates the version that was active before the active one was. Done again, it goes on to the one before that.</summary>
    /// <exception cref="UnknownModelException">There is no model of the name.</exception>
    /// <exception cref="ModelStateException">None was active before, it is retired, or an experiment routes the model's requests.</exception>
    /// <exception cref="DatabaseException">The registry cannot be written.</exception>
    Task<ModelVersion> RollBackAsync(string name, string by, string why, CancellationToken cancellationToken = default);

    /// <summary>Takes a version out of use for ever, and removes its files.</summary>
    /// <exception cref="UnknownModelException">There is no such version.</exception>
    /// <exception cref="ModelStateException">It is active, or an experiment uses it.</exception>
    /// <exception cref="DatabaseException">The registry cannot be written.</exception>
    Task<ModelVersion> RetireAsync(string name, int version, string by, string why, CancellationToken cancellationToken = default);

    /// <summary>A version; null where there is none.</summary>
    /// <exception cref="DatabaseException">The registry cannot be read.</exception>
    Task<ModelVersion?> FindAsync(string name, int version, CancellationToken cancellationToken = default);

    /// <summary>All versions of a name, or of all names, by name and version.</summary>
    /// <exception cref="DatabaseException">The registry cannot be read.</exception>
    Task<IReadOnlyList<ModelVersion>> ListAsync(string? name = null, CancellationToken cancellationToken = default);

    /// <summary>The active versions, the one that was activated last first.</summary>
    /// <exception cref="DatabaseException">The registry cannot be read.</exception>
    Task<IReadOnlyList<ModelVersion>> ActiveAsync(CancellationToken cancellationToken = default);

    /// <summary>What was done to the versions of a name, or of all names, the newest first.</summary>
    /// <exception cref="DatabaseException">The registry cannot be read.</exception>
    Task<IReadOnlyList<ModelChange>> HistoryAsync(string? name = null, CancellationToken cancellationToken = default);

    /// <summary>The number of the newest change; 0 for none. Whoever sees another one than before asks what is active now.</summary>
    /// <exception cref="DatabaseException">The registry cannot be read.</exception>
    Task<long> LastChangeAsync(CancellationToken cancellationToken = default);

    /// <summary>A folder of this machine that holds the files of a version, its report among them where it has one.</summary>
    /// <exception cref="ModelRegistryException">They are not there or cannot be read.</exception>
    Task<string> FolderAsync(ModelVersion version, CancellationToken cancellationToken = default);

    /// <summary>Loads a version, and checks that it is the one that was registered.</summary>
    /// <exception cref="InputException">Its files are damaged.</exception>
    /// <exception cref="ModelRegistryException">They are not there or cannot be read.</exception>
    Task<SavedModel> LoadAsync(ModelVersion version, CancellationToken cancellationToken = default);
}
