namespace DistRec.Data;

/// <summary>A rating data set in memory: who rated what how, with the ids and titles its files gave.</summary>
/// <param name="Name">What the data set is called in reports: a folder, file or generator.</param>
/// <param name="Ratings">The ratings by user, [users, items].</param>
/// <param name="Users">User ids.</param>
/// <param name="Items">Item ids.</param>
/// <param name="Titles">Item titles by item index; empty where the data has none, an entry is null where an item has none.</param>
/// <param name="Fingerprint">SHA-256 over the canonical ratings and ids, as lower-case hex.</param>
public sealed record RatingData(
    string Name,
    RatingMatrix Ratings,
    IdMap Users,
    IdMap Items,
    IReadOnlyList<string?> Titles,
    string Fingerprint);
