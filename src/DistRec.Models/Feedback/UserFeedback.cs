namespace DistRec.Models.Feedback;

/// <summary>What the users of a partition gave: ratings, R(u), and any feedback at all, N(u).</summary>
/// <param name="Ratings">Rows are the partition's users, columns global items.</param>
/// <param name="Feedback">N(u) in the same form, values unused; null where N(u) = R(u).</param>
/// <param name="ById">The ratings with items by their global index, where <paramref name="Ratings"/> have them otherwise; null where they do not. Lists of like items are looked through for these.</param>
/// <param name="BiasesById">b_j of those, where they are not among the items of the descent; null where they are.</param>
public sealed record UserFeedback(RatingMatrix Ratings, RatingMatrix? Feedback = null, RatingMatrix? ById = null, float[]? BiasesById = null)
{
    /// <summary>N(u).</summary>
    public ReadOnlySpan<int> ItemsOf(int user) => (Feedback ?? Ratings).RowColumns(user);
}
