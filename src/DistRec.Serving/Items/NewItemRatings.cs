using DistRec.Models.FoldIn;
using DistRec.Models.Queries.Asking;
using DistRec.Serving.Users;

namespace DistRec.Serving.Items;

/// <summary>
/// What was rated since training of items that one version of a model does not know, and what was said of them, and the items' rows. An
/// item with enough ratings is fitted by <see cref="ItemFoldIn"/> to the newest rating by each user that the model was trained on, whose
/// rows are as training left them, and from the row of its features where the model was trained on what was said of it; another item has
/// that row itself. What comes out follows from the ratings in the order of the log and from what was said last of each item alone, in
/// whatever portions they come: nodes that have read the same have the same items, under the same indices, with the same bits.
/// </summary>
/// <remarks>
/// Ratings by users whom the model was not trained on are left out: their own rows change with each rating that they give. The first
/// <see cref="MostItems"/> items of the log are taken, and then those that were said of first, as long as there is room; later ones are
/// left out until a version is trained that knows the first.
/// </remarks>
internal sealed class NewItemRatings
{
    /// <summary>How many new items a version takes: a list looks at each of them, a fraction of a millisecond in all.</summary>
    public const int MostItems = 10_000;

    private readonly SavedModel _saved;
    private readonly ItemFoldIn? _foldIn;
    private readonly int _leastRatings;
    private readonly int _mostItems;
    private readonly DescribedItems _described;
    private readonly Dictionary<string, Gathered> _items = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, (Gathered Item, FoldedItem Row)> _folded = [];
    private readonly HashSet<Gathered> _changed = [];
    private int _places;
    private bool _hasOtherDetails;

    /// <param name="saved">The version; one with nothing of an item to fit that knows no attributes of items gets no new items.</param>
    /// <param name="leastRatings">How many usable ratings an item must have to be folded in by them, at least 1.</param>
    /// <param name="mostItems">How many items are taken.</param>
    public NewItemRatings(SavedModel saved, int leastRatings, int mostItems = MostItems)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(leastRatings, 1);
        (_saved, _leastRatings, _mostItems) = (saved, leastRatings, mostItems);
        _described = new DescribedItems(saved, mostItems);
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

    /// <summary>Whether all that was said of items is wanted, and not only what was said of those that were rated.</summary>
    public bool TakesDescribed => _described.AreTaken;

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

            DescribedItem? said = _described.Find(rating.Item);
            _items.Add(rating.Item, item = new Gathered(rating.Item) { Details = said?.Details, Start = said?.Row });
            Undescribed.Enqueue(rating.Item);
        }

        item.Ratings[user] = rating.Rating;
        if (item.Place < 0 && item.Ratings.Count >= _leastRatings)
        {
            item.Place = _places++;
        }

        if (item.Place >= 0)
        {
            _changed.Add(item);
        }
    }

    /// <summary>Ids of items that have come and have not been looked up: nothing is known of them but their ratings.</summary>
    public Queue<string> Undescribed { get; } = [];

    /// <summary>Takes what was said of an item; of one that nobody has rated nothing is kept, unless its features tell of it.</summary>
    public void Describe(ItemDetails details)
    {
        if (_saved.Items.TryGetIndex(details.Item, out _))
        {
            return;
        }

        _hasOtherDetails |= _described.Add(details);
        if (_items.TryGetValue(details.Item, out Gathered? item))
        {
            (item.Details, item.Start) = (details, _described.RowOf(details));
            if (item.Place >= 0)
            {
                _changed.Add(item);
            }
        }
    }

    /// <summary>Fits the items again that have other ratings than before, or are said to be something else.</summary>
    /// <returns>All items with a row.</returns>
    public NewItems Fold()
    {
        foreach (Gathered item in _changed)
        {
            try
            {
                _folded[item.Place] = (item, item.Start is { } start
                    ? _foldIn!.FitFrom(start, [.. item.Ratings.Keys], [.. item.Ratings.Values])
                    : _foldIn!.Fit([.. item.Ratings.Keys], [.. item.Ratings.Values]));
            }
            catch (Exception exception) when (exception is NumericalException or InputException)
            {
                // Ratings of a size that the model has no row for: they do not count until they are corrected.
                _folded.Remove(item.Place);
            }
        }

        _changed.Clear();
        _hasOtherDetails = false;
        HashSet<string> folded = [.. _folded.Values.Select(one => one.Item.Id)];
        return new NewItems(
        [
            .. _folded.Values.Select(one => Make(IndexOf(one.Item), one.Item.Id, one.Item.Details, one.Row)),
            .. _described.All.Where(one => one.Row is not null && !folded.Contains(one.Details.Item)).Take(_mostItems - _folded.Count)
                .Select(one => Make(IndexOf(one), one.Details.Item, one.Details, one.Row!)),
        ]);
    }

    // An item that is taken for what was said of it keeps the index of that when it is rated: lists that go on know it by its index.
    private int IndexOf(Gathered item) => _described.Find(item.Id) is { } described ? IndexOf(described) : _saved.Items.Count + item.Place;

    private int IndexOf(DescribedItem item) => checked((int)(_saved.Items.Count + _mostItems + item.Details.First));

    private static NewItem Make(int index, string id, ItemDetails? details, FoldedItem row) => details is null
        ? new NewItem(index, id, row)
        : new NewItem(index, id, row) { Title = details.Title, Attributes = details.Attributes };

    private sealed class Gathered(string id)
    {
        public string Id { get; } = id;

        /// <summary>By when it had enough ratings, from 0; −1 until then.</summary>
        public int Place { get; set; } = -1;

        /// <summary>By the users' indices.</summary>
        public Dictionary<int, float> Ratings { get; } = [];

        /// <summary>What was said of it; null for nothing.</summary>
        public ItemDetails? Details { get; set; }

        /// <summary>The row of its features, from which ratings lead on; null where there is none.</summary>
        public FoldedItem? Start { get; set; }
    }
}
