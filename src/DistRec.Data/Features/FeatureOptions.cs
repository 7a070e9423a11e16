namespace DistRec.Data;

/// <summary>How <see cref="FeatureEncoder"/> makes features of ratings.</summary>
public sealed record FeatureOptions
{
    /// <summary>Least <see cref="HashBits"/>.</summary>
    public const int FewestHashBits = 10;

    /// <summary>Greatest <see cref="HashBits"/>.</summary>
    public const int MaxHashBits = 28;

    /// <summary>Where blocks such as <c>gender</c> and <c>genre</c> come from.</summary>
    public IReadOnlyList<SideTable> Sides { get; init; } = [];

    /// <summary>Makes a classification problem: the target is 1 where a rating is at least this, and 0 elsewhere. Null keeps the ratings.</summary>
    public float? PositiveFrom { get; init; }

    /// <summary>
    /// b: hashes the features into 2ᵇ buckets, 10 to 28, shared out evenly among the relation blocks, in one group named <c>hashed</c>. With
    /// the same bits and entities a feature's bucket depends on its group's name and its value alone; features that meet in a bucket add up. Buckets that no training row has stay. Null
    /// gives every feature an index of its own.
    /// </summary>
    public int? HashBits { get; init; }

    /// <summary>User ids, which <see cref="HashBits"/> hashes; null for their indices.</summary>
    public IdMap? Users { get; init; }

    /// <summary>Item ids, which <see cref="HashBits"/> hashes; null for their indices.</summary>
    public IdMap? Items { get; init; }

    /// <summary>A year is a feature of its own where at least that many items with training ratings are of it; other years share one a decade.</summary>
    public int FrequentYear { get; init; } = 10;
}
