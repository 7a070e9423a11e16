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

    /// <summary>
    /// The same data with what is said of items of which it says nothing: a title of those without, attributes of those without any.
    /// </summary>
    /// <param name="items">Id of an item, its title, and texts by the names of attributes; items that nobody has rated are passed
    /// over.</param>
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

    /// <summary>Reads the ratings of a file or folder, finding out how they are laid out: see <see cref="RatingReader"/>.</summary>
    /// <exception cref="InputException">The path, a line or an option is wrong; up to five wrong lines are named together.</exception>
    public static RatingData Read(string path, ReadOptions? options = null) => RatingReader.Read(path, options);

    /// <summary>Ratings that are in memory already.</summary>
    /// <param name="ratings">Ids of user and item, and the rating.</param>
    /// <param name="name">What the data set is called.</param>
    /// <param name="duplicates">What becomes of a second rating of one item by one user.</param>
    /// <exception cref="InputException">A rating is not finite or beyond ±1,000,000,000, or there are duplicates and they are
    /// refused.</exception>
    public static RatingData Of(
        IEnumerable<(string User, string Item, float Rating)> ratings, string name = "ratings", DuplicatePolicy duplicates = DuplicatePolicy.Error) =>
        MemoryRatings.Build([.. ratings.Select(rating => new LaterRating(rating.User, rating.Item, rating.Rating, 0))], hasTimestamps: false, name, duplicates);

    /// <summary>Ratings that are in memory already, with their times.</summary>
    /// <param name="ratings">Ids of user and item, the rating, and when.</param>
    /// <param name="name">What the data set is called.</param>
    /// <param name="duplicates">What becomes of a second rating of one item by one user.</param>
    /// <exception cref="InputException">A rating is not finite or beyond ±1,000,000,000, or there are duplicates and they are
    /// refused.</exception>
    public static RatingData Of(
        IEnumerable<(string User, string Item, float Rating, DateTimeOffset Time)> ratings, string name = "ratings", DuplicatePolicy duplicates = DuplicatePolicy.Error) =>
        MemoryRatings.Build(
            [.. ratings.Select(rating => new LaterRating(rating.User, rating.Item, rating.Rating, rating.Time.ToUnixTimeSeconds()))], hasTimestamps: true, name, duplicates);

    /// <summary>Parts the ratings into those to learn from and those to judge by, as <c>distrec train</c> parts them at random.</summary>
    /// <param name="testRatio">Share of the test part, above 0 and below 1.</param>
    /// <param name="seed">Keys the draw.</param>
    /// <exception cref="InputException">The ratio is out of range, or a part would be empty.</exception>
    public (RatingData Train, RatingData Test) Split(double testRatio = 0.1, ulong seed = 42) =>
        testRatio > 0 ? Split(new SplitOptions { TestRatio = testRatio, Seed = seed })
            : throw InputException.At("test-ratio", "a share above 0 and below 1", $"{testRatio}", "for instance 0.1");

    /// <summary>Parts the ratings into those to learn from and those to judge by.</summary>
    /// <param name="options">How; a validation part is chosen when a model is fitted, and may not be asked for here.</param>
    /// <exception cref="InputException">Options are out of range, or a part would be empty.</exception>
    public (RatingData Train, RatingData Test) Split(SplitOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.ValidationRatio != 0 || options.ReuseArrays)
        {
            throw InputException.At("split", "options of two parts that leave these ratings as they are", "a validation part, or arrays to be reused", "leave both out");
        }

        RatingSplit parts = Splitter.Split(this, options);
        RatingMatrix test = parts.Test ?? throw InputException.At("split", "ratings for the test part", "none", "raise the test ratio");
        return (Part(parts.Train), Part(test));

        RatingData Part(RatingMatrix ratings) => this with { Ratings = ratings, Fingerprint = DataFingerprint.Of(ratings, Users, Items), Notes = [], DuplicateCount = 0 };
    }

    /// <summary>
    /// The same ratings over ids that are known already, such as a model's: these keep their indices, and ids that are new follow them.
    /// </summary>
    /// <param name="users">User ids.</param>
    /// <param name="items">Item ids.</param>
    internal RatingData Over(IdMap users, IdMap items) => MemoryRatings.Over(this, users, items);

    /// <summary>The ratings without those of 0, for models that take a 0 for no interaction.</summary>
    internal RatingData WithoutZeros()
    {
        RatingMatrix kept = MemoryRatings.WithoutZeros(Ratings);
        return kept.Count == Ratings.Count ? this : this with { Ratings = kept, Fingerprint = DataFingerprint.Of(kept, Users, Items) };
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
