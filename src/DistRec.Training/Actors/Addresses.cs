using DistRec.Actors;

namespace DistRec.Training.Actors;

/// <summary>Where the parts of a training job live, and how their blocks are called.</summary>
internal static class Addresses
{
    public const string CoordinatorKind = "coordinator";

    /// <summary>Owners of user rows; in descending models they are the workers.</summary>
    public const string UserKind = "user-factors";

    /// <summary>Owners of item rows in alternating models.</summary>
    public const string ItemKind = "item-factors";

    /// <summary>Owners of the item tables in descending models.</summary>
    public const string ParameterKind = "parameters";

    /// <summary>The node that read the data publishes blocks in this actor's name.</summary>
    public const string SourceKind = "data-source";

    /// <summary>Block: the current tables of a shard.</summary>
    public const string Tables = "tables";

    /// <summary>Block: the remembered tables of a shard.</summary>
    public const string KeptTables = "kept-tables";

    /// <summary>Block: one lent item block; from is the block, to its version.</summary>
    public const string LentBlock = "lent-block";

    /// <summary>Block: the ratings of a partition.</summary>
    public const string Ratings = "ratings";

    /// <summary>Meant for every shard.</summary>
    public const int All = -1;

    public static ActorAddress Coordinator { get; } = new(CoordinatorKind, 0);

    public static ActorAddress Source { get; } = new(SourceKind, 0);

    /// <summary>Blocks that outlive every round of a job are published under a name of their own.</summary>
    public static string DataOf(string job) => job + "/data";

    public static BlockKey RatingsKey(string job, string kind, int shard) => new(DataOf(job), 0, $"{kind}/{Ratings}", 0, shard);

    public static BlockKey ResumeKey(string job, string kind, string name, int shard) => new(DataOf(job), 0, $"{kind}/{name}", 0, shard);

    public static BlockKey TablesKey(string job, long round, string kind, string name, int shard) =>
        new(job, round, $"{kind}/{name}", shard, All);

    public static BlockKey LentKey(string job, long round, int block, int version) => new(job, round, LentBlock, block, version);
}
