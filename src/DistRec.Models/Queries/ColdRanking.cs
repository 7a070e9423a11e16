using DistRec.Models.Persistence;

namespace DistRec.Models.Queries;

/// <summary>
/// The one ranking that every cold user gets: items by their damped mean μ + Σ_u (r_ui − μ) / (n_i + <see cref="Damping"/>),
/// so that one rating of five does not beat a thousand of four and a half; μ here is the mean of the ratings at hand.
/// Equal means are ordered by more ratings, then by item index. A model saved without ratings ranks by μ + b_i, then by index. A model of
/// interactions ranks items by how many they have.
/// </summary>
public sealed class ColdRanking
{
    /// <summary>How many ratings at the global mean are added to each item's own.</summary>
    public const int Damping = 25;

    /// <param name="saved">The model.</param>
    public ColdRanking(SavedModel saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        double[] scores = saved.Ratings is not { Count: > 0 } ratings ? BiasedMeans(saved.Model)
            : saved.Model.IsImplicit ? [.. saved.Counts!.Items.Select(count => (double)count)]
            : DampedMeans(ratings, saved.Counts!.Items);
        int[]? popularity = saved.Counts?.Items;
        Items =
        [
            .. Enumerable.Range(0, scores.Length)
                .Select(item => new ScoredItem(item, scores[item]))
                .OrderByDescending(scored => scored.Score)
                .ThenByDescending(scored => popularity?[scored.Item] ?? 0)
                .ThenBy(scored => scored.Item),
        ];
    }

    /// <summary>All items, best first.</summary>
    public IReadOnlyList<ScoredItem> Items { get; }

    private static double[] DampedMeans(RatingMatrix ratings, int[] counts)
    {
        double[] sums = new double[counts.Length];
        double total = 0;
        for (int index = 0; index < ratings.Count; index++)
        {
            sums[ratings.Columns[index]] += ratings.Values[index];
            total += ratings.Values[index];
        }

        double mean = total / ratings.Count;
        return [.. sums.Select((sum, item) => mean + (sum - counts[item] * mean) / (counts[item] + Damping))];
    }

    private static double[] BiasedMeans(FactorModel model) =>
        [.. Enumerable.Range(0, model.ItemBiases.Length).Select(item => FactorScore.Unclipped(model, -1, item, Answer.ColdUser))];
}
