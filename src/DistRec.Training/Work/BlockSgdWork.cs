using DistRec.Models.MatrixFactorization;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Transfer;

namespace DistRec.Training.Work;

/// <summary>
/// One user partition of a model that descends on item blocks, which are lent to it. A block travels from the partition that visited it
/// last straight to the next one; in one process that is a reference.
/// </summary>
internal class BlockSgdWork(JobSpec spec, PartitionId partition, NodeResources node) : DescentWork(spec, partition, node), IPartitionWork
{
    private MfPartition? _partition;

    protected override UserTables? Loaded => _partition?.Tables;

    private MfPartition Ratings => _partition ?? throw new InvalidOperationException("a round came before the ratings were loaded");

    public virtual async Task<RoundSums> VisitAsync(RoundInput round, VisitBlock visit, CancellationToken cancellationToken)
    {
        FactorBlock items = await PullBlockAsync(round, visit, cancellationToken).ConfigureAwait(false);
        double squaredError = await Compute.RunAsync(() => Descend(visit, items), cancellationToken).ConfigureAwait(false);
        Blocks.Publish(JobBlocks.LentKey(visit.Job, visit.Round, visit.Block, visit.Version + 1), items);
        return RoundSums.OfDescent(squaredError, Ratings.CountOf(visit.Block));
    }

    protected override async Task<Func<RowSet[]>> LoadAsync(RoundInput round, CancellationToken cancellationToken)
    {
        LetGo(Side.Item);
        RatingBlock ratings = await PullRatingsAsync(round, cancellationToken).ConfigureAwait(false);
        MfPartition partition = _partition = new(
            (MfOptions)Spec.Options, ratings, [.. Spec.BlockStarts], Spec.UserStarts[Index], Spec.Units, JobSpecs.ScaleOf(Spec));
        IReadOnlyList<int> starts = Spec.BlockStarts;
        return () => partition.ValidatedRowsOf(starts);
    }

    protected override void Initialize() => Ratings.Initialize();

    protected override Task<RoundSums> ValidateAsync(PartitionedFactors items, CancellationToken cancellationToken) =>
        Ratings.ValidateAsync(items, Compute, cancellationToken);

    /// <summary>Visits every rating of one item block once; runs on a thread of the compute pool.</summary>
    /// <returns>Σ e².</returns>
    protected virtual double Descend(VisitBlock visit, FactorBlock items) => Ratings.Visit(visit.Block, items, visit.LearningRate);

    private async Task<FactorBlock> PullBlockAsync(RoundInput round, VisitBlock visit, CancellationToken cancellationToken) =>
        visit.Holder < 0
            ? await Blocks.PullAsync(
                round.Endpoints.Of(JobLayout.OwnerOf(Side.Item, Spec, visit.Block)),
                JobBlocks.TablesKey(Spec, visit.HomeVersion, Side.Item, JobBlocks.Tables, visit.Block),
                FactorBlock.Reader.Instance,
                cancellationToken).ConfigureAwait(false)
            : await Blocks.PullAsync(
                round.Endpoints.Of(new PartitionId(Side.User, visit.Holder)),
                JobBlocks.LentKey(visit.Job, visit.Round, visit.Block, visit.Version),
                FactorBlock.Reader.Instance,
                cancellationToken).ConfigureAwait(false);
}
