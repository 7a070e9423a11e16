namespace DistRec.Cli.Sources;

/// <summary>Reads where ratings come from and how they are read.</summary>
internal static class DataChoiceReader
{
    private static readonly string[] GeneratorOptions = ["ratings", "users", "items"];

    /// <summary>Options that say how files of ratings are read.</summary>
    public static IReadOnlyList<string> ReaderOptions { get; } = ["columns", "decimal-comma", "duplicates", "feedback-type", "min-rating", "max-rating"];

    /// <summary>The source of a training job.</summary>
    public static DataChoice Read(GivenOptions given)
    {
        bool isGenerated = !given.Has("data") && !given.Has("train") && !given.Has("test");
        if (!isGenerated)
        {
            given.Refuse(GeneratorOptions, "nothing, since the ratings are read", "leave it out; it shapes generated ratings");
        }
        else
        {
            given.Refuse(ReaderOptions, "ratings to read", "give --data");
        }

        if (given.Has("data") && (given.Has("train") || given.Has("test")))
        {
            given.Mistakes.Add(given.PlaceOf("data"), "either it or --train with --test", "both", "leave one out");
        }

        if (given.Has("train") || given.Has("test"))
        {
            given.Required("train", "the training ratings beside --test", "give both, or --data alone");
            given.Required("test", "the test ratings beside --train", "give both, or --data alone");
            return new DataChoice.Pair(
                given.ExistingPath("train", "a file or folder of ratings", "check the path") ?? "",
                given.ExistingPath("test", "a file or folder of ratings", "check the path") ?? "");
        }

        return given.Text("data") is { } data
            ? ReadOne(given, data)
            : new DataChoice.Generated(
                given.Integer("ratings", GeneratedDefaults.Ratings, 1, "leave it out for a small data set"),
                given.Integer("users", GeneratedDefaults.Users, 1, "leave it out for a small data set"),
                given.Integer("items", GeneratedDefaults.Items, 1, "leave it out for a small data set"));
    }

    /// <summary>A path, or the name of a published data set.</summary>
    public static DataChoice ReadOne(GivenOptions given, string data, string option = "data")
    {
        if (given.PathOf(option, data) is not { } path)
        {
            return new DataChoice.AtPath(data);
        }

        if (Path.Exists(path))
        {
            return new DataChoice.AtPath(path);
        }

        if (DataNames.IsKnown(data))
        {
            return new DataChoice.Published(data);
        }

        given.Mistakes.Add(
            given.PlaceOf(option),
            "a file, a folder or the name of a data set",
            $"nothing at {GivenOptions.Quote(data)}",
            Spelling.Advise(data, DataNames.All) ?? $"check the path; the names are {string.Join(", ", DataNames.All)}");
        return new DataChoice.AtPath(path);
    }

    /// <summary>How a file is read.</summary>
    public static ReadOptions ReadHow(GivenOptions given, int threads)
    {
        float? minimum = (float?)given.Finite("min-rating");
        float? maximum = (float?)given.Finite("max-rating");
        if (minimum > maximum)
        {
            given.Mistakes.Add(given.PlaceOf("min-rating"), $"at most --max-rating, which is {maximum}", $"{minimum}", "swap them");
        }

        return new ReadOptions
        {
            Columns = given.Text("columns")?.Split(',', StringSplitOptions.TrimEntries),
            DecimalComma = given.Flag("decimal-comma"),
            Duplicates = given.OneOf(
                "duplicates",
                "last is the default",
                ("last", DuplicatePolicy.Last),
                ("first", DuplicatePolicy.First),
                ("mean", DuplicatePolicy.Mean),
                ("sum", DuplicatePolicy.Sum),
                ("error", DuplicatePolicy.Error)),
            FeedbackTypes = given.Text("feedback-type")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
            MinRating = minimum,
            MaxRating = maximum,
            Threads = threads,
        };
    }
}
