namespace DistRec.Data;

/// <summary>Names that columns go by in the first line of rating files, or in <c>--columns</c>.</summary>
internal static class HeaderNames
{
    private static readonly string[] Types = ["token", "float", "token_seq", "float_seq"];

    private static readonly Dictionary<string, ColumnRole> Known = new(StringComparer.OrdinalIgnoreCase);

    static HeaderNames()
    {
        Add(ColumnRole.User, "user userid uid u customer customerid reviewerid visitor visitorid member memberid");
        Add(ColumnRole.Item, "item itemid iid i movie movieid product productid book bookid isbn asin parentasin anime animeid song songid artist artistid");
        Add(ColumnRole.Item, "track trackid video videoid article articleid game gameid recipe recipeid business businessid");
        Add(ColumnRole.Rating, "rating ratings bookrating starrating reviewrating score stars overall value r");
        Add(ColumnRole.Rating, "count counts play plays playcount playcounts listens clicks views visits purchases quantity interactions weight");
        Add(ColumnRole.Timestamp, "timestamp time date datetime unixtime unixreviewtime reviewtime ratingtimestamp createdat ts t");
        Add(ColumnRole.Kind, "kind feedbacktype event eventtype action actiontype behavior behaviortype behaviour behaviourtype interactiontype");
    }

    /// <summary>What a name means; case, spaces, hyphens and underscores do not count, nor does the type that RecBole writes behind it.</summary>
    public static ColumnRole RoleOf(string name)
    {
        int colon = name.IndexOf(':', StringComparison.Ordinal);
        string plain = colon > 0 && Types.Contains(name[(colon + 1)..].TrimEnd()) ? name[..colon] : name;
        return Known.GetValueOrDefault(string.Concat(plain.Where(char.IsLetterOrDigit)), ColumnRole.Ignored);
    }

    /// <summary>Whether a name is that of an id, of a session for instance.</summary>
    public static bool IsId(string name) => name.EndsWith("id", StringComparison.OrdinalIgnoreCase);

    private static void Add(ColumnRole role, string names)
    {
        foreach (string name in names.Split(' '))
        {
            Known.Add(name, role);
        }
    }
}
