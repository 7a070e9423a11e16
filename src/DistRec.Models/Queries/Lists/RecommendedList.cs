namespace DistRec.Models.Queries.Lists;

/// <summary>An answer to "what should this user see?", as it was asked for.</summary>
/// <param name="RankedBy">How the items were ranked; says whether the user was cold.</param>
/// <param name="Items">In the order in which they should be seen.</param>
/// <param name="UnknownIds">Ids of the allow and deny lists that the model does not know, in ordinal order.</param>
/// <param name="Diversity">
/// Mean of 1 − cos(q_i, q_j) over all pairs of the list's items, from 0 to 2; null for fewer than two items, and for a model without factors.
/// </param>
public sealed record RecommendedList(RankedBy RankedBy, IReadOnlyList<Recommendation> Items, IReadOnlyList<string> UnknownIds, double? Diversity);
