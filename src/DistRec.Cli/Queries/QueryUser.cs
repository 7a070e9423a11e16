using DistRec.Models.FoldIn;

namespace DistRec.Cli.Queries;

/// <summary>Whom a question is about: a user of the model, or one that is folded in by ratings given with the question.</summary>
/// <param name="Id">The user's id; null for a new user without one.</param>
/// <param name="Folded">What folding in came to; null where no ratings were given.</param>
/// <param name="UnknownItems">Ids that were rated and that the model does not know.</param>
/// <param name="OutOfScale">Ratings that lie outside of those that the model was trained on.</param>
internal sealed record QueryUser(string? Id, FoldedUser? Folded, IReadOnlyList<string> UnknownItems, int OutOfScale = 0)
{
    /// <summary>The options that ask.</summary>
    public static readonly IReadOnlyList<OptionDefinition> Options =
    [
        ModelOptions.User,
        new("ratings", "FILE", "Ratings of a user, lines of item,rating, to fold in: a new user, or with --user more ratings of that one"),
        new("rated", "LIST", "The same as text, such as 50=5,172=4"),
    ];

    /// <summary>The user as people read it.</summary>
    public string Name => Id ?? "(new)";

    /// <summary>What the answer says about folding in; null where nobody was.</summary>
    public object? ToJson() => Folded is null ? null : new { ratings = Folded.Fitted.Count, unknownItems = UnknownItems, outOfScale = OutOfScale };

    /// <summary>What answers for a user that was folded in rest on; null for another.</summary>
    public string? Basis => Folded is null ? null : $"the user was folded in by {Quantity.Of(Folded.Fitted.Count, "rating")}";

    /// <summary>Looks for mistakes, before the model is loaded.</summary>
    public static void Check(GivenOptions given)
    {
        if (!given.Has("user") && !given.Has("ratings") && !given.Has("rated"))
        {
            given.Mistakes.Add("--user", "the id of a user", "nothing", "write --user ID, or --ratings FILE for a new user");
        }

        if (given.Has("ratings") && given.Has("rated"))
        {
            given.Mistakes.Add(given.PlaceOf("rated"), "ratings in one place", "--ratings as well", "keep one of them");
        }

        given.ExistingPath("ratings", "a file of item,rating lines", "check the path");
    }

    /// <summary>The user of a question; one with ratings is folded in.</summary>
    /// <exception cref="InputException">The ratings are not usable.</exception>
    public static QueryUser Of(GivenOptions given, SavedModel saved)
    {
        string? id = given.Text("user");
        string? file = given.Text("ratings");
        string? list = given.Text("rated");
        if (file is null && list is null)
        {
            return new QueryUser(id, null, []);
        }

        var foldIn = new UserFoldIn(saved);
        float? missing = saved.Model.IsImplicit ? 1 : null;
        IReadOnlyList<ItemRating> ratings = file is not null
            ? ItemRatingReader.ReadFile(file, foldIn.MinRating, missing)
            : ItemRatingReader.ReadText(list!, given.PlaceOf("rated"), foldIn.MinRating, missing);
        List<int> items = [];
        List<float> values = [];
        List<string> unknown = [];
        foreach (ItemRating rating in ratings)
        {
            if (saved.Items.TryGetIndex(rating.Item, out int item))
            {
                items.Add(item);
                values.Add(rating.Rating);
            }
            else
            {
                unknown.Add(rating.Item);
            }
        }

        if (items.Count == 0)
        {
            throw InputException.At(
                file ?? given.PlaceOf("rated"), "at least one item that the model knows", $"none among {ratings.Count}, such as {GivenOptions.Quote(unknown[0])}",
                "see items.ids in the model's folder");
        }

        RatingScale scale = saved.Model.Scale;
        int outOfScale = saved.Model.Link != FmLink.Identity || saved.Model.IsImplicit ? 0 : values.Count(value => value < scale.Minimum || value > scale.Maximum);
        bool isKnown = saved.Users.TryGetIndex(id, out int user);
        return new QueryUser(id, isKnown ? foldIn.Refit(user, [.. items], [.. values]) : foldIn.Fit([.. items], [.. values]), unknown, outOfScale);
    }

    /// <summary>Tells a person what was not used, or hardly meant.</summary>
    public void WriteNotes(TextWriter error)
    {
        if (OutOfScale > 0)
        {
            error.WriteLine($"note: {Quantity.Of(OutOfScale, "rating")} outside of the range that the model was trained on; they count as they are");
        }

        if (UnknownItems.Count > 0)
        {
            error.WriteLine($"note: the model does not know {Quantity.Of(UnknownItems.Count, "rated item")}, such as {GivenOptions.Quote(UnknownItems[0])}");
        }
    }
}
