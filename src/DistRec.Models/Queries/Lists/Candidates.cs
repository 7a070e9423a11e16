using DistRec.Models.FoldIn;
using DistRec.Models.Persistence;
using DistRec.Models.Queries.Top;

namespace DistRec.Models.Queries.Lists;

/// <summary>Which items a list may be made of, and why others may not be in it.</summary>
internal sealed class Candidates
{
    private readonly SavedModel _saved;
    private readonly NewItems _newItems;
    private readonly SortedSet<string> _unknown = new(StringComparer.Ordinal);
    private readonly int[]? _allowed;
    private readonly int[]? _denied;
    private readonly ItemFilter? _fits;
    private readonly AttributeFilter? _filter;
    private readonly ReadOnlyMemory<int> _seen;

    /// <param name="saved">The model.</param>
    /// <param name="masks">What filters come to.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="query">What for.</param>
    /// <param name="newItems">Items that were folded in.</param>
    /// <exception cref="InputException">The filter does not fit the model.</exception>
    public Candidates(SavedModel saved, FilterMasks masks, in UserRow user, RecommendQuery query, NewItems newItems)
    {
        _saved = saved;
        _newItems = newItems;
        _allowed = IndicesOf(query.Allow);
        _denied = IndicesOf(query.Deny);
        _filter = query.Filter;
        _fits = _filter is null ? null : masks.Of(_filter);
        _seen = query.IncludeSeen ? default : SeenBy(user, query.AlsoSeen);
        Shown = query.After?.Shown ?? default;
        ItemFilter? listed = _allowed is null && _denied is null ? null : ItemFilter.Of(saved.Items.Count, OfModel(_allowed), OfModel(_denied));
        Filter = listed is null ? _fits : _fits?.And(listed) ?? listed;
        LeaveOut = LeftOut();
        New = NewCandidates();
    }

    private Candidates(Candidates other, ReadOnlyMemory<int> seen)
    {
        (_saved, _newItems, _unknown, _allowed, _denied, _fits, _filter) =
            (other._saved, other._newItems, other._unknown, other._allowed, other._denied, other._fits, other._filter);
        (_seen, Shown, Filter, New) = (seen, other.Shown, other.Filter, other.New);
        LeaveOut = LeftOut();
    }

    /// <summary>Items of the model that are allowed, not denied and what they must be; null for all.</summary>
    public ItemFilter? Filter { get; }

    /// <summary>Items that were folded in, and are candidates.</summary>
    public IReadOnlyList<NewItem> New { get; }

    /// <summary>Items that are left out besides, ascending: those that were seen or shown before.</summary>
    public ReadOnlyMemory<int> LeaveOut { get; }

    /// <summary>Items that were shown before, ascending.</summary>
    public ReadOnlyMemory<int> Shown { get; }

    /// <summary>Ids of the lists that neither the model nor the items that were folded in have, in ordinal order.</summary>
    public IReadOnlyList<string> UnknownIds => [.. _unknown];

    /// <summary>Those of another user who asks the same, and who has seen no item that was folded in.</summary>
    public Candidates Of(in UserRow user, RecommendQuery query) => new(this, query.IncludeSeen ? default : user.Seen);

    /// <summary>Whether an item of the model is one.</summary>
    public bool Contains(int item) => Filter?.Contains(item) != false && LeaveOut.Span.BinarySearch(item) < 0;

    /// <summary>Why there are not more: each item that is none counts for the first reason of the order in which they are told.</summary>
    /// <param name="found">How many there are.</param>
    /// <param name="wanted">How many there should be.</param>
    public string DescribeShortage(int found, int wanted)
    {
        HashSet<int>? allowed = _allowed is null ? null : [.. _allowed];
        HashSet<int> denied = [.. _denied ?? []];
        int notAllowed = 0, refused = 0, unfit = 0, seen = 0, shown = 0;
        foreach (int item in Enumerable.Range(0, _saved.Items.Count).Concat(_newItems.All.Select(item => item.Index)))
        {
            _ = allowed?.Contains(item) == false ? notAllowed++
                : denied.Contains(item) ? refused++
                : !Fits(item) ? unfit++
                : _seen.Span.BinarySearch(item) >= 0 ? seen++
                : Shown.Span.BinarySearch(item) >= 0 ? shown++
                : 0;
        }

        (int Count, string Reason)[] reasons = [(notAllowed, "not allowed"), (refused, "denied"), (unfit, "filtered out"), (seen, "seen"), (shown, "shown before")];
        return string.Join(", ", [
            $"{found} {(found == 1 ? "item" : "items")} left, {wanted} asked for: {_saved.Items.Count} in the model{(_newItems.All.Count == 0 ? "" : $" and {_newItems.All.Count} new")}",
            .. reasons.Where(reason => reason.Count > 0).Select(reason => $"{reason.Count} {reason.Reason}"),
        ]);
    }

    private ReadOnlyMemory<int> LeftOut() => Shown.IsEmpty ? _seen : new SortedSet<int>([.. _seen.Span, .. Shown.Span]).ToArray();

    private bool Fits(int item) => _newItems.TryGet(item, out NewItem? one) ? _filter?.Fits(one.Attributes) != false : _fits?.Contains(item) != false;

    private IEnumerable<int>? OfModel(int[]? items) => items?.Where(item => item < _saved.Items.Count);

    private IReadOnlyList<NewItem> NewCandidates()
    {
        // Most lists leave out none of them.
        bool areListed = _filter is not null || _allowed is not null || _denied?.Any(item => item >= _saved.Items.Count) == true;
        if (!areListed && (LeaveOut.IsEmpty || LeaveOut.Span[^1] < _saved.Items.Count))
        {
            return _newItems.All;
        }

        HashSet<int>? allowed = _allowed is null ? null : [.. _allowed];
        HashSet<int> denied = [.. _denied ?? []];
        return
        [
            .. _newItems.All.Where(item => allowed?.Contains(item.Index) != false && !denied.Contains(item.Index)
                && LeaveOut.Span.BinarySearch(item.Index) < 0 && _filter?.Fits(item.Attributes) != false),
        ];
    }

    private ReadOnlyMemory<int> SeenBy(in UserRow user, IReadOnlyCollection<string> also)
    {
        // Indices of items that were folded in come after those of the model.
        int[] more = [.. also.Select(_newItems.Find).OfType<NewItem>().Select(item => item.Index).Distinct().Order()];
        return more.Length == 0 ? user.Seen : (int[])[.. user.Seen.Span, .. more];
    }

    private int[]? IndicesOf(IReadOnlyCollection<string>? ids)
    {
        if (ids is null)
        {
            return null;
        }

        List<int> indices = new(ids.Count);
        foreach (string id in ids)
        {
            if (_saved.Items.TryGetIndex(id, out int item))
            {
                indices.Add(item);
            }
            else if (_newItems.Find(id) is { } one)
            {
                indices.Add(one.Index);
            }
            else
            {
                _unknown.Add(id);
            }
        }

        return [.. indices];
    }
}
