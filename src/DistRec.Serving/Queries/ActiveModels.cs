namespace DistRec.Serving.Queries;

/// <summary>
/// The versions that answer, as of one moment. Replaced as a whole: a request takes it once and sees one version, whatever is activated meanwhile.
/// </summary>
/// <param name="Models">By name.</param>
/// <param name="Default">What answers who names none: the model that was activated last; null where there is none.</param>
public sealed record ActiveModels(IReadOnlyDictionary<string, ServingModel> Models, ServingModel? Default)
{
    /// <summary>Nothing answers yet.</summary>
    public static ActiveModels None { get; } = new(new Dictionary<string, ServingModel>(StringComparer.Ordinal), null);
}
