namespace DistRec.Training.Coordination;

/// <summary>
/// Which tables of an alternating job exist, and from which others they can be computed again: a version is the number of the
/// round that made it, and names the same values for ever, because rounds repeat bit by bit.
/// </summary>
public sealed record TableVersions
{
    /// <summary>The newest user tables.</summary>
    public long Users { get; init; }

    /// <summary>The item tables they were solved from.</summary>
    public long UsersSource { get; init; }

    /// <summary>The newest item tables.</summary>
    public long Items { get; init; }

    /// <summary>The user tables they were solved from; 0 where they were drawn or fetched.</summary>
    public long ItemsSource { get; init; }

    /// <summary>Whether the newest tables of both sides are those that were drawn at first.</summary>
    public bool AreInitial { get; init; }

    /// <summary>The best tables; null where none were best.</summary>
    public BestVersions? Best { get; init; }

    /// <summary>Under which version the job's store has item tables, by their own version.</summary>
    public IReadOnlyDictionary<long, long> Stored { get; init; } = new Dictionary<long, long>();

    /// <summary>Whether the best tables are the newest ones.</summary>
    public bool BestIsNewest => Best is { } best && best.Users == Users && best.Items == Items;

    /// <summary>The oldest version that must stay published.</summary>
    public long Oldest => Users == 0 ? Items : Math.Min(Items, Math.Min(Users, UsersSource));

    public bool IsStored(long items) => Stored.ContainsKey(items);

    /// <summary>The tables of both sides were drawn.</summary>
    public TableVersions Drawn(long version) =>
        this with { Users = version, UsersSource = version, Items = version, ItemsSource = 0, AreInitial = true, Best = null };

    public TableVersions SolvedUsers(long version) => this with { Users = version, UsersSource = Items, AreInitial = false };

    public TableVersions SolvedItems(long version) => this with { Items = version, ItemsSource = Users, AreInitial = false };

    public TableVersions SavedBest() => this with { Best = new BestVersions(Users, UsersSource, Items) };

    /// <summary>The store has the newest item tables, and of older ones those still needed.</summary>
    public TableVersions StoredAs(long items, long version)
    {
        Dictionary<long, long> stored = Stored.Where(entry => Needed.Contains(entry.Key)).ToDictionary();
        stored[items] = version;
        return this with { Stored = stored };
    }

    /// <summary>The item tables that a repair may ask the store for.</summary>
    public IReadOnlySet<long> Needed =>
        new HashSet<long>(new[] { Items, UsersSource, Best?.Items ?? 0, Best?.UsersSource ?? 0 }.Where(version => version > 0));
}

/// <summary>The versions of the best tables.</summary>
/// <param name="Users">Of the users.</param>
/// <param name="UsersSource">The item tables that the users were solved from.</param>
/// <param name="Items">Of the items.</param>
public readonly record struct BestVersions(long Users, long UsersSource, long Items);
