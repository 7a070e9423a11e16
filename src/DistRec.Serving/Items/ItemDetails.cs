using System.Text.Json.Serialization;

namespace DistRec.Serving.Items;

/// <summary>What somebody has said an item is. Versions that do not know the item go by it; others have what they were trained with.</summary>
public sealed record ItemDetails
{
    /// <summary>Id of the item.</summary>
    public required string Item { get; init; }

    /// <summary>Its title; null for none.</summary>
    public string? Title { get; init; }

    /// <summary>Texts by the names of attributes, such as Drama and Comedy of <c>genre</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Attributes { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Number of the change that first said anything of the item, from 1; items keep their order by it.</summary>
    [JsonIgnore]
    public long First { get; init; }
}

/// <summary>What has been said of items. All members are thread-safe.</summary>
public interface IItemDetails
{
    /// <summary>Keeps what an item is, in the place of what was said before; durable when it returns.</summary>
    /// <exception cref="Training.Databases.DatabaseException">It cannot be kept.</exception>
    Task PutAsync(ItemDetails details, CancellationToken cancellationToken = default);

    /// <summary>What was said of an item; null where nothing was.</summary>
    /// <exception cref="Training.Databases.DatabaseException">It cannot be read.</exception>
    Task<ItemDetails?> FindAsync(string item, CancellationToken cancellationToken = default);

    /// <summary>The number of the newest change, 0 for none.</summary>
    /// <exception cref="Training.Databases.DatabaseException">It cannot be read.</exception>
    Task<long> LastAsync(CancellationToken cancellationToken = default);

    /// <summary>What was said last of the items that anything was said of since.</summary>
    /// <param name="after">Number of a change.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="Training.Databases.DatabaseException">It cannot be read.</exception>
    Task<IReadOnlyList<ItemDetails>> ReadAsync(long after, CancellationToken cancellationToken = default);
}
