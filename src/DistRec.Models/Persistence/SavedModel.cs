namespace DistRec.Models.Persistence;

/// <summary>
/// A model with everything that answering needs: ids, titles, the ratings it was trained on and its description. All values
/// of the model are finite: the constructor looks.
/// </summary>
public sealed class SavedModel
{
    private readonly Lazy<InteractionCounts?> _counts;

    /// <param name="model">The numbers.</param>
    /// <param name="users">User ids, one a row of the user tables.</param>
    /// <param name="items">Item ids, one a row of the item tables.</param>
    /// <param name="titles">Titles by item index; empty where the data has none, an entry is null where an item has none.</param>
    /// <param name="ratings">Training ratings [users, items]; null leaves out what needs them: skipping seen items, explanations, fold-in.</param>
    /// <param name="description">What the model is; its counts, rank and hash are set here from the tables.</param>
    /// <exception cref="ArgumentException">The parts do not belong together.</exception>
    /// <exception cref="NumericalException">The model holds NaN or an infinity.</exception>
    public SavedModel(
        FactorModel model,
        IdMap users,
        IdMap items,
        IReadOnlyList<string?> titles,
        RatingMatrix? ratings,
        ModelDescription description)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(users);
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(titles);
        ArgumentNullException.ThrowIfNull(description);
        Require(users.Count == model.UserBiases.Length, "user ids", model.UserBiases.Length, users.Count, nameof(users));
        Require(items.Count == model.ItemBiases.Length, "item ids", model.ItemBiases.Length, items.Count, nameof(items));
        Require(titles.Count == 0 || titles.Count == items.Count, "titles", items.Count, titles.Count, nameof(titles));
        Require(ratings is null || ratings.RowCount == users.Count, "rating rows", users.Count, ratings?.RowCount ?? 0, nameof(ratings));
        Require(ratings is null || ratings.ColumnCount == items.Count, "rating columns", items.Count, ratings?.ColumnCount ?? 0, nameof(ratings));
        if (model.Kind != description.Kind)
        {
            throw new ArgumentException($"the description is of a model \"{description.Kind}\", the tables of \"{model.Kind}\"", nameof(description));
        }

        FiniteCheck.Verify(model);
        Model = model;
        Users = users;
        Items = items;
        Titles = titles;
        Ratings = ratings;
        _counts = new Lazy<InteractionCounts?>(() => ratings is null ? null : InteractionCounts.Of(ratings));
        Description = description with
        {
            UserCount = users.Count,
            ItemCount = items.Count,
            RatingCount = ratings?.Count ?? 0,
            Rank = model.Rank,
            ModelSha256 = ModelHash.Compute(model),
        };
    }

    /// <summary>What is saved of a trained model: one that answers for users and items, or one that answers for rows of features alone.</summary>
    /// <param name="model">The numbers.</param>
    /// <param name="data">Ids, titles and attributes; its ratings are not read.</param>
    /// <param name="train">The ratings that the model was fitted to, [users, items].</param>
    /// <param name="description">What the model is.</param>
    /// <exception cref="ArgumentException">The parts do not belong together.</exception>
    /// <exception cref="NumericalException">The model holds NaN or an infinity.</exception>
    public static SavedModel Of(FactorModel model, RatingData data, RatingMatrix train, ModelDescription description)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);

        // Pairs of features of a user with those of an item, which poly-svm of degree 2 has weights for, are no factor model.
        if (ModelKinds.HasFeatures(model.Kind) && model.UserBiases.Length + model.ItemBiases.Length == 0)
        {
            return new SavedModel(model, IdMap.Numbered(0), IdMap.Numbered(0), [], null, description);
        }

        FactorModel whole = WithAllRows(model, data.Users.Count, data.Items.Count);
        return new SavedModel(whole, data.Users, data.Items, data.Titles, train, description) { Attributes = data.Attributes };
    }

    /// <summary>The numbers.</summary>
    public FactorModel Model { get; }

    /// <summary>User ids.</summary>
    public IdMap Users { get; }

    /// <summary>Item ids.</summary>
    public IdMap Items { get; }

    /// <summary>Titles by item index, or empty.</summary>
    public IReadOnlyList<string?> Titles { get; }

    /// <summary>What is known of the items beside their titles.</summary>
    /// <exception cref="ArgumentException">It is of another number of items.</exception>
    public ItemAttributes Attributes
    {
        get;
        init
        {
            Require(value.ItemCount == 0 || value.ItemCount == Items.Count, "items with attributes", Items.Count, value.ItemCount, nameof(value));
            field = value;
        }
    } = ItemAttributes.None;

    /// <summary>Training ratings [users, items], or null.</summary>
    public RatingMatrix? Ratings { get; }

    /// <summary>Training ratings of each user and item, counted on first use; null where the ratings are not at hand.</summary>
    public InteractionCounts? Counts => _counts.Value;

    /// <summary>What the model is.</summary>
    public ModelDescription Description { get; }

    /// <summary>The title of an item, or null.</summary>
    public string? TitleOf(int item) => Titles.Count == 0 ? null : Titles[item];

    // A side that no block of features tells of adds nothing.
    private static FactorModel WithAllRows(FactorModel model, int users, int items)
    {
        if (model.UserBiases.Length == users && model.ItemBiases.Length == items)
        {
            return model;
        }

        float[] userBiases = model.UserBiases.Length == 0 ? new float[users] : model.UserBiases;
        float[] itemBiases = model.ItemBiases.Length == 0 ? new float[items] : model.ItemBiases;
        FactorTable? userFactors = model.UserFactors is { Rows: 0 } ? new FactorTable(users, model.Rank) : model.UserFactors;
        FactorTable? itemFactors = model.ItemFactors is { Rows: 0 } ? new FactorTable(items, model.Rank) : model.ItemFactors;
        return new FactorModel(model.Kind, model.GlobalMean, model.Scale, userBiases, itemBiases, userFactors, itemFactors) { Machine = model.Machine, Unit = model.Unit };
    }

    private static void Require(bool holds, string what, long expected, long found, string parameter)
    {
        if (!holds)
        {
            throw new ArgumentException($"expected {expected} {what}, found {found}", parameter);
        }
    }
}
