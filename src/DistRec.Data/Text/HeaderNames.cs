namespace DistRec.Data;

/// <summary>Names that columns go by in the first line of rating files, or in <c>--columns</c>.</summary>
internal static class HeaderNames
{
    private static readonly Dictionary<string, ColumnRole> Known = new(StringComparer.OrdinalIgnoreCase)
    {
        ["user"] = ColumnRole.User,
        ["userid"] = ColumnRole.User,
        ["uid"] = ColumnRole.User,
        ["u"] = ColumnRole.User,
        ["customer"] = ColumnRole.User,
        ["customerid"] = ColumnRole.User,
        ["reviewerid"] = ColumnRole.User,
        ["item"] = ColumnRole.Item,
        ["itemid"] = ColumnRole.Item,
        ["iid"] = ColumnRole.Item,
        ["i"] = ColumnRole.Item,
        ["movie"] = ColumnRole.Item,
        ["movieid"] = ColumnRole.Item,
        ["product"] = ColumnRole.Item,
        ["productid"] = ColumnRole.Item,
        ["book"] = ColumnRole.Item,
        ["bookid"] = ColumnRole.Item,
        ["isbn"] = ColumnRole.Item,
        ["asin"] = ColumnRole.Item,
        ["parentasin"] = ColumnRole.Item,
        ["anime"] = ColumnRole.Item,
        ["animeid"] = ColumnRole.Item,
        ["song"] = ColumnRole.Item,
        ["songid"] = ColumnRole.Item,
        ["artist"] = ColumnRole.Item,
        ["artistid"] = ColumnRole.Item,
        ["rating"] = ColumnRole.Rating,
        ["ratings"] = ColumnRole.Rating,
        ["bookrating"] = ColumnRole.Rating,
        ["score"] = ColumnRole.Rating,
        ["stars"] = ColumnRole.Rating,
        ["overall"] = ColumnRole.Rating,
        ["value"] = ColumnRole.Rating,
        ["r"] = ColumnRole.Rating,
        ["timestamp"] = ColumnRole.Timestamp,
        ["time"] = ColumnRole.Timestamp,
        ["date"] = ColumnRole.Timestamp,
        ["datetime"] = ColumnRole.Timestamp,
        ["unixtime"] = ColumnRole.Timestamp,
        ["unixreviewtime"] = ColumnRole.Timestamp,
        ["t"] = ColumnRole.Timestamp,
    };

    /// <summary>What a name means; case, spaces, hyphens and underscores do not count.</summary>
    public static ColumnRole RoleOf(string name)
    {
        string plain = string.Concat(name.Where(char.IsLetterOrDigit));
        return Known.GetValueOrDefault(plain, ColumnRole.Ignored);
    }
}
