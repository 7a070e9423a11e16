using DistRec.Models.FactorizationMachine;

namespace DistRec;

/// <summary>A model that learns from features of users, items and ratings.</summary>
public abstract record FeatureEstimator : Estimator
{
    private protected FeatureEstimator(string kind)
        : base(kind)
    {
    }

    /// <summary>
    /// Blocks of features, each once: <c>user</c>, <c>item</c>, <c>implicit-items</c>, <c>implicit-users</c>, <c>other-items</c>,
    /// <c>time</c>, <c>last-item</c>, <c>flipped</c>, and columns of the side files such as <c>age</c> and <c>genre</c>; see
    /// <see cref="FeatureEncoder"/>.
    /// </summary>
    public IReadOnlyList<string> Features { get; init; } = ["user", "item"];

    /// <summary>A file of what is known of users; null for none.</summary>
    public string? UserFeatures { get; init; }

    /// <summary>A file of what is known of items; null for none.</summary>
    public string? ItemFeatures { get; init; }

    /// <summary>b of 2ᵇ buckets that features are hashed into, 10 to 28; null for an index a feature.</summary>
    public int? HashBits { get; init; }

    /// <summary>Least rating that counts as 1 where the model tells classes; null where ratings are 0 and 1 already.</summary>
    public float? PositiveFrom { get; init; }

    private protected override FeatureData FeaturesOf(RatingData data, RatingSplit split, ModelOptions model)
    {
        FmOptions options = (FmOptions)model;
        if (PositiveFrom is { } least && options.Task != FmTask.Classification)
        {
            throw InputException.At(
                nameof(PositiveFrom), "nothing, since only a task of classification asks what counts as 1", $"{least}", "leave it out, or set Task to Classification");
        }

        FeatureData features = FeatureEncoder.Encode(split, Features, new FeatureOptions
        {
            Sides = new SideFiles(UserFeatures, ItemFeatures).Read(data.Users, data.Items),
            HashBits = HashBits,
            PositiveFrom = PositiveFrom,
            Users = data.Users,
            Items = data.Items,
        });
        return options.Degree > 1 ? PairExpansion.Expand(features, options.Degree) : features;
    }

    private protected override IEnumerable<KeyValuePair<string, object?>> OtherSettings() =>
    [
        new("features", string.Join(',', Features)),
        new("userFeatures", Path.GetFileName(UserFeatures)),
        new("itemFeatures", Path.GetFileName(ItemFeatures)),
        new("hashBits", HashBits),
        new("positiveFrom", PositiveFrom),
    ];
}
