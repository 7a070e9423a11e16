using DistRec.Models.FoldIn;
using DistRec.Models.Persistence;
using DistRec.Models.Queries.Top;

namespace DistRec.Models.Queries;

/// <summary>
/// Ranks items for a user. Safe for any number of threads. A list has exactly n items unless fewer are left after the
/// filters; equal scores are ordered by item index, so the same question always gets the same list.
/// </summary>
public sealed class Recommender
{
    private readonly SavedModel _saved;
    private readonly Predictor _predictor;
    private readonly Lazy<TopItems> _top;
    private readonly Lazy<ColdRanking> _coldRanking;

    /// <param name="saved">The model.</param>
    public Recommender(SavedModel saved)
    {
        ArgumentNullException.ThrowIfNull(saved);
        _saved = saved;
        _predictor = new Predictor(saved);
        _top = new Lazy<TopItems>(() => new TopItems(saved));
        _coldRanking = new Lazy<ColdRanking>(() => new ColdRanking(saved));
    }

    /// <summary>What ranks for users who are not cold; many requests at once go to it directly. Made when it is first asked for.</summary>
    public TopItems Top => _top.Value;

    /// <summary>Recommends items to a user; one nobody knows, or who had no training ratings, gets the cold-start ranking.</summary>
    /// <param name="userId">Who asks.</param>
    /// <param name="n">How many items, at least 1.</param>
    /// <param name="allow">Ids to choose from; null for all.</param>
    /// <param name="deny">Ids never to recommend, even if allowed.</param>
    /// <param name="includeSeen">Whether items the user rated in training may be recommended.</param>
    /// <exception cref="InputException"><paramref name="n"/> is below 1, or seen items cannot be left out because the model was saved without ratings.</exception>
    public Recommendations Recommend(
        string userId,
        int n,
        IReadOnlyCollection<string>? allow = null,
        IReadOnlyCollection<string>? deny = null,
        bool includeSeen = false)
    {
        ArgumentNullException.ThrowIfNull(userId);
        _saved.Users.TryGetIndex(userId, out int user);
        if (user >= 0 && !includeSeen && _saved.Ratings is null)
        {
            throw InputException.At("recommendations", "the training ratings, to leave out what the user has seen", "a model saved without them", "include seen items or save the model with its ratings");
        }

        return Recommend(userId, UserRow.Of(_saved, user), n, allow, deny, includeSeen);
    }

    /// <summary>Recommends items to a user that was folded into this model.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="userId">What to call the user.</param>
    /// <param name="n">How many items, at least 1.</param>
    /// <param name="allow">Ids to choose from; null for all.</param>
    /// <param name="deny">Ids never to recommend, even if allowed.</param>
    /// <param name="includeSeen">Whether items that the user was folded in by may be recommended.</param>
    /// <exception cref="InputException"><paramref name="n"/> is below 1.</exception>
    public Recommendations Recommend(
        FoldedUser user,
        string userId,
        int n,
        IReadOnlyCollection<string>? allow = null,
        IReadOnlyCollection<string>? deny = null,
        bool includeSeen = false) => Recommend(userId, UserRow.Of(_saved.Model, user), n, allow, deny, includeSeen);

    private Recommendations Recommend(
        string userId, UserRow user, int n, IReadOnlyCollection<string>? allow, IReadOnlyCollection<string>? deny, bool includeSeen)
    {
        if (n < 1)
        {
            throw InputException.At("number of recommendations", "at least 1", n.ToString(), "ask for one or more");
        }

        var unknown = new SortedSet<string>(StringComparer.Ordinal);
        ItemFilter? filter = allow is null && deny is null
            ? null
            : ItemFilter.Of(_saved.Items.Count, IndicesOf(allow, unknown), IndicesOf(deny, unknown));

        // A cold user has no ratings, so nothing was seen.
        IEnumerable<ScoredItem> best = user.HasRow
            ? Top.Rank(TopRequest.For(user, n, filter, includeSeen))
            : _coldRanking.Value.Items.Where(scored => filter?.Contains(scored.Item) != false).Take(n);
        return new Recommendations(
            userId,
            user.HasRow ? RankedBy.Prediction : _saved.Model.IsImplicit ? RankedBy.Popularity : RankedBy.DampedMean,
            [.. best.Select(scored => Describe(user, scored))],
            [.. unknown]);
    }

    private Recommendation Describe(in UserRow user, ScoredItem scored) =>
        new(scored.Item, _saved.Items[scored.Item], _saved.TitleOf(scored.Item), _predictor.Predict(user, scored.Item).Value, scored.Score);

    private List<int>? IndicesOf(IReadOnlyCollection<string>? ids, SortedSet<string> unknown)
    {
        if (ids is null)
        {
            return null;
        }

        List<int> indices = [];
        foreach (string id in ids)
        {
            if (_saved.Items.TryGetIndex(id, out int item))
            {
                indices.Add(item);
            }
            else
            {
                unknown.Add(id);
            }
        }

        return indices;
    }
}
