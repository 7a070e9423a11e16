using System.Text.RegularExpressions;

namespace DistRec.Data;

/// <summary>The files behind a path: those that hold ratings, in order, the one that holds titles, and those that describe users and items.</summary>
/// <param name="Name">What the data set is called: its folder or file.</param>
/// <param name="Layout">The published layout that the file names tell; null where they tell none.</param>
/// <param name="Ratings">Files of ratings, in the order they are read.</param>
/// <param name="Titles">File of item titles, or null.</param>
internal sealed partial record RatingFiles(string Name, string? Layout, IReadOnlyList<string> Ratings, string? Titles)
{
    private static readonly (string Ratings, string Users, string Titles, string Layout)[] KnownFiles =
    [
        ("u.data", "u.user", "u.item", "MovieLens 100K"),
        ("ratings.dat", "users.dat", "movies.dat", "MovieLens dat"),
        ("ratings.csv", OtherUsers, "movies.csv", "MovieLens CSV"),
        ("rating.csv", OtherUsers, "movie.csv", "MovieLens CSV"),
    ];

    // What describes users and items where no published layout says so.
    private const string OtherUsers = "users.csv";
    private const string OtherItems = "items.csv";

    private static readonly string[] NetflixTitles = ["movie_titles.txt", "movie_titles.csv"];

    private static readonly string[] OtherEndings = [".csv", ".tsv", ".txt", ".dat", ".data", ".inter", ".parquet", ".jsonl", ".ndjson", ".json"];

    /// <summary>Files that describe users and items.</summary>
    public SideFiles Sides { get; private init; } = new(null, null);

    /// <exception cref="InputException">There is nothing at the path, or nothing that could be ratings.</exception>
    public static RatingFiles Find(string path)
    {
        string full = Path.GetFullPath(path);
        if (Directory.Exists(full))
        {
            try
            {
                return FindInFolder(full);
            }
            catch (UnauthorizedAccessException error)
            {
                throw new InputException($"{path}: expected a readable folder, found that it cannot be read; check its permissions", error);
            }
        }

        if (!File.Exists(full))
        {
            throw InputException.At(path, "a file or folder of ratings", "nothing there", "check the path");
        }

        string folder = Path.GetDirectoryName(full)!;
        string name = Path.GetFileName(full);
        foreach ((string ratings, string users, string titles, string layout) in KnownFiles)
        {
            if (WithoutGzip(name).Equals(ratings, StringComparison.OrdinalIgnoreCase))
            {
                return new RatingFiles(name, layout, [full], Existing(folder, titles)) { Sides = SidesIn(folder, users, titles) };
            }
        }

        return NetflixName().IsMatch(name)
            ? new RatingFiles(name, "Netflix Prize", [full], NetflixTitlesNear(folder))
            : new RatingFiles(name, null, [full], null) { Sides = SidesIn(folder, OtherUsers, OtherItems) };
    }

    private static RatingFiles FindInFolder(string folder)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
        foreach ((string ratings, string users, string titles, string layout) in KnownFiles)
        {
            if (Existing(folder, ratings) is { } file)
            {
                return new RatingFiles(name, layout, [file], Existing(folder, titles)) { Sides = SidesIn(folder, users, titles) };
            }
        }

        foreach (string candidate in new[] { folder, Path.Combine(folder, "training_set") })
        {
            string[] netflix = Directory.Exists(candidate)
                ? [.. Directory.EnumerateFiles(candidate).Where(file => NetflixName().IsMatch(Path.GetFileName(file))).Order(StringComparer.Ordinal)]
                : [];
            if (netflix.Length > 0)
            {
                return new RatingFiles(name, "Netflix Prize", netflix, NetflixTitlesNear(folder));
            }
        }

        string[] others = [.. Directory.EnumerateFiles(folder).Where(LooksLikeRatings).Order(StringComparer.Ordinal)];
        return others.Length == 1
            ? new RatingFiles(name, null, others, null) { Sides = SidesIn(folder, OtherUsers, OtherItems) }
            : throw InputException.At(
                folder,
                "u.data, ratings.dat, ratings.csv, mv_*.txt, combined_data_*.txt or a single text file",
                others.Length == 0 ? "none of them" : string.Join(", ", others.Take(5).Select(Path.GetFileName)) + (others.Length > 5 ? ", …" : ""),
                others.Length == 0 ? "check the path" : "give the path of the file that holds the ratings");
    }

    private static bool LooksLikeRatings(string file)
    {
        string name = WithoutGzip(Path.GetFileName(file));
        return !name.StartsWith("readme", StringComparison.OrdinalIgnoreCase)
            && !name.Equals(OtherUsers, StringComparison.OrdinalIgnoreCase)
            && !name.Equals(OtherItems, StringComparison.OrdinalIgnoreCase)
            && OtherEndings.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);
    }

    private static SideFiles SidesIn(string folder, string users, string items) =>
        new(Existing(folder, users) ?? Existing(folder, OtherUsers), Existing(folder, items) ?? Existing(folder, OtherItems));

    private static string? NetflixTitlesNear(string folder) =>
        NetflixTitles.Select(titles => Existing(folder, titles)).FirstOrDefault(file => file is not null)
        ?? NetflixTitles.Select(titles => Existing(Path.Combine(folder, ".."), titles)).FirstOrDefault(file => file is not null);

    private static string? Existing(string folder, string name) =>
        new[] { Path.Combine(folder, name), Path.Combine(folder, name + ".gz") }.FirstOrDefault(File.Exists);

    private static string WithoutGzip(string name) =>
        name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? name[..^3] : name;

    [GeneratedRegex(@"^(mv_\d+|combined_data_\d+)\.txt(\.gz)?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NetflixName();
}
