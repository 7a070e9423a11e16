using DistRec.Data;
using DistRec.Models.Persistence;
using DistRec.Models.Queries;

namespace DistRec.Evaluation.Reports;

/// <summary>An item that a user rated, or would be shown.</summary>
/// <param name="Name">Its title, or its id.</param>
/// <param name="Value">The rating, or the prediction.</param>
public readonly record struct SampleItem(string Name, float Value);

/// <summary>What a user liked in training, and what the user would be shown.</summary>
/// <param name="User">Id of the user.</param>
/// <param name="Ratings">How many training ratings the user has.</param>
/// <param name="Liked">Some of those that the user rated highest, best first; equal ratings by index of the item.</param>
/// <param name="Shown">The list that the model recommends.</param>
public sealed record SampleList(string User, int Ratings, IReadOnlyList<SampleItem> Liked, IReadOnlyList<SampleItem> Shown)
{
    private const int Length = 10;

    // From those who rated little to those who rated much.
    private static readonly double[] Quantiles = [0.25, 0.5, 0.9];

    /// <summary>Lists for three users; none for a model without users, items or training ratings.</summary>
    public static IReadOnlyList<SampleList> Of(SavedModel saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        if (saved.Ratings is not { Count: > 0 } ratings)
        {
            return [];
        }

        int[] counts = saved.Counts!.Users;
        int[] active = [.. Enumerable.Range(0, counts.Length).Where(user => counts[user] > 0).OrderBy(user => counts[user]).ThenBy(user => user)];
        Recommender recommender = new(saved);
        return [.. Quantiles.Select(quantile => active[(int)(quantile * (active.Length - 1))]).Distinct().Select(user => Of(saved, ratings, recommender, user))];
    }

    private static SampleList Of(SavedModel saved, RatingMatrix ratings, Recommender recommender, int user)
    {
        int[] items = ratings.RowColumns(user).ToArray();
        float[] values = ratings.RowValues(user).ToArray();
        return new SampleList(
            saved.Users[user],
            items.Length,
            [
                .. Enumerable.Range(0, items.Length).OrderByDescending(index => values[index]).ThenBy(index => items[index]).Take(Length)
                    .Select(index => new SampleItem(saved.TitleOf(items[index]) ?? saved.Items[items[index]], values[index])),
            ],
            [.. recommender.Recommend(saved.Users[user], Length).Items.Select(item => new SampleItem(item.Title ?? item.ItemId, item.Prediction))]);
    }
}
