using DistRec.Models.Persistence;
using DistRec.Models.Queries.Top;

namespace DistRec.Models.Queries.Lists;

/// <summary>Which items a list may be made of.</summary>
internal sealed class Candidates
{
    private readonly SavedModel _saved;
    private readonly SortedSet<string> _unknown = new(StringComparer.Ordinal);

    /// <param name="saved">The model.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="query">What for.</param>
    public Candidates(SavedModel saved, in UserRow user, RecommendQuery query)
    {
        _saved = saved;
        int[]? allowed = IndicesOf(query.Allow);
        int[]? denied = IndicesOf(query.Deny);
        Filter = allowed is null && denied is null ? null : ItemFilter.Of(saved.Items.Count, allowed, denied);
        LeaveOut = query.IncludeSeen ? default : user.Seen;
    }

    /// <summary>Items that are allowed and not denied; null for all.</summary>
    public ItemFilter? Filter { get; }

    /// <summary>Items that are left out besides, ascending.</summary>
    public ReadOnlyMemory<int> LeaveOut { get; }

    /// <summary>Ids of the lists that the model does not know, in ordinal order.</summary>
    public IReadOnlyList<string> UnknownIds => [.. _unknown];

    /// <summary>Whether an item is one.</summary>
    public bool Contains(int item) => Filter?.Contains(item) != false && LeaveOut.Span.BinarySearch(item) < 0;

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
