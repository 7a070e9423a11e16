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
/// <param name="HasHeader">Whether the first line of each file names the columns.</param>
/// <param name="ItemHeadings">Netflix Prize: a line <c>12:</c> opens item 12 and the lines below it name no item.</param>
internal sealed record LineLayout(Separator Separator, ColumnRole[] Roles, bool HasHeader, bool ItemHeadings = false)
{
    public static LineLayout Netflix { get; } =
        new(Separator.Comma, [ColumnRole.User, ColumnRole.Rating, ColumnRole.Timestamp], HasHeader: false, ItemHeadings: true);

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
