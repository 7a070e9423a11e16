namespace DistRec.Models.Queries.Lists;

/// <summary>The list of one of many users.</summary>
/// <param name="RankedBy">How the items were ranked; says whether the user was cold.</param>
/// <param name="Items">In the order in which they should be seen; fewer than asked for where there are no more.</param>
public readonly record struct UserList(RankedBy RankedBy, ListedItem[] Items);

/// <summary>
/// Makes lists for many users of a model at once. Each is the one that <see cref="ListMaker"/> makes for the user alone: by the same code, with the same bits.
/// Safe for any number of threads.
/// </summary>
public sealed class ListBatch
{
    private readonly ListMaker _maker;
    private readonly RecommendQuery _query;
    private readonly Candidates _anyone;

    internal ListBatch(ListMaker maker, RecommendQuery query, Candidates anyone) => (_maker, _query, _anyone) = (maker, query, anyone);

    /// <summary>Ids of the allow and deny lists that the model does not know, in ordinal order.</summary>
    public IReadOnlyList<string> UnknownIds => _anyone.UnknownIds;

    /// <summary>Makes the lists of some users; more at a time, up to some hundred, are faster.</summary>
    /// <param name="users">Indices of the users; −1 for one nobody knows.</param>
    /// <param name="lists">Receives them, [users].</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    /// <exception cref="InputException">Seen items cannot be left out because the model was saved without its ratings.</exception>
    public void Make(ReadOnlySpan<int> users, Span<UserList> lists)
    {
        if (users.Length != lists.Length)
        {
            throw new ArgumentException($"expected room for {users.Length} lists, found {lists.Length}", nameof(lists));
        }

        _maker.Make(users, _query, _anyone, lists);
    }
}
