namespace DistRec.Evaluation.Maps;

/// <summary>An item on a map.</summary>
/// <param name="Item">Its id.</param>
/// <param name="Title">Its title, where known.</param>
/// <param name="X">First coordinate. Only differences between points mean something.</param>
/// <param name="Y">Second coordinate, upwards.</param>
/// <param name="Ratings">How many training ratings it has; null for a model that was saved without them.</param>
/// <param name="MeanRating">Their mean; null where there are none, or where they are interactions and no ratings.</param>
public sealed record MapPoint(string Item, string? Title, float X, float Y, int? Ratings, double? MeanRating);

/// <summary>
/// Items of a model in a plane: those whose factors point the same way are near each other. Never changes, so that it can be kept and
/// given out as often as asked for.
/// </summary>
public sealed record ItemMap
{
    /// <summary>The items, those with the most training ratings first.</summary>
    public required IReadOnlyList<MapPoint> Items { get; init; }

    /// <summary>
    /// KL(P‖Q) of neighbourhoods among the factors and on the map, at least 0; lower is better, for the same items and perplexity.
    /// </summary>
    public required double KlDivergence { get; init; }

    /// <summary>About how many neighbours are kept near; 0 where there are no two items.</summary>
    public required double Perplexity { get; init; }

    /// <summary>The seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Steps of gradient descent.</summary>
    public required int Iterations { get; init; }

    /// <summary>How forces were computed.</summary>
    public required TsneMethod Method { get; init; }

    /// <summary>
    /// Items that are left out because nothing is known of them: no training ratings, and no features that tell of them.
    /// </summary>
    public required int ColdItems { get; init; }

    /// <summary>Items that are left out because they have fewer training ratings than those shown.</summary>
    public required int FurtherItems { get; init; }

    /// <summary>What a reader should know: items left out, settings that were clipped.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Name of the model as typed.</summary>
    public required string ModelKind { get; init; }

    /// <summary>What the model was trained on.</summary>
    public required string DataName { get; init; }

    /// <summary>SHA-256 over the model's numbers.</summary>
    public required string ModelSha256 { get; init; }
}
