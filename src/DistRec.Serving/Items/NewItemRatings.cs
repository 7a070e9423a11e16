using DistRec.Models.FoldIn;
using DistRec.Serving.Queries;
using DistRec.Serving.Users;

namespace DistRec.Serving.Items;

/// <summary>
/// What was rated since training of items that one version of a model does not know, and the items' rows: each is fitted by <see cref="ItemFoldIn"/> to the
/// newest rating by each user that the model was trained on, whose rows are as training left them. What comes out follows from the ratings in the order of the
/// log alone, in whatever portions they come: nodes that have read the same have the same items, under the same indices, with the same bits.
/// </summary>
/// <remarks>
/// Ratings by users whom the model was not trained on are left out: their own rows change with each rating that they give. The first <see cref="MostItems"/> items
/// of the log are taken, and later ones are left out until a version is trained that knows the first.
/// </remarks>
internal sealed class NewItemRatings
{
    /// <summary>How many new items a version takes: a list looks at each of them, a fraction of a millisecond in all.</summary>
    public const int MostItems = 10_000;

    private readonly SavedModel _saved;
    private readonly ItemFoldIn? _foldIn;
    private readonly int _leastRatings;
    private readonly int _mostItems;
    private readonly Dictionary<string, Gathered> _items = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, NewItem> _folded = [];
    private readonly HashSet<Gathered> _changed = [];
    private int _indices;
    private bool _hasOtherDetails;

    /// <param name="saved">The version; one that has nothing of an item to fit gets no new items.</param>
    /// <param name="leastRatings">How many usable ratings an item must have, at least 1.</param>
    /// <param name="mostItems">How many items are taken.</param>
    public NewItemRatings(SavedModel saved, int leastRatings, int mostItems = MostItems)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(leastRatings, 1);
        (_saved, _leastRatings, _mostItems) = (saved, leastRatings, mostItems);
        try
        {
            _foldIn = new ItemFoldIn(saved);
        }
        catch (InputException)
        {
            // It orders items, or has no factors to fit.
        }
    }

    /// <summary>Whether an item has other ratings than it was folded in by, or is said to be something else.</summary>
    public bool HasChanged => _changed.Count > 0 || _hasOtherDetails;

    /// <summary>Takes a rating, in the order of the log. One that cannot be used changes nothing.</summary>
    public void Add(UserRating rating)
    {
        if (_foldIn is null || _saved.Items.TryGetIndex(rating.Item, out _)
            || !_saved.Users.TryGetIndex(rating.User, out int user) || !_foldIn.CanUse(user)
            || !(rating.Rating >= _foldIn.MinRating && rating.Rating <= RatingLimits.Magnitude))
        {
            return;
        }

        if (!_items.TryGetValue(rating.Item, out Gathered? item))
        {
            if (_items.Count == _mostItems)
            {
                return;
            }

            _items.Add(rating.Item, item = new Gathered(rating.Item));
            Undescribed.Enqueue(rating.Item);
        }

        item.Ratings[user] = rating.Rating;
        if (item.Index < 0 && item.Ratings.Count >= _leastRatings)
        {
            item.Index = _saved.Items.Count + _indices++;
        }

        if (item.Index >= 0)
        {
            _changed.Add(item);
        }
    }

    /// <summary>Ids of items that have come and have not been looked up: nothing is known of them but their ratings.</summary>
    public Queue<string> Undescribed { get; } = [];

    /// <summary>Takes what was said of an item; of one that nobody has rated nothing is kept.</summary>
    public void Describe(ItemDetails details)
    {
        if (!_items.TryGetValue(details.Item, out Gathered? item))
        {
            return;
        }

        item.Details = details;
        if (_folded.TryGetValue(item.Index, out NewItem? folded))
        {
            _folded[item.Index] = item.Make(folded.Row);
            _hasOtherDetails = true;
        }
    }

    /// <summary>Fits the items again that have other ratings than before.</summary>
    /// <returns>All items with a row.</returns>
    public NewItems Fold()
    {
        foreach (Gathered item in _changed)
        {
            try
            {
                _folded[item.Index] = item.Make(_foldIn!.Fit([.. item.Ratings.Keys], [.. item.Ratings.Values]));
            }
            catch (Exception exception) when (exception is NumericalException or InputException)
            {
                // Ratings of a size that the model has no row for: the item stays unknown until they are corrected.
                _folded.Remove(item.Index);
            }
        }

        _changed.Clear();
        _hasOtherDetails = false;
        return new NewItems(_folded.Values);
    }

    private sealed class Gathered(string id)
    {
        public string Id { get; } = id;

        /// <summary>−1 until it has enough ratings.</summary>
        public int Index { get; set; } = -1;

        /// <summary>By the users' indices.</summary>
        public Dictionary<int, float> Ratings { get; } = [];

        /// <summary>What was said of it; null for nothing.</summary>
        public ItemDetails? Details { get; set; }

        public NewItem Make(FoldedItem row) =>
            Details is { } details ? new NewItem(Index, Id, row) { Title = details.Title, Attributes = details.Attributes } : new NewItem(Index, Id, row);
    }
}
