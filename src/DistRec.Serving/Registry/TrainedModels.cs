using DistRec.Serving.Actors;
using DistRec.Serving.Jobs;

namespace DistRec.Serving.Registry;

/// <summary>Takes the models of the server's jobs into the registry, and lets them answer where that was asked for.</summary>
/// <param name="registry">The registry.</param>
/// <param name="loader">Loads what is active.</param>
internal sealed class TrainedModels(IModelRegistry registry, ModelLoader loader)
{
    /// <summary>Takes a model; one that is told of again is the version that is there.</summary>
    /// <exception cref="InputException">The model's folder is not sound.</exception>
    /// <exception cref="Training.Databases.DatabaseException">The registry cannot be written.</exception>
    /// <exception cref="ModelRegistryException">The files cannot be kept.</exception>
    public async Task TakeAsync(TrainedJob trained, CancellationToken cancellationToken)
    {
        string by = $"job {trained.Job}";
        ModelVersion version = await registry.RegisterAsync(
            new ModelRegistration { Name = ModelName.Of(trained.Name), Folder = trained.Folder, By = by, Job = trained.Job }, cancellationToken).ConfigureAwait(false);
        if (trained.Activate)
        {
            await registry.ActivateAsync(version.Name, version.Version, by, "its job was to activate it", cancellationToken).ConfigureAwait(false);
            await loader.RefreshAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
