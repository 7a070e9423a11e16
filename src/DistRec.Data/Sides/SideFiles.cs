namespace DistRec.Data;

/// <summary>The files that describe the users and the items of ratings.</summary>
/// <param name="Users">Path of what <see cref="SideTable.ReadUsers"/> reads; null for none.</param>
/// <param name="Items">Path of what <see cref="SideTable.ReadItems"/> reads; null for none.</param>
public sealed record SideFiles(string? Users, string? Items)
{
    /// <summary>
    /// Finds the files beside ratings: <c>u.user</c> and <c>u.item</c> beside <c>u.data</c>, <c>users.dat</c> and <c>movies.dat</c> beside <c>ratings.dat</c>,
    /// <c>movies.csv</c> beside <c>ratings.csv</c>, and otherwise <c>users.csv</c> and <c>items.csv</c>, plain or gzipped.
    /// </summary>
    /// <param name="ratings">A folder or file that <see cref="RatingReader"/> reads.</param>
    /// <exception cref="InputException">There are no ratings.</exception>
    public static SideFiles Near(string ratings)
    {
        ArgumentException.ThrowIfNullOrEmpty(ratings);
        return RatingFiles.Find(ratings).Sides;
    }

    /// <summary>Reads the files that there are.</summary>
    /// <exception cref="InputException">A file cannot be read, or a line of one is wrong.</exception>
    public IReadOnlyList<SideTable> Read(IdMap users, IdMap items)
    {
        List<SideTable> tables = [];
        if (Users is not null)
        {
            tables.Add(SideTable.ReadUsers(Users, users));
        }

        if (Items is not null)
        {
            tables.Add(SideTable.ReadItems(Items, items));
        }

        return tables;
    }
}
