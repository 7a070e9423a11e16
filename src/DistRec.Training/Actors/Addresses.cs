using DistRec.Actors;
using DistRec.Models;
using DistRec.Training.Coordination;
using DistRec.Training.Protocol;

namespace DistRec.Training.Actors;

/// <summary>Where the parts of a training job live, and how their blocks are called.</summary>
internal static class Addresses
{
    public const string CoordinatorKind = "coordinator";

    /// <summary>Owners of user rows in alternating models.</summary>
    public const string UserKind = "user-factors";

    /// <summary>Owners of user rows in descending models.</summary>
    public const string WorkerKind = "workers";

    /// <summary>Owners of user rows in models that pull and push.</summary>
    public const string PushWorkerKind = "push-workers";

    /// <summary>Owners of item rows in alternating models.</summary>
    public const string ItemKind = "item-factors";

    /// <summary>Owners of the item tables in models that lend item blocks.</summary>
    public const string ParameterKind = "parameters";

    /// <summary>Owners of the item tables in models that pull and push.</summary>
    public const string ServerKind = "parameter-servers";

    /// <summary>Owners of training rows in models that sweep.</summary>
    public const string SweepWorkerKind = "sweep-workers";

    /// <summary>Owners of the feature tables in models that sweep.</summary>
    public const string SweepServerKind = "sweep-servers";

    /// <summary>All kinds that own rows of a job.</summary>
    public static IReadOnlyList<string> ParticipantKinds { get; } =
        [UserKind, ItemKind, WorkerKind, ParameterKind, PushWorkerKind, ServerKind, SweepWorkerKind, SweepServerKind];

    /// <summary>Where the job's data and stored tables are: the node that has them publishes them in this actor's name.</summary>
    public const string SourceKind = "jobs";

    /// <summary>Block: the current tables of a shard.</summary>
    public const string Tables = "tables";

    /// <summary>Block: the remembered tables of a shard.</summary>
    public const string KeptTables = "kept-tables";

    /// <summary>Block: sums over the current tables of a shard.</summary>
    public const string Moments = "moments";

    /// <summary>Block: one lent item block; from is the block, to its version.</summary>
    public const string LentBlock = "lent-block";

    /// <summary>Block: a shard's table for one worker at one clock; from is the shard, to the worker.</summary>
    public const string Pulled = "pulled";

    /// <summary>Block: what one worker changed in one clock; from is the worker, to the shard.</summary>
    public const string Pushed = "pushed";

    /// <summary>Block: sums over one worker's rows at a clock; from is the worker, to the shard that adds them up.</summary>
    public const string Summed = "summed";

    /// <summary>Block: the sums of all workers at a clock; from is the shard that added them up.</summary>
    public const string Total = "total";

    /// <summary>Block: the ratings of a partition.</summary>
    public const string Ratings = "ratings";

    /// <summary>Meant for every shard.</summary>
    public const int All = -1;

    public static ActorAddress Coordinator { get; } = new(CoordinatorKind, 0);

    public static ActorAddress Source { get; } = new(SourceKind, 0);

    /// <summary>Blocks that outlive every round of a job are published under a name of their own.</summary>
    public static string DataOf(string job) => job + "/data";

    public static BlockKey RatingsKey(string job, string kind, int shard) => new(DataOf(job), 0, $"{kind}/{Ratings}", 0, shard);

    /// <summary>Tables that were stored under a version; those of a checkpoint to resume from have version 0.</summary>
    public static BlockKey StoredKey(string job, long version, string kind, string name, int shard) =>
        new(DataOf(job), version, $"{kind}/{name}", 0, shard);

    /// <summary>Owners of one side of a job.</summary>
    public static string KindOf(Side side, JobSpec spec) => side == Side.User
        ? spec.Sweeps ? SweepWorkerKind : spec.Pushes ? PushWorkerKind : spec.Descends ? WorkerKind : UserKind
        : spec.Sweeps ? SweepServerKind : spec.Pushes ? ServerKind : spec.Descends ? ParameterKind : ItemKind;

    /// <summary>The side that a kind of participants owns.</summary>
    public static Side SideOf(string kind) => kind is UserKind or WorkerKind or PushWorkerKind or SweepWorkerKind ? Side.User : Side.Item;

    /// <summary>Who takes part in a round of a job.</summary>
    public static IEnumerable<(string Kind, int Shard)> ParticipantsOf(JobSpec spec, Round round)
    {
        bool users = round.Kind is not (RoundKind.SolveItems or RoundKind.Reclaim);
        bool items = round.Kind is not (RoundKind.SolveUsers or RoundKind.Validate or RoundKind.Descend);
        for (int shard = 0; shard < spec.UserStarts.Count - 1; shard++)
        {
            if (users && round.Only?.Contains(new PartitionId(Side.User, shard)) != false)
            {
                yield return (KindOf(Side.User, spec), shard);
            }

            if (items && round.Only?.Contains(new PartitionId(Side.Item, shard)) != false)
            {
                yield return (KindOf(Side.Item, spec), shard);
            }
        }
    }

    /// <summary>First row of each published block of one side, and the number of rows last.</summary>
    public static IReadOnlyList<int> StartsOf(Side side, JobSpec spec) => (side, spec.Descends) switch
    {
        (Side.User, _) => spec.UserStarts,
        (Side.Item, false) => spec.ItemStarts,
        _ => spec.BlockStarts,
    };

    /// <summary>The actor that owns a published block: an item block of a descending model lives on shard block mod shards.</summary>
    public static ActorAddress OwnerOf(Side side, JobSpec spec, int block) =>
        new(KindOf(side, spec), block % (spec.UserStarts.Count - 1));

    public static BlockKey TablesKey(string job, long round, string kind, string name, int shard) =>
        new(job, round, $"{kind}/{name}", shard, All);

    /// <summary>What one worker's rows come to at a clock, or what it learned in the epoch, for one shard.</summary>
    public static BlockKey SummedKey(string job, long round, int clock, int worker, int shard) => new(job, round, $"{Summed}/{clock}", worker, shard);

    /// <summary>What all workers' rows come to at a clock.</summary>
    public static BlockKey TotalKey(string job, long round, int clock, int shard) => new(job, round, $"{Total}/{clock}", shard, All);

    /// <summary>A shard's table as one worker sees it at a clock.</summary>
    public static BlockKey PulledKey(string job, long round, int clock, int shard, int worker) => new(job, round, $"{Pulled}/{clock}", shard, worker);

    /// <summary>What one worker changed of a shard's table in a clock.</summary>
    public static BlockKey PushedKey(string job, long round, int clock, int worker, int shard) => new(job, round, $"{Pushed}/{clock}", worker, shard);

    public static BlockKey LentKey(string job, long round, int block, int version) => new(job, round, LentBlock, block, version);
}
