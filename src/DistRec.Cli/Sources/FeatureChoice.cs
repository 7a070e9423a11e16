namespace DistRec.Cli.Sources;

/// <summary>What features <c>fm</c> and <c>poly-svm</c> learn from.</summary>
/// <param name="Blocks">Names of blocks, in the order of the feature space.</param>
/// <param name="UserFile">What is said of users; null for what lies beside the ratings.</param>
/// <param name="ItemFile">What is said of items; null for what lies beside the ratings.</param>
/// <param name="HashBits">b of 2ᵇ buckets; null for an index a feature.</param>
/// <param name="PositiveFrom">Least rating that counts as 1 in classification; null where targets are 0 and 1 already.</param>
internal sealed record FeatureChoice(IReadOnlyList<string> Blocks, string? UserFile, string? ItemFile, int? HashBits, float? PositiveFrom)
{
    private const string FileOfSides = "a file that says something of each";

    private static readonly string[] All = ["features", "user-features", "item-features", "hash-bits", "positive-from"];

    /// <summary>Where the options were given that describe ratings, to refuse them where rows come as features.</summary>
    public IReadOnlyList<string> GivenAt { get; init; } = [];

    /// <summary>Whether a block needs what is said of users or items.</summary>
    public bool NeedsSides => UserFile is not null || ItemFile is not null || Blocks.Except(FeatureEncoder.BlocksOfRatings).Any();

    public static FeatureChoice Read(GivenOptions given, bool classifies)
    {
        if (!classifies)
        {
            given.Refuse(["positive-from"], "nothing, since only --task classification asks what counts as 1", "leave it out, or give --task classification");
        }

        return new FeatureChoice(
            (given.Text("features") ?? "user,item").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            given.ExistingPath("user-features", FileOfSides, "check the path"),
            given.ExistingPath("item-features", FileOfSides, "check the path"),
            given.Has("hash-bits") ? given.Integer("hash-bits", FeatureOptions.FewestHashBits, FeatureOptions.FewestHashBits, "20 are a million buckets", FeatureOptions.MaxHashBits) : null,
            (float?)given.Finite("positive-from"))
        {
            GivenAt = [.. All.Where(given.Has).Select(given.PlaceOf)],
        };
    }
}
