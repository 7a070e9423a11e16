namespace DistRec.Training.Coordination;

/// <summary>One numbered step that its participants take together.</summary>
/// <param name="Number">Unique within the job and ascending; traffic of another number is stale.</param>
/// <param name="Kind">What is done.</param>
/// <param name="Epoch">The epoch it belongs to, from 1; 0 before the first.</param>
/// <param name="LearningRate">γ, where the round descends.</param>
/// <param name="SourceVersion">The version of the tables that the round reads.</param>
public readonly record struct Round(long Number, RoundKind Kind, int Epoch, double LearningRate, long SourceVersion)
{
    /// <summary>The version under which the round publishes its tables; 0 where it does not.</summary>
    public long Version { get; init; } = Number;

    /// <summary>The version of the own side's tables that the round follows on.</summary>
    public long OwnVersion { get; init; }

    /// <summary>Whether the tables it reads are in the job's store and not with their owners.</summary>
    public bool FromStore { get; init; }

    /// <summary>For a fetch: the stored version of the remembered tables, 0 for none.</summary>
    public long BestVersion { get; init; }

    /// <summary>For a fetch: whether the remembered tables were stored as current ones.</summary>
    public bool BestIsCurrent { get; init; }

    /// <summary>Tables of this version and older are needed no more.</summary>
    public long DropThrough { get; init; }

    /// <summary>For a revert: tables that were solved from these versions give way to those before them.</summary>
    public IReadOnlyList<long> Undone { get; init; } = [];

    /// <summary>Who takes part; null for everyone whom the kind concerns.</summary>
    public IReadOnlySet<PartitionId>? Only { get; init; }
}

/// <summary>What the state machine of a job wants done next.</summary>
/// <param name="Next">The round to run; null where the job waits for its tables to be taken, or has ended.</param>
/// <param name="Events">What to tell those who watch.</param>
public readonly record struct JobStep(Round? Next, IReadOnlyList<JobEvent> Events)
{
    /// <summary>Partitions that may leave, and begin anew elsewhere with the next round.</summary>
    public IReadOnlyCollection<PartitionId> Released { get; init; } = [];
}
