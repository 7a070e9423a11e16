using DistRec.Models.Persistence;
using DistRec.Models.Queries.Top;

namespace DistRec.Models.Queries.Lists;

/// <summary>Which items a list may be made of, and why others may not be in it.</summary>
internal sealed class Candidates
{
    private readonly SavedModel _saved;
    private readonly SortedSet<string> _unknown = new(StringComparer.Ordinal);
    private readonly int[]? _allowed;
    private readonly int[]? _denied;
    private readonly bool[]? _fits;
    private readonly ReadOnlyMemory<int> _seen;

    /// <param name="saved">The model.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="query">What for.</param>
    /// <exception cref="InputException">The filter does not fit the model.</exception>
    public Candidates(SavedModel saved, in UserRow user, RecommendQuery query)
    {
        _saved = saved;
        _allowed = IndicesOf(query.Allow);
        _denied = IndicesOf(query.Deny);
        _fits = query.Filter?.Match(saved.Attributes, saved.Items.Count);
        _seen = query.IncludeSeen ? default : user.Seen;
        Shown = query.After?.Shown ?? default;
        IEnumerable<int>? chosen = _fits is null ? _allowed : (_allowed ?? Enumerable.Range(0, _fits.Length)).Where(item => _fits[item]);
        Filter = chosen is null && _denied is null ? null : ItemFilter.Of(saved.Items.Count, chosen, _denied);
        LeaveOut = Shown.IsEmpty ? _seen : new SortedSet<int>([.. _seen.Span, .. Shown.Span]).ToArray();
    }

    /// <summary>Items that are allowed, not denied and what they must be; null for all.</summary>
    public ItemFilter? Filter { get; }

    /// <summary>Items that are left out besides, ascending: those that were seen or shown before.</summary>
    public ReadOnlyMemory<int> LeaveOut { get; }

    /// <summary>Items that were shown before, ascending.</summary>
    public ReadOnlyMemory<int> Shown { get; }

    /// <summary>Ids of the lists that the model does not know, in ordinal order.</summary>
    public IReadOnlyList<string> UnknownIds => [.. _unknown];

    /// <summary>Whether an item is one.</summary>
    public bool Contains(int item) => Filter?.Contains(item) != false && LeaveOut.Span.BinarySearch(item) < 0;

    /// <summary>Why there are not more: each item that is none counts for the first reason of the order in which they are told.</summary>
    /// <param name="found">How many there are.</param>
    /// <param name="wanted">How many there should be.</param>
    public string DescribeShortage(int found, int wanted)
    {
        HashSet<int>? allowed = _allowed is null ? null : [.. _allowed];
        HashSet<int> denied = [.. _denied ?? []];
        int notAllowed = 0, refused = 0, unfit = 0, seen = 0, shown = 0;
        for (int item = 0; item < _saved.Items.Count; item++)
        {
            _ = allowed?.Contains(item) == false ? notAllowed++
                : denied.Contains(item) ? refused++
                : _fits?[item] == false ? unfit++
                : _seen.Span.BinarySearch(item) >= 0 ? seen++
                : Shown.Span.BinarySearch(item) >= 0 ? shown++
                : 0;
        }

        (int Count, string Reason)[] reasons = [(notAllowed, "not allowed"), (refused, "denied"), (unfit, "filtered out"), (seen, "seen"), (shown, "shown before")];
        return string.Join(", ", [
            $"{found} {(found == 1 ? "item" : "items")} left, {wanted} asked for: {_saved.Items.Count} in the model",
            .. reasons.Where(reason => reason.Count > 0).Select(reason => $"{reason.Count} {reason.Reason}"),
        ]);
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
            else
            {
                _unknown.Add(id);
            }
        }

        return [.. indices];
    }
}
