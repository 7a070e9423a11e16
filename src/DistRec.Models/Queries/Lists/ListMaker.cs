using System.Runtime.InteropServices;
using DistRec.Models.FoldIn;
using DistRec.Models.Persistence;
using DistRec.Models.Queries.Top;

namespace DistRec.Models.Queries.Lists;

/// <summary>
/// Makes lists of recommendations as they are asked for: as <see cref="Recommender"/> ranks, by what might be good as well as by what probably is, or of
/// items that differ, page by page; of the model's items, and of those that were folded into it since. A list has exactly as many items as it is to have, unless
/// there are no more, and then it says why. The same question always gets the same list. Safe for any number of threads.
/// </summary>
public sealed class ListMaker
{
    private const int CandidatesAnItem = 5;
    private const int LeastCandidates = 100;

    private readonly SavedModel _saved;
    private readonly Predictor _predictor;
    private readonly FilterMasks _masks;
    private readonly Lazy<TopItems> _top;
    private readonly Lazy<ColdRanking> _coldRanking;
    private readonly Func<SimilarRows> _similarItems;

    /// <param name="saved">The model.</param>
    /// <param name="similarItems">Compares its items; not asked of a model without factors.</param>
    public ListMaker(SavedModel saved, Func<SimilarRows> similarItems)
    {
        ArgumentNullException.ThrowIfNull(saved);
        ArgumentNullException.ThrowIfNull(similarItems);
        _saved = saved;
        _predictor = new Predictor(saved);
        _masks = new FilterMasks(saved);
        _top = new Lazy<TopItems>(() => new TopItems(saved));
        _coldRanking = new Lazy<ColdRanking>(() => new ColdRanking(saved));
        _similarItems = similarItems;
    }

    /// <summary>Does once what the first lists would else wait for.</summary>
    public void Warm()
    {
        _ = _top.Value;
        _ = _coldRanking.Value;
    }

    /// <summary>Makes a list for a user; one nobody knows, or who had no training ratings, gets one from the cold-start ranking.</summary>
    /// <param name="userId">Who asks.</param>
    /// <param name="query">What for.</param>
    /// <param name="newItems">Items that were folded into the model, and may be in the list; null for none.</param>
    /// <exception cref="InputException">The model cannot make such a list.</exception>
    public RecommendedList Make(string userId, RecommendQuery query, NewItems? newItems = null)
    {
        ArgumentNullException.ThrowIfNull(query);
        _saved.Users.TryGetIndex(userId, out int user);
        RequireSeen(user, query);
        return Make(UserRow.Of(_saved, user), query, newItems ?? NewItems.None);
    }

    /// <summary>Makes a list for a user that was folded into this model.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="query">What for.</param>
    /// <param name="newItems">Items that were folded into the model, and may be in the list; null for none.</param>
    /// <exception cref="InputException">The model cannot make such a list.</exception>
    public RecommendedList Make(FoldedUser user, RecommendQuery query, NewItems? newItems = null)
    {
        ArgumentNullException.ThrowIfNull(query);
        return Make(UserRow.Of(_saved.Model, user), query, newItems ?? NewItems.None);
    }

    /// <summary>Prepares lists for many users of the model, all asked for alike; of the model's items alone.</summary>
    /// <param name="query">What for; not a list that goes on behind another one.</param>
    /// <exception cref="InputException">The model cannot make such lists.</exception>
    public ListBatch Prepare(RecommendQuery query)
    {
        ArgumentNullException.ThrowIfNull(query);
        Check(query);
        return query.After is null
            ? new ListBatch(this, query, new Candidates(_saved, _masks, UserRow.Cold, query, NewItems.None))
            : throw InputException.At("after", "nothing for the lists of many users", "where one list goes on", "leave it out");
    }

    /// <summary>The lists of some users.</summary>
    /// <param name="users">Indices of the users; −1 for one nobody knows.</param>
    /// <param name="query">What for.</param>
    /// <param name="anyone">Which items a user may get who has seen none.</param>
    /// <param name="lists">Receives them, [users].</param>
    internal void Make(ReadOnlySpan<int> users, RecommendQuery query, Candidates anyone, Span<UserList> lists)
    {
        int most = (int)Math.Min(query.Diversity > 0 ? MostToDiversify(query) : query.N, int.MaxValue);
        UserRow[] rows = new UserRow[users.Length];
        ScoredItem[][] ranked = new ScoredItem[users.Length][];
        List<TopRequest> requests = [];
        List<int> asked = [];
        for (int index = 0; index < rows.Length; index++)
        {
            RequireSeen(users[index], query);
            rows[index] = UserRow.Of(_saved, users[index]);
            Candidates candidates = anyone.Of(rows[index], query);
            if (rows[index].HasRow && query.Explore == 0)
            {
                requests.Add(new TopRequest(rows[index], most, candidates.Filter, candidates.LeaveOut));
                asked.Add(index);
            }
            else
            {
                ranked[index] = Rank(rows[index], candidates, most, query.Explore);
            }
        }

        ScoredItem[][] found = new ScoredItem[requests.Count][];
        _top.Value.Rank(CollectionsMarshal.AsSpan(requests), found);
        for (int index = 0; index < found.Length; index++)
        {
            ranked[asked[index]] = found[index];
        }

        for (int index = 0; index < rows.Length; index++)
        {
            UserRow user = rows[index];
            ScoredItem[] chosen = Choose(ranked[index], query, NewItems.None);
            lists[index] = new UserList(RankedByOf(user, query), [.. chosen.Select((scored, position) => Describe(user, position + 1, scored))]);
        }
    }

    private RecommendedList Make(UserRow user, RecommendQuery query, NewItems newItems)
    {
        Check(query);
        Candidates candidates = new(_saved, _masks, user, query, newItems);

        // One more tells whether the list goes on.
        long most = query.Diversity > 0 ? MostToDiversify(query) : query.N + 1L;
        ScoredItem[] ranked = Rank(user, candidates, (int)Math.Min(most, int.MaxValue), query.Explore);
        ScoredItem[] chosen = Choose(ranked, query, newItems);
        return new RecommendedList(
            RankedByOf(user, query),
            [.. chosen.Select((scored, index) => Describe(user, candidates.Shown.Length + index + 1, scored, newItems))],
            candidates.UnknownIds,
            chosen.Length < 2 || _saved.Model.ItemFactors is null ? null : 1 - _similarItems().MeanCosineOf([.. chosen.Select(scored => scored.Item)], newItems),
            chosen.Length < query.N ? candidates.DescribeShortage(chosen.Length, query.N) : null,
            ranked.Length > chosen.Length ? ListCursor.Behind(_saved, [.. candidates.Shown.Span, .. chosen.Select(scored => scored.Item)]) : null);
    }

    private static long MostToDiversify(RecommendQuery query) => Math.Max((long)CandidatesAnItem * query.N, LeastCandidates);

    private ScoredItem[] Choose(ScoredItem[] ranked, RecommendQuery query, NewItems newItems) =>
        query.Diversity > 0 ? Diversify(ranked, query, newItems) : ranked[..Math.Min(query.N, ranked.Length)];

    private RankedBy RankedByOf(in UserRow user, RecommendQuery query) =>
        !user.HasRow ? _saved.Model.IsImplicit ? RankedBy.Popularity : RankedBy.DampedMean : query.Explore > 0 ? RankedBy.UpperBound : RankedBy.Prediction;

    private void RequireSeen(int user, RecommendQuery query)
    {
        if (user >= 0 && !query.IncludeSeen && _saved.Ratings is null)
        {
            throw InputException.At("recommendations", "the training ratings, to leave out what the user has seen", "a model saved without them", "include seen items or save the model with its ratings");
        }
    }

    private void Check(RecommendQuery query)
    {
        FactorModel model = _saved.Model;
        if (query.N < 1)
        {
            throw InputException.At("number of recommendations", "at least 1", $"{query.N}", "ask for one or more");
        }

        query.After?.RequireOf(_saved);
        if (!(query.Diversity is >= 0 and <= 1))
        {
            throw InputException.At("diversity", "a number from 0 to 1", $"{query.Diversity}", "0 leaves the ranking as it is");
        }

        if (query.Diversity > 0 && model.ItemFactors is null)
        {
            throw InputException.At("diversity", "a model with item factors, to tell which items differ", $"a model \"{model.Kind}\" without", "leave it out, or train als or mf");
        }

        if (!(query.Explore is >= 0 and <= RecommendQuery.MostExplore))
        {
            throw InputException.At("explore", $"a number from 0 to {RecommendQuery.MostExplore}", $"{query.Explore}", "0 leaves the ranking as it is");
        }

        if (query.Explore > 0 && model.Spread is null)
        {
            throw InputException.At("explore", "a model that knows how sure it is of a rating", $"a model \"{model.Kind}\" without deviations", "leave it out, or train bpmf");
        }
    }

    private ScoredItem[] Rank(in UserRow user, Candidates candidates, int n, double explore) =>
        !user.HasRow ? _coldRanking.Value.Rank(_coldRanking.Value.Items.Where(scored => candidates.Contains(scored.Item)), candidates.New, n)
        : explore > 0 ? RankByUpperBound(user, candidates, n, explore)
        : RankByPrediction(user, candidates, n);

    // The best of the model's items and of the new ones are among the best n of each.
    private ScoredItem[] RankByPrediction(in UserRow user, Candidates candidates, int n)
    {
        ScoredItem[] best = _top.Value.Rank(new TopRequest(user, n, candidates.Filter, candidates.LeaveOut));
        if (candidates.New.Count == 0)
        {
            return best;
        }

        var top = new BoundedTop(Math.Min(n, best.Length + candidates.New.Count));
        foreach (ScoredItem scored in best)
        {
            top.Offer(scored);
        }

        foreach (NewItem item in candidates.New)
        {
            top.Offer(new ScoredItem(item.Index, FactorScore.Sum(_saved.Model, user, item.Row)));
        }

        return top.TakeSorted();
    }

    private ScoredItem[] RankByUpperBound(in UserRow user, Candidates candidates, int n, double explore)
    {
        var top = new BoundedTop(Math.Min(n, _saved.Items.Count + candidates.New.Count));
        for (int item = 0; item < _saved.Items.Count; item++)
        {
            if (candidates.Contains(item))
            {
                top.Offer(new ScoredItem(item, _predictor.Unclipped(user, item) + (explore * DeviationOf(user, item)!.Value)));
            }
        }

        foreach (NewItem item in candidates.New)
        {
            top.Offer(new ScoredItem(item.Index, FactorScore.Sum(_saved.Model, user, item.Row) + (explore * _predictor.Predict(user, item.Row).Deviation!.Value)));
        }

        return top.TakeSorted();
    }

    private ScoredItem[] Diversify(ScoredItem[] ranked, RecommendQuery query, NewItems newItems)
    {
        SimilarRows similar = _similarItems();
        int[] chosen = MarginalRelevance.Choose(
            [.. ranked.Select(scored => scored.Score)],
            Math.Min(query.N, ranked.Length),
            query.Diversity,
            (one, other) => similar.CosineOf(ranked[one].Item, ranked[other].Item, newItems));
        return [.. chosen.Select(position => ranked[position])];
    }

    private ListedItem Describe(in UserRow user, int rank, ScoredItem scored, NewItems newItems)
    {
        if (!newItems.TryGet(scored.Item, out NewItem? item))
        {
            return Describe(user, rank, scored);
        }

        Prediction prediction = _predictor.Predict(user, item.Row);
        return new ListedItem(rank, item.Index, item.Id, item.Title, prediction.Value, scored.Score, prediction.Deviation, item.Ratings);
    }

    private ListedItem Describe(in UserRow user, int rank, ScoredItem scored) => new(
        rank, scored.Item, _saved.Items[scored.Item], _saved.TitleOf(scored.Item), _predictor.Predict(user, scored.Item).Value, scored.Score, DeviationOf(user, scored.Item));

    // An item without training ratings has what its prior says.
    private double? DeviationOf(in UserRow user, int item) =>
        user.Variances is { } variances ? _saved.Model.Spread?.DeviationOf(_saved.Model, user.Factors.Span, variances.Span, item) : null;
}
