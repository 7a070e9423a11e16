namespace DistRec.Cli.Queries;

/// <summary>Reads whom a question is about: a user of the model, or one that is folded in by ratings given with the question.</summary>
internal static class AskerOptions
{
    /// <summary>The options that ask.</summary>
    public static readonly IReadOnlyList<OptionDefinition> All =
    [
        ModelFolderOptions.User,
        new("ratings", "FILE", "Ratings of a user, lines of item,rating, to fold in: a new user, or with --user more ratings of that one"),
        new("rated", "LIST", "The same as text, such as 50=5,172=4"),
        new("attributes", "LIST", "What is known of a user whom the model was not trained on, such as gender=F,age=25"),
    ];

    /// <summary>Whether anybody is asked about.</summary>
    public static bool IsGiven(GivenOptions given) =>
        given.Has("user") || given.Has("ratings") || given.Has("rated") || given.Has("attributes");

    /// <summary>Whom a question is about; its ratings are read when it is known what ratings the model takes.</summary>
    public static GivenAsker Read(GivenOptions given)
    {
        if (!IsGiven(given))
        {
            given.Mistakes.Add(
                "--user", "the id of a user", "nothing", "write --user ID, or --ratings FILE or --attributes LIST for a new user");
        }

        if (given.Has("ratings") && given.Has("rated"))
        {
            given.Mistakes.Add(given.PlaceOf("rated"), "ratings in one place", "--ratings as well", "keep one of them");
        }

        if (given.Has("attributes") && (given.Has("ratings") || given.Has("rated")))
        {
            given.Mistakes.Add(
                given.PlaceOf("attributes"), "ratings or attributes", "both", "keep the ratings, which tell more, or the others");
        }

        string place = given.PlaceOf("rated");
        return new GivenAsker(
            given.Text("user"),
            given.ExistingPath("ratings", "a file of item,rating lines", "check the path") is { } file
                ? (least, missing) => ItemRatingReader.ReadFile(file, least, missing)
                : given.Text("rated") is { } list ? (least, missing) => ItemRatingReader.ReadText(list, place, least, missing) : null,
            given.Text("ratings") ?? place)
        {
            Attributes = ReadAttributes(given),
        };
    }

    private static Dictionary<string, IReadOnlyList<string>>? ReadAttributes(GivenOptions given)
    {
        if (given.Text("attributes") is not { } list)
        {
            return null;
        }

        Dictionary<string, IReadOnlyList<string>> attributes = new(StringComparer.Ordinal);
        foreach (string entry in list.Split(',', StringSplitOptions.TrimEntries))
        {
            int equals = entry.IndexOf('=');
            string[] texts = entry[(equals + 1)..].Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (equals < 1 || texts.Length == 0 || !attributes.TryAdd(entry[..equals].Trim(), texts))
            {
                string found = entry.Length == 0 ? "nothing" : GivenOptions.Quote(entry);
                given.Mistakes.Add(
                    given.PlaceOf("attributes"), "NAME=TEXT, each name once", found,
                    "write for instance gender=F,age=25, and bars between several texts");
                return null;
            }
        }

        return attributes;
    }

    /// <summary>Tells a person what was not used, or hardly meant.</summary>
    public static void WriteNotes(FoldInNote? note, AttributesNote? attributes, TextWriter error)
    {
        if (attributes is { Unknown.Count: > 0 })
        {
            error.WriteLine($"note: the model was not trained on {string.Join(", ", attributes.Unknown.Select(GivenOptions.Quote))}");
        }

        if (note is null)
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

/// <summary>Whom a question is about, as typed.</summary>
/// <param name="Id">The user's id; null for a new user without one.</param>
/// <param name="Ratings">
/// Reads the ratings to fold in, given the least that the model takes and what an item without a rating is taken for; null where there are none.
/// </param>
/// <param name="Place">Where they come from, for messages.</param>
internal sealed record GivenAsker(string? Id, Func<float, float?, IReadOnlyList<ItemRating>>? Ratings, string Place)
{
    /// <summary>What is known of a user whom the model was not trained on; null where nothing was given.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Attributes { get; init; }

    /// <summary>A user as people read it.</summary>
    public static string NameOf(string? id) => id ?? "(new)";
}
