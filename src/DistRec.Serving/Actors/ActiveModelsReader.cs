using DistRec.Models.Queries.Asking;
using DistRec.Serving.Experiments;
using DistRec.Serving.Registry;

namespace DistRec.Serving.Actors;

/// <summary>Loads the versions that are to answer: those that the registry has made active, and the arms of experiments that run.</summary>
/// <param name="registry">The models.</param>
/// <param name="experiments">The experiments.</param>
internal sealed class ActiveModelsReader(IModelRegistry registry, ExperimentStore experiments)
{
    /// <summary>A pair of numbers of which one is another whenever something has changed.</summary>
    public async Task<(long Models, long Experiments)> RevisionAsync(CancellationToken cancellationToken) => (
        await registry.LastChangeAsync(cancellationToken).ConfigureAwait(false), await experiments.RevisionAsync(cancellationToken).ConfigureAwait(false));

    /// <summary>What is to answer now. Versions that answer already are not loaded again.</summary>
    /// <param name="before">What answers.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>
    /// With what could be loaded: an active version that could not leaves the one before it in its place, and an experiment of which an arm could not
    /// routes nobody. What is wrong is told; empty where nothing is.
    /// </returns>
    public async Task<(ActiveModels Models, string Fault)> ReadAsync(ActiveModels before, CancellationToken cancellationToken)
    {
        Dictionary<(string, int), ServingModel> loaded = [];
        foreach (ServingModel model in before.All)
        {
            loaded.TryAdd((model.Name, model.Version), model);
        }

        Dictionary<string, ServingModel> models = new(StringComparer.Ordinal);
        ServingModel? newest = null;
        List<string> faults = [];
        foreach (ModelVersion version in await registry.ActiveAsync(cancellationToken).ConfigureAwait(false))
        {
            if ((await LoadAsync(version).ConfigureAwait(false) ?? before.Models.GetValueOrDefault(version.Name)) is { } model)
            {
                models[version.Name] = model;
                newest ??= model;
            }
        }

        Dictionary<string, RunningExperiment> running = new(StringComparer.Ordinal);
        List<Experiment> open = (await experiments.OpenAsync(cancellationToken).ConfigureAwait(false)).Experiments;
        foreach (Experiment experiment in open.Where(one => one.State == ExperimentState.Running))
        {
            List<ServingModel> arms = [];
            foreach (ExperimentArm arm in experiment.Definition.Arms)
            {
                if (await registry.FindAsync(arm.Model, arm.Version, cancellationToken).ConfigureAwait(false) is { } version
                    && await LoadAsync(version).ConfigureAwait(false) is { } model)
                {
                    arms.Add(model);
                }
            }

            if (arms.Count == experiment.Definition.Arms.Count)
            {
                running[experiment.Definition.Model] = new RunningExperiment(experiment.Definition, experiment.Figures, arms);
            }
        }

        ActiveModels read = new(models, newest) { Experiments = running, OpenExperiments = open.Select(one => one.Name).ToHashSet(StringComparer.Ordinal) };
        return (read, string.Join("; ", faults));

        async Task<ServingModel?> LoadAsync(ModelVersion version)
        {
            if (loaded.TryGetValue((version.Name, version.Version), out ServingModel? known))
            {
                return known;
            }

            try
            {
                known = new ServingModel(await registry.LoadAsync(version, cancellationToken).ConfigureAwait(false), version.Name, version.Version);
                known.Warm();
                return loaded[(version.Name, version.Version)] = known;
            }
            catch (Exception exception) when (exception is InputException or ModelRegistryException or IOException)
            {
                faults.Add($"{version}: {exception.Message}");
                return null;
            }
        }
    }
}
