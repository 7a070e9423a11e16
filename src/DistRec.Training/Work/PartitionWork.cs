using DistRec.Training.Blocks;
using DistRec.Training.Compute;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Transfer;

namespace DistRec.Training.Work;

/// <summary>What the work of all sorts of partitions has in common: how its blocks come and go.</summary>
/// <param name="spec">The job.</param>
/// <param name="partition">Which partition.</param>
/// <param name="node">What it shares with the others of its node.</param>
internal abstract class PartitionWork(JobSpec spec, PartitionId partition, NodeResources node) : IPartitionWork
{
    /// <inheritdoc/>
    public virtual double Fraction => 0;

    protected JobSpec Spec => spec;

    protected PartitionId Partition => partition;

    protected Side Side => partition.Side;

    protected int Index => partition.Index;

    /// <summary>Partitions of each side.</summary>
    protected int Partitions { get; } = JobLayout.PartitionsOf(spec);

    protected IBlockExchange Blocks => node.Blocks;

    protected IComputePool Compute => node.Compute;

    protected SharedSearches Searches => node.Searches;

    /// <inheritdoc/>
    public abstract Task<RoundSums> RunAsync(RoundInput round, CancellationToken cancellationToken);

    /// <summary>What is thrown in a round that such a partition has no part in.</summary>
    protected NotSupportedException NoPartIn(RunRound command) =>
        new($"{JobLayout.RegionOf(Side, spec)} has no part in a round {command.Kind} of {spec.ModelName}");

    /// <summary>What was here before this work, which begins with its data, is garbage: let it go before as much is allocated again.</summary>
    protected void LetGo(Side other)
    {
        ReplicaOf(other).Forget(partition);
        TableCollector.Collect(Spec);
    }

    /// <summary>Publishes tables of this partition under a version; 0 means that nobody needs them.</summary>
    protected void PublishTables(long version, string name, int block, FactorBlock tables)
    {
        if (version > 0)
        {
            Blocks.Publish(JobBlocks.TablesKey(spec, version, Side, name, block), tables);
        }
    }

    /// <summary>Publishes what is kept of the job: all tables for a checkpoint, the best ones for the model.</summary>
    protected void PublishForKeeper(RunRound command, int block, FactorBlock current, FactorBlock? best)
    {
        if (command.Kind == RoundKind.Publish)
        {
            PublishTables(command.Version, JobBlocks.Tables, block, current);
            PublishTables(command.Version, JobBlocks.BestTables, block, best ?? current);
        }
        else
        {
            PublishTables(command.Version, JobBlocks.Tables, block, best ?? current);
        }
    }

    /// <summary>Publishes copies for a snapshot, which is taken while training goes on.</summary>
    protected void PublishSnapshot(RunRound command, int block, FactorBlock current, FactorBlock? best)
    {
        PublishTables(command.Version, JobBlocks.Tables, block, current.Copy());
        PublishTables(command.Version, JobBlocks.BestTables, block, (best ?? current).Copy());
    }

    /// <summary>The other side as it was published under a version, with the rows that this node's partitions need.</summary>
    /// <param name="round">The round.</param>
    /// <param name="other">The other side.</param>
    /// <param name="version">Its version.</param>
    /// <param name="rows">The rows of each block that this partition needs; see <see cref="Need"/>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    protected async Task<ReplicaState> PullSideAsync(
        RoundInput round, Side other, long version, Lazy<RowSet[]> rows, CancellationToken cancellationToken)
    {
        SideReplica replica = ReplicaOf(other);
        replica.Register(partition, rows);
        return await replica.PullAsync(
            Blocks,
            version,
            block => round.Endpoints.Of(JobLayout.OwnerOf(other, spec, block)),
            block => JobBlocks.TablesKey(spec, version, other, JobBlocks.Tables, block),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Tells the node early which rows of the other side this partition needs, so that the first pull brings them for all.</summary>
    protected Lazy<RowSet[]> Need(Side other, Func<RowSet[]> rows)
    {
        Lazy<RowSet[]> lazy = new(rows);
        ReplicaOf(other).Register(partition, lazy);
        return lazy;
    }

    /// <summary>The name under which the store has the best tables.</summary>
    protected static string BestNameOf(RunRound command) => command.BestIsCurrent ? JobBlocks.Tables : JobBlocks.BestTables;

    /// <summary>One block of tables that the job's store has.</summary>
    protected async Task<FactorBlock> FetchAsync(
        RoundInput round, Side side, string name, long version, int block, CancellationToken cancellationToken) =>
        await Blocks.PullAsync(
            round.Endpoints.Coordinator,
            JobBlocks.StoredKey(spec.Job, version, JobLayout.RegionOf(side, spec), name, block),
            FactorBlock.Reader.Instance,
            cancellationToken).ConfigureAwait(false);

    /// <summary>The whole other side from the job's store.</summary>
    protected async Task<PartitionedFactors> FetchSideAsync(RoundInput round, Side other, long version, CancellationToken cancellationToken)
    {
        IReadOnlyList<int> starts = JobLayout.StartsOf(other, spec);
        FactorBlock[] blocks = await Concurrently.RunAsync(
            starts.Count - 1, (block, token) => FetchAsync(round, other, JobBlocks.Tables, version, block, token), cancellationToken).ConfigureAwait(false);
        return FactorBlock.SideOf(starts, blocks);
    }

    /// <summary>Pulls this partition's ratings: those to learn from and those kept aside, or all as ones to learn from.</summary>
    protected Task<RatingBlock> PullRatingsAsync(RoundInput round, CancellationToken cancellationToken) =>
        PullRatingsAsync(round, Index, round.Command.AllRatings, cancellationToken);

    /// <summary>Likewise those that were published for a partition of this side.</summary>
    protected async Task<RatingBlock> PullRatingsAsync(RoundInput round, int index, bool allRatings, CancellationToken cancellationToken)
    {
        RatingBlock ratings = await PullDataAsync(round, index, RatingBlock.Reader.Instance, cancellationToken).ConfigureAwait(false);
        return allRatings ? ratings.WithoutHeldOut() : ratings;
    }

    /// <summary>Pulls this partition's ratings, or its rows of features, from the node that has them.</summary>
    protected Task<T> PullDataAsync<T>(RoundInput round, IBlockReader<T> reader, CancellationToken cancellationToken)
        where T : class, IBlock => PullDataAsync(round, Index, reader, cancellationToken);

    private async Task<T> PullDataAsync<T>(RoundInput round, int index, IBlockReader<T> reader, CancellationToken cancellationToken)
        where T : class, IBlock =>
        await Blocks.PullAsync(
            round.Endpoints.Coordinator,
            JobBlocks.RatingsKey(spec.Job, JobLayout.RegionOf(Side, spec), index),
            reader,
            cancellationToken).ConfigureAwait(false);

    private SideReplica ReplicaOf(Side other) =>
        node.Replicas.Of(spec.Job, other, JobLayout.StartsOf(other, spec), spec.Options.WidthOf(other));
}
