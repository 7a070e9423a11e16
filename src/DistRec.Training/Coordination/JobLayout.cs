namespace DistRec.Training.Coordination;

/// <summary>Into which partitions and blocks a job is cut, and which of them take part in what.</summary>
internal static class JobLayout
{
    /// <summary>The region of user partitions.</summary>
    public const string UserRegion = "user-factors";

    /// <summary>The region of item partitions of alternating models.</summary>
    public const string ItemRegion = "item-factors";

    /// <summary>The region of the parameter server's shards: owners of item or feature tables of models that descend.</summary>
    public const string ParameterRegion = "parameters";

    /// <summary>All regions of partitions.</summary>
    public static IReadOnlyList<string> Regions { get; } = [UserRegion, ItemRegion, ParameterRegion];

    /// <summary>The region that owns one side of a job.</summary>
    public static string RegionOf(Side side, JobSpec spec) =>
        side == Side.User ? UserRegion : spec.Scheme == TrainingScheme.Alternating ? ItemRegion : ParameterRegion;

    /// <summary>The side that a region owns.</summary>
    public static Side SideOf(string region) => region == UserRegion ? Side.User : Side.Item;

    /// <summary>Partitions of each side.</summary>
    public static int PartitionsOf(JobSpec spec) => Math.Max(1, spec.UserStarts.Count - 1);

    /// <summary>All partitions of a job.</summary>
    public static IEnumerable<PartitionId> AllOf(JobSpec spec) => Enumerable.Range(0, PartitionsOf(spec))
        .SelectMany(index => new PartitionId[] { new(Side.User, index), new(Side.Item, index) });

    /// <summary>Who takes part in a round of a job.</summary>
    public static IEnumerable<PartitionId> ParticipantsOf(JobSpec spec, Round round)
    {
        bool users = round.Kind is not (RoundKind.SolveItems or RoundKind.Reclaim);
        bool items = round.Kind is not (RoundKind.SolveUsers or RoundKind.Validate or RoundKind.Descend);
        return AllOf(spec).Where(id => (id.Side == Side.User ? users : items) && round.Only?.Contains(id) != false);
    }

    /// <summary>First row of each published block of one side, and the number of rows last.</summary>
    public static IReadOnlyList<int> StartsOf(Side side, JobSpec spec) => side == Side.User ? spec.UserStarts
        : spec.Scheme == TrainingScheme.Alternating ? spec.ItemStarts : spec.BlockStarts;

    /// <summary>The partition that owns a published block: an item block of a model that descends lives on shard block mod shards.</summary>
    public static PartitionId OwnerOf(Side side, JobSpec spec, int block) => new(side, block % PartitionsOf(spec));
}
