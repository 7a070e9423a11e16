using DistRec.Models.FoldIn;
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

    private readonly SavedModel _saved;
    private readonly double _mean;

    /// <param name="saved">The model.</param>
    public ColdRanking(SavedModel saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        _saved = saved;
        double[] scores;
        if (saved.Ratings is not { Count: > 0 } ratings)
        {
            scores = BiasedMeans(saved.Model);
        }
        else if (saved.Model.IsImplicit)
        {
            scores = [.. saved.Counts!.Items.Select(count => (double)count)];
        }
        else
        {
            (double[] sums, _mean) = SumsOf(ratings);
            scores = [.. sums.Select((sum, item) => DampedMean(sum, saved.Counts!.Items[item]))];
        }

        int[]? popularity = saved.Counts?.Items;
        Items = [.. Order(Enumerable.Range(0, scores.Length).Select(item => new ScoredItem(item, scores[item])), item => popularity?[item] ?? 0)];
    }

    /// <summary>All items, best first.</summary>
    public IReadOnlyList<ScoredItem> Items { get; }

    /// <summary>The best of some items of the ranking and of some that were folded in.</summary>
    /// <param name="known">Items of the ranking, in its order.</param>
    /// <param name="more">Items that were folded in.</param>
    /// <param name="n">How many.</param>
    internal ScoredItem[] Rank(IEnumerable<ScoredItem> known, IReadOnlyList<NewItem> more, int n)
    {
        if (more.Count == 0)
        {
            return [.. known.Take(n)];
        }

        Dictionary<int, int> counts = more.ToDictionary(item => item.Index, item => item.Ratings);
        int[]? popularity = _saved.Counts?.Items;
        IEnumerable<ScoredItem> all = known.Take(n).Concat(more.Select(item => new ScoredItem(item.Index, ScoreOf(item))));
        return [.. Order(all, item => counts.TryGetValue(item, out int count) ? count : popularity?[item] ?? 0).Take(n)];
    }

    private double ScoreOf(NewItem item)
    {
        if (_saved.Ratings is not { Count: > 0 })
        {
            return FactorScore.Sum(_saved.Model, UserRow.Cold, item.Row);
        }

        double sum = 0;
        foreach (float rating in item.Row.Fitted.Values)
        {
            sum += rating;
        }

        return _saved.Model.IsImplicit ? item.Ratings : DampedMean(sum, item.Ratings);
    }

    private double DampedMean(double sum, int count) => _mean + ((sum - (count * _mean)) / (count + Damping));

    private static IOrderedEnumerable<ScoredItem> Order(IEnumerable<ScoredItem> items, Func<int, int> popularity) => items
        .OrderByDescending(scored => scored.Score)
        .ThenByDescending(scored => popularity(scored.Item))
        .ThenBy(scored => scored.Item);

    private static (double[] Sums, double Mean) SumsOf(RatingMatrix ratings)
    {
        double[] sums = new double[ratings.ColumnCount];
        double total = 0;
        for (int index = 0; index < ratings.Count; index++)
        {
            sums[ratings.Columns[index]] += ratings.Values[index];
            total += ratings.Values[index];
        }

        return (sums, total / ratings.Count);
    }

    private static double[] BiasedMeans(FactorModel model) =>
        [.. Enumerable.Range(0, model.ItemBiases.Length).Select(item => FactorScore.Unclipped(model, -1, item, Answer.ColdUser))];
}
