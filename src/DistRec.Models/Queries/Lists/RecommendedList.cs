namespace DistRec.Models.Queries.Lists;

/// <summary>An item of a list.</summary>
/// <param name="Rank">Its place, from 1, counted on from page to page.</param>
/// <param name="Item">Index of the item: of the model, or of one that was folded in.</param>
/// <param name="ItemId">Its id.</param>
/// <param name="Title">Its title, where known.</param>
/// <param name="Prediction">The predicted rating, inside the rating scale.</param>
/// <param name="Score">What it was ranked by.</param>
/// <param name="Deviation">Standard deviation of the rating around the prediction; null for a model that is not sampled, and for a cold user.</param>
/// <param name="FoldedInBy">
/// Of an item that was folded in: by how many ratings, 0 where its features tell of it; null for one of the model.
/// </param>
public readonly record struct ListedItem(
    int Rank, int Item, string ItemId, string? Title, float Prediction, double Score, double? Deviation, int? FoldedInBy = null);

/// <summary>An answer to "what should this user see?", as it was asked for.</summary>
/// <param name="RankedBy">How the items were ranked; says whether the user was cold.</param>
/// <param name="Items">In the order in which they should be seen.</param>
/// <param name="UnknownIds">Ids of the allow and deny lists that the model does not know, in ordinal order.</param>
/// <param name="Diversity">
/// Mean of 1 − cos(q_i, q_j) over all pairs of the list's items, from 0 to 2; null for fewer than two items, and for a model without factors.
/// </param>
/// <param name="Shortage">Why there are fewer items than asked for; null where there are as many.</param>
/// <param name="Next">Where the list goes on; null where it does not, or where more items have been shown than a cursor can hold.</param>
public sealed record RecommendedList(
    RankedBy RankedBy, IReadOnlyList<ListedItem> Items, IReadOnlyList<string> UnknownIds, double? Diversity, string? Shortage, ListCursor? Next);
