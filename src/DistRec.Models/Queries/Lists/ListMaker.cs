using DistRec.Models.FoldIn;
using DistRec.Models.Persistence;

namespace DistRec.Models.Queries.Lists;

/// <summary>
/// Makes lists of what a <see cref="Queries.Recommender"/> ranks, as they are asked for: of items that differ. The same question
/// always gets the same list. Safe for any number of threads.
/// </summary>
public sealed class ListMaker
{
    private const int CandidatesAnItem = 5;
    private const int LeastCandidates = 100;

    private readonly SavedModel _saved;
    private readonly Recommender _recommender;
    private readonly Func<SimilarRows> _similarItems;

    /// <param name="saved">The model.</param>
    /// <param name="recommender">Ranks its items.</param>
    /// <param name="similarItems">Compares them; not asked of a model without factors.</param>
    public ListMaker(SavedModel saved, Recommender recommender, Func<SimilarRows> similarItems)
    {
        ArgumentNullException.ThrowIfNull(saved);
        ArgumentNullException.ThrowIfNull(recommender);
        ArgumentNullException.ThrowIfNull(similarItems);
        _saved = saved;
        _recommender = recommender;
        _similarItems = similarItems;
    }

    /// <summary>Makes a list for a user; one nobody knows, or who had no training ratings, gets one from the cold-start ranking.</summary>
    /// <param name="userId">Who asks.</param>
    /// <param name="query">What for.</param>
    /// <exception cref="InputException">The model cannot make such a list.</exception>
    public RecommendedList Make(string userId, RecommendQuery query) => Make(query, n => _recommender.Recommend(userId, n, query.Allow, query.Deny, query.IncludeSeen));

    /// <summary>Makes a list for a user that was folded into this model.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="query">What for.</param>
    /// <exception cref="InputException">The model cannot make such a list.</exception>
    public RecommendedList Make(FoldedUser user, RecommendQuery query) => Make(query, n => _recommender.Recommend(user, "", n, query.Allow, query.Deny, query.IncludeSeen));

    private RecommendedList Make(RecommendQuery query, Func<int, Recommendations> recommend)
    {
        ArgumentNullException.ThrowIfNull(query);
        Check(query);
        int candidates = query.Diversity > 0 ? (int)Math.Max(Math.Min((long)CandidatesAnItem * query.N, int.MaxValue), LeastCandidates) : query.N;
        Recommendations ranked = recommend(candidates);
        IReadOnlyList<Recommendation> items = query.Diversity > 0 ? Diversify(ranked.Items, query) : ranked.Items;
        return new RecommendedList(ranked.RankedBy, items, ranked.UnknownIds, DiversityOf(items));
    }

    private void Check(RecommendQuery query)
    {
        if (query.N < 1)
        {
            throw InputException.At("number of recommendations", "at least 1", $"{query.N}", "ask for one or more");
        }

        if (!(query.Diversity is >= 0 and <= 1))
        {
            throw InputException.At("diversity", "a number from 0 to 1", $"{query.Diversity}", "0 leaves the ranking as it is");
        }

        if (query.Diversity > 0 && _saved.Model.ItemFactors is null)
        {
            throw InputException.At("diversity", "a model with item factors, to tell which items differ", $"a model \"{_saved.Model.Kind}\" without", "leave it out, or train als or mf");
        }
    }

    private List<Recommendation> Diversify(IReadOnlyList<Recommendation> ranked, RecommendQuery query)
    {
        SimilarRows similar = _similarItems();
        double[] scores = [.. ranked.Select(item => item.Score)];
        int[] chosen = MarginalRelevance.Choose(
            scores, Math.Min(query.N, ranked.Count), query.Diversity, (one, other) => similar.CosineOf(ranked[one].Item, ranked[other].Item));
        return [.. chosen.Select(position => ranked[position])];
    }

    private double? DiversityOf(IReadOnlyList<Recommendation> items) =>
        items.Count < 2 || _saved.Model.ItemFactors is null ? null : 1 - _similarItems().MeanCosineOf([.. items.Select(item => item.Item)]);
}
