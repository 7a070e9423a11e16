using DistRec.Models.Queries.Asking;
using DistRec.Serving.Experiments;

namespace DistRec.Serving.Registry;

/// <summary>
/// The versions that answer, as of one moment. Replaced as a whole: a request takes it once and sees one state, whatever is activated or decided meanwhile.
/// </summary>
/// <param name="Models">By name.</param>
/// <param name="Default">What answers who names none: the model that was activated last; null where there is none.</param>
public sealed record ActiveModels(IReadOnlyDictionary<string, ServingModel> Models, ServingModel? Default)
{
    /// <summary>The experiments that run, by the model whose requests they route.</summary>
    internal IReadOnlyDictionary<string, RunningExperiment> Experiments { get; init; } = new Dictionary<string, RunningExperiment>(StringComparer.Ordinal);

    /// <summary>All versions that answer somebody: the active ones, and arms of experiments.</summary>
    internal IEnumerable<ServingModel> All => Models.Values.Concat(Experiments.Values.SelectMany(experiment => experiment.Models)).Distinct();

    /// <summary>Names of experiments that have not ended, whose users' arms are kept.</summary>
    internal IReadOnlySet<string> OpenExperiments { get; init; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Nothing answers yet.</summary>
    public static ActiveModels None { get; } = new(new Dictionary<string, ServingModel>(StringComparer.Ordinal), null);
}
