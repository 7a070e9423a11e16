using DistRec.Models.Persistence;
using DistRec.Models.Queries.Top;

namespace DistRec.Models.Queries.Lists;

/// <summary>
/// Which items of a model the filters fit that it was asked for last, so that a filter is looked at once and not for each list. Safe for any number of threads.
/// </summary>
/// <param name="saved">The model.</param>
internal sealed class FilterMasks(SavedModel saved)
{
    /// <summary>How many filters are remembered: of a million items each takes 125 kB.</summary>
    public const int Capacity = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Mask> _masks = new(StringComparer.Ordinal);
    private long _uses;

    /// <summary>How many filters are remembered.</summary>
    public int Count => _masks.Count;

    /// <summary>The items that a filter fits.</summary>
    /// <exception cref="InputException">The filter does not fit the model.</exception>
    public ItemFilter Of(AttributeFilter filter)
    {
        string text = filter.ToString();
        if (Find(text) is { } known)
        {
            return known;
        }

        // Outside the lock: others do not wait. Two threads may do this at once, and come to the same.
        ItemFilter items = ItemFilter.Of(filter.Match(saved.Attributes, saved.Items.Count));
        lock (_lock)
        {
            if (_masks.Count == Capacity && !_masks.ContainsKey(text))
            {
                _masks.Remove(_masks.MinBy(mask => mask.Value.LastUse).Key);
            }

            _masks[text] = new Mask(items, ++_uses);
        }

        return items;
    }

    private ItemFilter? Find(string text)
    {
        lock (_lock)
        {
            if (!_masks.TryGetValue(text, out Mask mask))
            {
                return null;
            }

            _masks[text] = mask with { LastUse = ++_uses };
            return mask.Items;
        }
    }

    private readonly record struct Mask(ItemFilter Items, long LastUse);
}
