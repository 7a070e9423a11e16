using DistRec.Models.FoldIn;

namespace DistRec.Serving.Items;

/// <summary>
/// What has been said of items that one version of a model does not know, where features tell of them: their rows by
/// <see cref="FeatureFoldIn"/>. Those are taken that were said of first: which they are, their places and their rows follow from what was
/// said, in whatever portions it is read.
/// </summary>
/// <param name="saved">The version; one that was trained on no attributes of items takes none.</param>
/// <param name="mostItems">How many items are taken.</param>
internal sealed class DescribedItems(SavedModel saved, int mostItems)
{
    // Their numbers become part of indices.
    private const long MostChanges = int.MaxValue / 2;

    private readonly FeatureFoldIn _foldIn = new(saved);
    private readonly SortedSet<long> _firsts = [];
    private readonly Dictionary<long, DescribedItem> _byFirst = [];
    private readonly Dictionary<string, DescribedItem> _byId = new(StringComparer.Ordinal);

    /// <summary>Whether any item is taken.</summary>
    public bool AreTaken => _foldIn.DescribesItems;

    /// <summary>The items, in the order in which they were first said of.</summary>
    public IEnumerable<DescribedItem> All => _firsts.Select(first => _byFirst[first]);

    /// <summary>Takes what was said of an item that the version does not know.</summary>
    /// <returns>Whether it changed anything.</returns>
    public bool Add(ItemDetails details)
    {
        if (!AreTaken || details.First > MostChanges || (_firsts.Count == mostItems && details.First > _firsts.Max))
        {
            return false;
        }

        DescribedItem item = new(details, RowOf(details));
        (_byFirst[details.First], _byId[details.Item]) = (item, item);
        if (_firsts.Add(details.First) && _firsts.Count > mostItems)
        {
            _byFirst.Remove(_firsts.Max, out DescribedItem? last);
            _byId.Remove(last!.Details.Item);
            _firsts.Remove(_firsts.Max);
        }

        return true;
    }

    /// <summary>An item by its id; null where it is not taken.</summary>
    public DescribedItem? Find(string id) => _byId.GetValueOrDefault(id);

    /// <summary>The row of an item's features; null where the model was trained on nothing that is said of it.</summary>
    public FoldedItem? RowOf(ItemDetails details)
    {
        if (!AreTaken)
        {
            return null;
        }

        try
        {
            return _foldIn.DescribeItem(details.Attributes, details.Title).Row;
        }
        catch (InputException)
        {
            // Numbers of a size that the model has no row for.
            return null;
        }
    }
}

/// <summary>What was said of an item, and what its features come to.</summary>
/// <param name="Details">What was said.</param>
/// <param name="Row">Its row; null where the model was trained on nothing that was said.</param>
internal sealed record DescribedItem(ItemDetails Details, FoldedItem? Row);
