namespace DistRec.Models.Queries.Lists;

/// <summary>What to recommend.</summary>
public sealed record RecommendQuery
{
    /// <summary>How many items, at least 1.</summary>
    public int N { get; init; } = 10;

    /// <summary>Ids to choose from; null for all.</summary>
    public IReadOnlyCollection<string>? Allow { get; init; }

    /// <summary>Ids never to recommend, even if allowed.</summary>
    public IReadOnlyCollection<string>? Deny { get; init; }

    /// <summary>Whether items that the user has rated may be recommended.</summary>
    public bool IncludeSeen { get; init; }

    /// <summary>D, how much it counts that the items of the list differ, from 0 (not at all) to 1 (nothing else counts after the first item).</summary>
    public double Diversity { get; init; }
}
