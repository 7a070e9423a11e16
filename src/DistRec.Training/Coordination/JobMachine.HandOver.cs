namespace DistRec.Training.Coordination;

/// <content>
/// Partitions that are to leave their nodes take their tables along: between two epochs those are put into the job's store, the partitions
/// are let go, and their successors fetch them. Nothing is computed again.
/// </content>
public sealed partial class JobMachine
{
    private readonly HashSet<PartitionId> _leaving = [];

    // Whose tables are on their way into the store, or from there to their successors.
    private IReadOnlySet<PartitionId>? _handingOver;

    /// <summary>Whether a partition takes part until it is released.</summary>
    public bool IsLeaving(PartitionId who) => _leaving.Contains(who);

    /// <summary>A partition is to leave its node; it is released when its successor will find its tables, or lost before that.</summary>
    public JobStep Leave(PartitionId who)
    {
        _leaving.Add(who);
        return Wait();
    }

    private bool IsHandedOver(long version) => _handingOver is not null && !IsRepairing && version == _round.Version;

    private JobStep BeginHandOver()
    {
        // One set of tables is stored at a time. A snapshot that is not stored yet is due again afterwards.
        _takenBySnapshot = null;
        _handingOver = _leaving.ToHashSet();
        return Run(new Round(_round.Number + 1, RoundKind.Snapshot, _epoch, _policy.LearningRate, 0) { Only = _handingOver });
    }

    private JobStep TellHandOver(IReadOnlySet<PartitionId> leaving)
    {
        TablesPublished tables = new() { Version = _round.Version, Purpose = TablesPurpose.HandOver };
        tables.Partitions.Add(leaving.Select(PartitionName.Of));
        Tell(new JobEvent { Tables = tables });
        return Wait();
    }

    private JobStep MoveWithTables()
    {
        IReadOnlySet<PartitionId> moving = _handingOver!;
        long stored = _round.Version;

        // Descending models have always best tables, if only those of the start.
        long best = _storesAll || _tables.Best is not null ? stored : 0;
        List<RepairRound> rounds = [new RepairRound(RoundKind.Load, moving)];
        foreach ((Side side, long version) in new[] { (Side.User, _tables.Users), (Side.Item, _tables.Items) })
        {
            HashSet<PartitionId> fetching = [.. moving.Where(who => who.Side == side)];
            if (fetching.Count > 0)
            {
                rounds.Add(new RepairRound(RoundKind.Fetch, fetching, stored, version, FromStore: true) { Best = best });
            }
        }

        _leaving.ExceptWith(moving);
        BeginRepairOf(moving);
        TellNote($"moved to other nodes with their tables: {string.Join(", ", moving)}");
        return Run(rounds) with { Released = moving };
    }

    private JobStep MoveWithoutTables(string reason)
    {
        IReadOnlySet<PartitionId> moving = _handingOver!;
        _leaving.ExceptWith(moving);
        return Repair(moving, $"{string.Join(", ", moving)} left, and {reason}") with { Released = moving };
    }
}
