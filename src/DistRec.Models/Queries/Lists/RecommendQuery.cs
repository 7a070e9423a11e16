namespace DistRec.Models.Queries.Lists;

/// <summary>What to recommend.</summary>
public sealed record RecommendQuery
{
    /// <summary>The largest K.</summary>
    public const double MostExplore = 100;

    /// <summary>How many items, at least 1.</summary>
    public int N { get; init; } = 10;

    /// <summary>Ids to choose from; null for all.</summary>
    public IReadOnlyCollection<string>? Allow { get; init; }

    /// <summary>Ids never to recommend, even if allowed.</summary>
    public IReadOnlyCollection<string>? Deny { get; init; }

    /// <summary>What the items must be; null for anything.</summary>
    public AttributeFilter? Filter { get; init; }

    /// <summary>Ids of items that the user has rated and the model does not know, which are left out where they are items that were folded in.</summary>
    public IReadOnlyCollection<string> AlsoSeen { get; init; } = [];

    /// <summary>Whether items that the user has rated may be recommended.</summary>
    public bool IncludeSeen { get; init; }

    /// <summary>D, how much it counts that the items of the list differ, from 0 (not at all) to 1 (nothing else counts after the first item).</summary>
    public double Diversity { get; init; }

    /// <summary>
    /// K, how many standard deviations of its rating are added to what an item is ranked by, from 0 to <see cref="MostExplore"/>: what might be good is shown
    /// before what is known to be middling (the upper confidence bound of Auer, "Using confidence bounds for exploitation-exploration trade-offs", JMLR 2002).
    /// </summary>
    public double Explore { get; init; }

    /// <summary>The <see cref="RecommendedList.Next"/> of an earlier list, to go on behind it; null to begin.</summary>
    public ListCursor? After { get; init; }
}
