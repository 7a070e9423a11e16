namespace DistRec.Data;

/// <summary>What a file says of users or of items beside their ratings.</summary>
/// <param name="Name">The file, as messages show it.</param>
/// <param name="Entity"><see cref="RelationEntity.User"/> or <see cref="RelationEntity.Item"/>.</param>
/// <param name="Columns">In the order of the file.</param>
public sealed record SideTable(string Name, RelationEntity Entity, IReadOnlyList<SideColumn> Columns)
{
    /// <summary>
    /// Reads what a file says of users: <c>u.user</c> and <c>users.dat</c> of MovieLens, or a table whose first line names the columns.
    /// </summary>
    /// <remarks>
    /// Of such a table the first column is the id. Others hold categories, several of them between bars where the column is
    /// called <c>genre</c>, <c>genres</c>, <c>tag</c>, <c>tags</c> or <c>NAME:list</c>, or numbers where it is called <c>NAME:number</c>. Empty fields say nothing.
    /// </remarks>
    /// <param name="path">The file, plain or gzipped; in UTF-8 or, where it is none, Latin-1.</param>
    /// <param name="users">The users of the data; lines of others are skipped.</param>
    /// <exception cref="InputException">The file cannot be read, or a line of it is wrong.</exception>
    public static SideTable ReadUsers(string path, IdMap users) => SideReader.Read(path, RelationEntity.User, users);

    /// <summary>
    /// Reads what a file says of items: <c>u.item</c>, <c>movies.dat</c> and <c>movies.csv</c> of MovieLens, <c>movies.dat</c> of MovieTweetings, or a table
    /// as <see cref="ReadUsers"/> reads, where a column <c>title</c> that ends in a year in parentheses makes a column <c>year</c>.
    /// </summary>
    /// <param name="path">The file, plain or gzipped; in UTF-8 or, where it is none, Latin-1.</param>
    /// <param name="items">The items of the data; lines of others are skipped.</param>
    /// <exception cref="InputException">The file cannot be read, or a line of it is wrong.</exception>
    public static SideTable ReadItems(string path, IdMap items) => SideReader.Read(path, RelationEntity.Item, items);
}
