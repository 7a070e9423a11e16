namespace DistRec.Models.Queries;

/// <summary>How a list of recommendations was ranked.</summary>
public enum RankedBy
{
    /// <summary>By the user's own predictions before clipping, so that items at the end of the scale still differ.</summary>
    Prediction,

    /// <summary>
    /// The user is cold: by the damped mean of each item's ratings where the training ratings are at hand, else by μ + b_i;
    /// equal means by more ratings, then by item index. See <see cref="ColdRanking"/>.
    /// </summary>
    DampedMean,

    /// <summary>The user is cold, and the model learns from interactions: by how many each item has.</summary>
    Popularity,

    /// <summary>By the user's own predictions before clipping, plus some standard deviations of the rating.</summary>
    UpperBound,
}

/// <summary>One recommended item.</summary>
/// <param name="Item">Index of the item.</param>
/// <param name="ItemId">Its id.</param>
/// <param name="Title">Its title, where known.</param>
/// <param name="Prediction">The predicted rating, inside the rating scale.</param>
/// <param name="Score">What it was ranked by.</param>
public readonly record struct Recommendation(int Item, string ItemId, string? Title, float Prediction, double Score);

/// <summary>An answer to "what should this user see?".</summary>
/// <param name="UserId">Who asked.</param>
/// <param name="RankedBy">How the items were ranked; says whether the user was cold.</param>
/// <param name="Items">Best first.</param>
/// <param name="UnknownIds">Ids of the allow and deny lists that the model does not know, in ordinal order.</param>
public sealed record Recommendations(
    string UserId,
    RankedBy RankedBy,
    IReadOnlyList<Recommendation> Items,
    IReadOnlyList<string> UnknownIds);
