namespace DistRec.Training.Coordination;

/// <summary>One round of a repair.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Only">By whom.</param>
/// <param name="Source">The version it reads.</param>
/// <param name="Version">The version it publishes; 0 for none.</param>
/// <param name="FromStore">Whether it reads from the job's store.</param>
public sealed record RepairRound(RoundKind Kind, IReadOnlySet<PartitionId> Only, long Source = 0, long Version = 0, bool FromStore = false)
{
    /// <summary>See <see cref="Round.BestVersion"/>.</summary>
    public long Best { get; init; }

    /// <summary>See <see cref="Round.BestIsCurrent"/>.</summary>
    public bool BestIsCurrent { get; init; }
}

/// <summary>
/// How partitions that lost their state get it back in an alternating job: item tables from the job's store, user tables by
/// solving them again from the item tables they came from (their lineage), and what the store has not got yet from the other side.
/// </summary>
/// <remarks>
/// Example: in epoch 5 a node dies with user partition 1 and item partition 1 while items are solved; epoch 3 was the best.
/// Load both; fetch items of epoch 3, solve users of epoch 3 from the stored items of epoch 2, keep both; fetch items of epoch 4,
/// solve users of epoch 5 from them. The round then runs again; those who had done their part answer with what they have.
/// </remarks>
public static class RepairPlan
{
    /// <summary>The rounds that bring the lost partitions to where the others are.</summary>
    /// <param name="lost">Who lost its state.</param>
    /// <param name="tables">What there is.</param>
    /// <param name="interrupted">The round that will run again afterwards.</param>
    /// <returns>Null where something needed is gone everywhere: the job goes back to its last snapshot, or begins again.</returns>
    public static IReadOnlyList<RepairRound>? Of(IReadOnlySet<PartitionId> lost, TableVersions tables, RoundKind interrupted)
    {
        ArgumentNullException.ThrowIfNull(lost);
        ArgumentNullException.ThrowIfNull(tables);
        List<RepairRound> rounds = [new(RoundKind.Load, lost)];
        if (interrupted is RoundKind.Load or RoundKind.Initialize)
        {
            return rounds;
        }

        if (tables.AreInitial)
        {
            rounds.Add(new RepairRound(RoundKind.Initialize, lost, Version: tables.Items));
            return rounds;
        }

        HashSet<PartitionId> users = [.. lost.Where(partition => partition.Side == Side.User)];
        HashSet<PartitionId> items = [.. lost.Where(partition => partition.Side == Side.Item)];
        return AddBest(rounds, lost, users, items, tables) && AddNewest(rounds, lost, users, items, tables, interrupted) ? rounds : null;
    }

    /// <summary>The rounds that bring everyone to a snapshot.</summary>
    /// <param name="everyone">All partitions.</param>
    /// <param name="snapshot">What the store has.</param>
    /// <param name="version">Under which the item tables are published again.</param>
    public static IReadOnlyList<RepairRound> ToSnapshot(IReadOnlySet<PartitionId> everyone, Snapshot snapshot, long version)
    {
        ArgumentNullException.ThrowIfNull(everyone);
        ArgumentNullException.ThrowIfNull(snapshot);
        HashSet<PartitionId> users = [.. everyone.Where(partition => partition.Side == Side.User)];
        HashSet<PartitionId> items = [.. everyone.Where(partition => partition.Side == Side.Item)];
        List<RepairRound> rounds = [new(RoundKind.Load, everyone)];
        if (snapshot.BestItems > 0)
        {
            rounds.Add(new RepairRound(RoundKind.Fetch, items, snapshot.BestItems, FromStore: true));
            rounds.Add(new RepairRound(RoundKind.SolveUsers, users, snapshot.BestUsersSource, FromStore: true));
            rounds.Add(new RepairRound(RoundKind.SaveBest, everyone));
        }

        rounds.Add(new RepairRound(RoundKind.Fetch, items, snapshot.Tables, version, FromStore: true));
        return rounds;
    }

    // Tables that are the best but no longer the newest.
    private static bool AddBest(
        List<RepairRound> rounds, IReadOnlySet<PartitionId> lost, HashSet<PartitionId> users, HashSet<PartitionId> items, TableVersions tables)
    {
        if (tables.Best is not { } best || tables.BestIsNewest)
        {
            return true;
        }

        if (items.Count > 0)
        {
            if (!tables.Stored.TryGetValue(best.Items, out long stored))
            {
                return false;
            }

            rounds.Add(new RepairRound(RoundKind.Fetch, items, stored, FromStore: true));
        }

        if (users.Count > 0)
        {
            if (!tables.Stored.TryGetValue(best.UsersSource, out long stored))
            {
                return false;
            }

            rounds.Add(new RepairRound(RoundKind.SolveUsers, users, stored, FromStore: true));
        }

        rounds.Add(new RepairRound(RoundKind.SaveBest, lost));
        return true;
    }

    private static bool AddNewest(
        List<RepairRound> rounds,
        IReadOnlySet<PartitionId> lost,
        HashSet<PartitionId> users,
        HashSet<PartitionId> items,
        TableVersions tables,
        RoundKind interrupted)
    {
        bool itemsAreStored = tables.Stored.TryGetValue(tables.Items, out long storedItems);
        if (items.Count > 0 && itemsAreStored)
        {
            rounds.Add(new RepairRound(RoundKind.Fetch, items, storedItems, tables.Items, FromStore: true));
        }

        // While items are being solved, nobody reads the tables that they replace.
        bool itemsAreNeeded = interrupted != RoundKind.SolveItems || tables.BestIsNewest;
        bool itemsAreSolved = items.Count > 0 && !itemsAreStored && itemsAreNeeded;
        if (itemsAreSolved && tables.ItemsSource != tables.Users)
        {
            return false;
        }

        // While users are being solved, their older tables matter only as the items' lineage or as the best ones.
        bool usersAreNeeded = interrupted != RoundKind.SolveUsers || itemsAreSolved || tables.BestIsNewest;
        if (users.Count > 0 && usersAreNeeded)
        {
            bool sourceIsStored = tables.Stored.TryGetValue(tables.UsersSource, out long storedSource);
            if (!sourceIsStored && items.Count > 0)
            {
                return false;
            }

            rounds.Add(new RepairRound(
                RoundKind.SolveUsers, users, sourceIsStored ? storedSource : tables.UsersSource, tables.Users, sourceIsStored));
        }

        if (itemsAreSolved)
        {
            rounds.Add(new RepairRound(RoundKind.SolveItems, items, tables.Users, tables.Items));
        }

        if (tables.BestIsNewest)
        {
            rounds.Add(new RepairRound(RoundKind.SaveBest, lost));
        }

        return true;
    }
}
