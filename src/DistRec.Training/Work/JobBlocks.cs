using DistRec.Training.Blocks;
using DistRec.Training.Coordination;

namespace DistRec.Training.Work;

/// <summary>How the blocks of a job are called in the exchange.</summary>
internal static class JobBlocks
{
    /// <summary>The current tables of a partition.</summary>
    public const string Tables = "tables";

    /// <summary>The best tables of a partition.</summary>
    public const string BestTables = "best-tables";

    /// <summary>Local sufficient statistics: sums over the current tables of a partition.</summary>
    public const string Moments = "moments";

    private const string Ratings = "ratings";
    private const string LentBlock = "lent-block";
    private const string Pulled = "pulled";
    private const string Pushed = "pushed";
    private const string Summed = "summed";
    private const string Total = "total";

    /// <summary>Meant for every partition.</summary>
    private const int All = -1;

    /// <summary>Blocks that outlive every round of a job are published under a name of their own.</summary>
    public static string DataOf(string job) => job + "/data";

    /// <summary>The ratings of a partition, or its rows of features.</summary>
    public static BlockKey RatingsKey(string job, string region, int partition) => new(DataOf(job), 0, $"{region}/{Ratings}", 0, partition);

    /// <summary>Tables that were stored under a version; those of a checkpoint to resume from have version 0.</summary>
    public static BlockKey StoredKey(string job, long version, string region, string name, int block) =>
        new(DataOf(job), version, $"{region}/{name}", 0, block);

    /// <summary>Tables as they were published under a version.</summary>
    public static BlockKey TablesKey(JobSpec spec, long version, Side side, string name, int block) =>
        new(spec.Job, version, $"{JobLayout.RegionOf(side, spec)}/{name}", block, All);

    /// <summary>One lent item block after so many visits.</summary>
    public static BlockKey LentKey(string job, long round, int block, int version) => new(job, round, LentBlock, block, version);

    /// <summary>A shard's table as one worker sees it at a clock.</summary>
    public static BlockKey PulledKey(string job, long round, int clock, int shard, int worker) => new(job, round, Pulled, shard, worker, clock);

    /// <summary>What one worker changed of a shard's table in a clock.</summary>
    public static BlockKey PushedKey(string job, long round, int clock, int worker, int shard) => new(job, round, Pushed, worker, shard, clock);

    /// <summary>Sums over one worker's rows at a clock, or what it learned in the epoch, for one shard.</summary>
    public static BlockKey SummedKey(string job, long round, int clock, int worker, int shard) => new(job, round, Summed, worker, shard, clock);

    /// <summary>Sums over all workers' rows at a clock.</summary>
    public static BlockKey TotalKey(string job, long round, int clock, int shard) => new(job, round, Total, shard, All, clock);
}
