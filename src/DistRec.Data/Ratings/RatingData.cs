namespace DistRec.Data;

/// <summary>A rating data set in memory: who rated what how, with the ids and titles its files gave.</summary>
/// <param name="Name">What the data set is called in reports: a folder, file or generator.</param>
/// <param name="Ratings">The ratings by user, [users, items].</param>
/// <param name="Users">User ids.</param>
/// <param name="Items">Item ids.</param>
/// <param name="Titles">Item titles by item index; empty where the data has none, an entry is null where an item has none.</param>
/// <param name="Fingerprint">SHA-256 over the canonical ratings and ids, as lower-case hex.</param>
public sealed record RatingData(
    string Name,
    RatingMatrix Ratings,
    IdMap Users,
    IdMap Items,
    IReadOnlyList<string?> Titles,
    string Fingerprint)
{
    /// <summary>What is known of the items beside their titles.</summary>
    public ItemAttributes Attributes { get; init; } = ItemAttributes.None;

    /// <summary>Why a file that tells of items was not used; null where all went well or there is none.</summary>
    public string? AttributesFault { get; init; }

    /// <summary>How the data was laid out where it came from.</summary>
    public string Format { get; init; } = "memory";

    /// <summary>Whether lines had ratings; where they had none, each counts 1.</summary>
    public bool HasRatings { get; init; } = true;

    /// <summary>What was guessed about the files, and what of them was left out.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>How many ratings were dropped on reading because another one has the same user and item.</summary>
    public long DuplicateCount { get; init; }

    /// <summary>The same data with what is said of items of which it says nothing: a title of those without, attributes of those without any.</summary>
    /// <param name="items">Id of an item, its title, and texts by the names of attributes; items that nobody has rated are passed over.</param>
    public RatingData With(IEnumerable<(string Item, string? Title, IReadOnlyDictionary<string, IReadOnlyList<string>> Attributes)> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        string?[] titles = [.. Titles.Count == 0 ? new string?[Items.Count] : Titles];
        List<(int Item, string Attribute, string Text)> texts = [];
        foreach ((string id, string? title, IReadOnlyDictionary<string, IReadOnlyList<string>> attributes) in items)
        {
            if (!Items.TryGetIndex(id, out int item))
            {
                continue;
            }

            titles[item] ??= title;
            if (Attributes.All.All(attribute => attribute.Of(item).Length == 0))
            {
                texts.AddRange(attributes.SelectMany(attribute => attribute.Value.Select(text => (item, Attributes.Find(attribute.Key)?.Name ?? attribute.Key, text))));
            }
        }

        return this with
        {
            Titles = titles.All(title => title is null) ? [] : titles,
            Attributes = texts.Count == 0 ? Attributes : ItemAttributes.Of(Items.Count, Attributes.Texts().Concat(texts)),
        };
    }

    /// <summary>Puts a data set together and computes its fingerprint.</summary>
    /// <exception cref="ArgumentException">The ids do not fit the matrix.</exception>
    public static RatingData Create(string name, RatingMatrix ratings, IdMap users, IdMap items, IReadOnlyList<string?>? titles = null)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        ArgumentNullException.ThrowIfNull(users);
        ArgumentNullException.ThrowIfNull(items);
        if (users.Count != ratings.RowCount || items.Count != ratings.ColumnCount)
        {
            throw new ArgumentException($"{users.Count} users and {items.Count} items do not fit ratings of {ratings.RowCount} × {ratings.ColumnCount}", nameof(ratings));
        }

        return new RatingData(name, ratings, users, items, titles ?? [], DataFingerprint.Of(ratings, users, items));
    }
}
