namespace DistRec.Data;

/// <summary>What a field of a side file says.</summary>
internal enum SideRole : byte
{
    Ignored,

    /// <summary>Whose line it is.</summary>
    Id,

    /// <summary>One value.</summary>
    Category,

    /// <summary>Several values, between bars.</summary>
    List,

    Number,

    /// <summary>1 where the column's name is one of the values of the genres.</summary>
    Genre,

    /// <summary>Text that ends in a year in parentheses.</summary>
    Title,

    /// <summary>A date that ends in a year, for titles without one.</summary>
    Date,
}

/// <summary>How the lines of a side file are laid out.</summary>
/// <param name="Separator">What stands between two fields.</param>
/// <param name="HasHeader">Whether the first line names the columns.</param>
/// <param name="Fields">Name and role of each field.</param>
internal sealed record SideLayout(Separator Separator, bool HasHeader, IReadOnlyList<(string Name, SideRole Role)> Fields)
{
    public const string Genre = "genre";
    public const string Year = "year";

    private static readonly string[] GenreFlags =
    [
        "unknown", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary", "Drama", "Fantasy", "Film-Noir", "Horror", "Musical",
        "Mystery", "Romance", "Sci-Fi", "Thriller", "War", "Western",
    ];

    private static readonly string[] ListNames = [Genre, "genres", "tag", "tags"];

    private static readonly Separator[] Candidates = [Separator.Tab, Separator.DoubleColon, Separator.Semicolon, Separator.Comma, Separator.Bar];

    /// <summary>The layout that the file's name tells, or else its first line.</summary>
    /// <param name="fileName">Name without its folder.</param>
    /// <param name="entity">Whom the file describes.</param>
    /// <param name="firstLine">Without its end.</param>
    /// <exception cref="InputException">The first line names no columns.</exception>
    public static SideLayout Of(string fileName, RelationEntity entity, string firstLine)
    {
        string name = fileName.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? fileName[..^3] : fileName;
        return (entity, name.ToUpperInvariant()) switch
        {
            (RelationEntity.User, "U.USER") => new SideLayout(Separator.Bar, false, [Id, Category("age"), Category("gender"), Category("occupation"), Category("zip")]),
            (RelationEntity.Item, "U.ITEM") => new SideLayout(
                Separator.Bar,
                false,
                [Id, (Year, SideRole.Title), (Year, SideRole.Date), Skipped, Skipped, .. GenreFlags.Select(genre => (genre, SideRole.Genre))]),
            (RelationEntity.User, "USERS.DAT") => new SideLayout(
                Separator.DoubleColon,
                false,
                FieldCount(firstLine) == 2 ? [Id, Skipped] : [Id, Category("gender"), Category("age"), Category("occupation"), Category("zip")]),
            (RelationEntity.Item, "MOVIES.DAT") => new SideLayout(Separator.DoubleColon, false, [Id, (Year, SideRole.Title), (Genre, SideRole.List)]),
            _ => FromHeader(fileName, entity, firstLine),
        };
    }

    private static (string, SideRole) Id => ("id", SideRole.Id);

    private static (string, SideRole) Skipped => ("", SideRole.Ignored);

    private static (string, SideRole) Category(string name) => (name, SideRole.Category);

    // users.dat of MovieTweetings has no more than another id of each user.
    private static int FieldCount(string line) => line.Split("::").Length;

    private static SideLayout FromHeader(string fileName, RelationEntity entity, string line)
    {
        Separator? separator = Candidates.Cast<Separator?>().FirstOrDefault(candidate => line.Contains(Text(candidate!.Value)));
        if (separator is null)
        {
            throw InputException.At(
                $"{fileName}:1", "the names of the columns, such as id,genre,year", FieldParser.Show(System.Text.Encoding.UTF8.GetBytes(line)), "write them above the data, separated as the data is");
        }

        string[] names = [.. line.Split(Text(separator.Value)).Select(name => name.Trim().Trim('"'))];
        bool hasYear = names.Contains(Year, StringComparer.OrdinalIgnoreCase);
        (string Name, SideRole Role)[] fields = [Id, .. names.Skip(1).Select(name => FromName(name, titleTellsYear: entity == RelationEntity.Item && !hasYear))];
        string? twice = fields.Where(field => field.Role != SideRole.Ignored).GroupBy(field => field.Name, StringComparer.OrdinalIgnoreCase)
            .FirstOrDefault(same => same.Count() > 1)?.Key;
        return twice is null
            ? new SideLayout(separator.Value, true, fields)
            : throw InputException.At($"{fileName}:1", "columns of different names", $"\"{twice}\" twice", "rename one of them");
    }

    private static (string Name, SideRole Role) FromName(string name, bool titleTellsYear)
    {
        string lower = name.ToLowerInvariant();
        return lower switch
        {
            "" => Skipped,
            "title" when titleTellsYear => (Year, SideRole.Title),
            _ when ListNames.Contains(lower) => (lower.TrimEnd('s'), SideRole.List),
            _ when lower.EndsWith(":list", StringComparison.Ordinal) => (name[..^5], SideRole.List),
            _ when lower.EndsWith(":number", StringComparison.Ordinal) => (name[..^7], SideRole.Number),
            _ => (name, SideRole.Category),
        };
    }

    private static string Text(Separator separator) => separator == Separator.DoubleColon ? "::" : ((char)LineLayout.FirstByte(separator)).ToString();
}
