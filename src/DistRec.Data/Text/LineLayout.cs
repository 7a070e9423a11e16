namespace DistRec.Data;

/// <summary>What one column of a text line holds.</summary>
internal enum ColumnRole : byte
{
    Ignored,
    User,
    Item,
    Rating,
    Timestamp,

    /// <summary>What kind of feedback the line tells of, such as a star or a view.</summary>
    Kind,
}

/// <summary>What separates the columns of a line.</summary>
internal enum Separator : byte
{
    DoubleColon,
    Tab,
    Semicolon,
    Bar,
    Comma,
    Spaces,
}

/// <summary>The layout of all lines of a data set.</summary>
/// <param name="Separator">What stands between two columns.</param>
/// <param name="Roles">What each column holds; every line has exactly this many.</param>
/// <param name="HeaderLines">How many lines of each file stand above the ratings, of which the last one names the columns; 0 where none does.</param>
/// <param name="ItemHeadings">Netflix Prize: a line <c>12:</c> opens item 12 and the lines below it name no item.</param>
internal sealed record LineLayout(Separator Separator, ColumnRole[] Roles, int HeaderLines, bool ItemHeadings = false)
{
    public static LineLayout Netflix { get; } =
        new(Separator.Comma, [ColumnRole.User, ColumnRole.Rating, ColumnRole.Timestamp], HeaderLines: 0, ItemHeadings: true);

    /// <summary>Of JSON lines the property that each column is; null for delimited text.</summary>
    public byte[][]? Properties { get; init; }

    /// <summary>Whether the text comes from a Parquet file.</summary>
    public bool IsParquet { get; init; }

    /// <summary>Whether lines that begin with <c>#</c> or <c>%</c> are comments.</summary>
    public bool HasComments { get; init; }

    /// <summary>How many of them stand above the line of names.</summary>
    public int CommentsAbove { get; init; }

    /// <summary>What whole numbers in the column of times are.</summary>
    public TimeForm TimeForm { get; init; }

    /// <summary>The form in words.</summary>
    public string Form => IsParquet ? "Parquet" : Properties is not null ? "JSON lines" : $"separated by {SeparatorName}";

    /// <summary>Whether lines have ratings; where they have none, each counts 1.</summary>
    public bool HasRatings => Roles.Contains(ColumnRole.Rating);

    /// <summary>Whether lines tell what kind of feedback they are.</summary>
    public bool HasKinds => Roles.Contains(ColumnRole.Kind);

    public bool HasTimestamps => Roles.Contains(ColumnRole.Timestamp);

    public byte SeparatorByte => FirstByte(Separator);

    public string SeparatorName => Name(Separator);

    public static byte FirstByte(Separator separator) => separator switch
    {
        Separator.DoubleColon => (byte)':',
        Separator.Tab => (byte)'\t',
        Separator.Semicolon => (byte)';',
        Separator.Bar => (byte)'|',
        Separator.Comma => (byte)',',
        _ => (byte)' ',
    };

    public static string Name(Separator separator) => separator switch
    {
        Separator.DoubleColon => "\"::\"",
        Separator.Tab => "tabs",
        Separator.Semicolon => "semicolons",
        Separator.Bar => "\"|\"",
        Separator.Comma => "commas",
        _ => "spaces",
    };
}
