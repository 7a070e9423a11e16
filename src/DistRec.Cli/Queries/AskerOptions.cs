namespace DistRec.Cli.Queries;

/// <summary>Reads whom a question is about: a user of the model, or one that is folded in by ratings given with the question.</summary>
internal static class AskerOptions
{
    /// <summary>The options that ask.</summary>
    public static readonly IReadOnlyList<OptionDefinition> All =
    [
        ModelOptions.User,
        new("ratings", "FILE", "Ratings of a user, lines of item,rating, to fold in: a new user, or with --user more ratings of that one"),
        new("rated", "LIST", "The same as text, such as 50=5,172=4"),
    ];

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
    public static Asker Read(GivenOptions given, ServingModel model)
    {
        string? id = given.Text("user");
        string? file = given.Text("ratings");
        string? list = given.Text("rated");
        if (file is null && list is null)
        {
            return Asker.Of(model, id!);
        }

        float least = model.FoldIn.MinRating;
        float? missing = model.Saved.Model.IsImplicit ? 1 : null;
        return file is not null
            ? Asker.Of(model, id, ItemRatingReader.ReadFile(file, least, missing), file)
            : Asker.Of(model, id, ItemRatingReader.ReadText(list!, given.PlaceOf("rated"), least, missing), given.PlaceOf("rated"));
    }

    /// <summary>Tells a person what was not used, or hardly meant.</summary>
    public static void WriteNotes(Asker asker, TextWriter error)
    {
        if (asker.Note is not { } note)
        {
            return;
        }

        if (note.OutOfScale > 0)
        {
            error.WriteLine($"note: {Quantity.Of(note.OutOfScale, "rating")} outside of the range that the model was trained on; they count as they are");
        }

        if (note.UnknownItems.Count > 0)
        {
            error.WriteLine($"note: the model does not know {Quantity.Of(note.UnknownItems.Count, "rated item")}, such as {GivenOptions.Quote(note.UnknownItems[0])}");
        }
    }
}
