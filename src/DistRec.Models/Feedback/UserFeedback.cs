namespace DistRec.Models.Feedback;

/// <summary>What the users of a partition gave: ratings, R(u), and any feedback at all, N(u).</summary>
/// <param name="Ratings">Rows are the partition's users, columns global items.</param>
/// <param name="Feedback">N(u) in the same form, values unused; null where N(u) = R(u).</param>
public sealed record UserFeedback(RatingMatrix Ratings, RatingMatrix? Feedback = null)
{
    /// <summary>N(u).</summary>
    public ReadOnlySpan<int> ItemsOf(int user) => (Feedback ?? Ratings).RowColumns(user);
}
