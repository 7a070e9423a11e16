namespace DistRec.Data;

/// <summary>Features of one kind, such as every user's indicator or all genres: consecutive indices. Regularization is learned group by group.</summary>
/// <param name="Name">What they say, such as <c>user</c> or <c>genre</c>.</param>
/// <param name="First">Index of the first.</param>
/// <param name="Count">How many.</param>
public sealed record FeatureGroup(string Name, int First, int Count)
{
    /// <summary>What each feature is called, such as <c>Comedy</c>; null where the index alone tells.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>Where they come from; null where that is not known, as with hashed features and features of single rows.</summary>
    public FeatureOrigin? Origin { get; init; }
}
