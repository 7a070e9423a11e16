using DistRec.Models.FactorizationMachine;
using DistRec.Models.Feedback;
using DistRec.Models.Neighborhood;
using DistRec.Models.Neural;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Transfer;

namespace DistRec.Training.Work;

/// <summary>
/// A worker of the parameter server ([Li14]): in every clock of an epoch it pulls the rows of items or features that its next ratings
/// refer to, descends over those, and pushes what it changed to the rows' shards. The blocks of the exchange are all the talk there is
/// between workers and shards: a pull waits until the shard lets the clock begin, a lost one is made again.
/// </summary>
internal class ParameterWorkerWork(JobSpec spec, PartitionId partition, NodeResources node) : DescentWork(spec, partition, node)
{
    private IPushPartition? _partition;
    private int _clock;

    public override double Fraction => (double)_clock / Math.Max(1, Spec.Clocks);

    protected override UserTables? Loaded => _partition?.Tables;

    private IPushPartition Ratings => _partition!;

    private int Shards => Spec.BlockStarts.Count - 1;

    protected override async Task<Func<RowSet[]>> LoadAsync(RoundInput round, CancellationToken cancellationToken)
    {
        LetGo(Side.Item);
        IPushPartition partition = _partition = Spec.Options switch
        {
            FmOptions fm => new FmPartition(
                fm, await PullFeaturesAsync(round, cancellationToken).ConfigureAwait(false), Spec.BlockStarts, Spec.Clocks,
                Spec.Features.GroupStarts, Spec.Features.RowStarts[Index], Spec.Units, JobSpecs.ScaleOf(Spec)),
            { MovesRows: false } lists => new ListPartition(
                lists, await PullRatingsAsync(round, cancellationToken).ConfigureAwait(false), Spec.BlockStarts, Spec.Units, JobSpecs.ScaleOf(Spec)),
            NeuralOptions neural => new NeuralPartition(
                neural, await PullRatingsAsync(round, cancellationToken).ConfigureAwait(false),
                Spec.BlockStarts, Spec.Clocks, Spec.UserStarts[Index], Spec.Units, JobSpecs.ScaleOf(Spec)),
            _ => new FeedbackPartition(
                (FeedbackOptions)Spec.Options, await PullRatingsAsync(round, cancellationToken).ConfigureAwait(false),
                Spec.BlockStarts, Spec.Clocks, Spec.UserStarts[Index], Spec.Units, JobSpecs.ScaleOf(Spec)),
        };
        return partition.PredictedRows;
    }

    protected override void Initialize() => Ratings.Initialize();

    protected override Task<RoundSums> ValidateAsync(PartitionedFactors items, CancellationToken cancellationToken) =>
        Ratings.ValidateAsync(items, Compute, cancellationToken);

    protected override async Task<FactorBlock> ModelAsync(RoundInput round, CancellationToken cancellationToken)
    {
        // The shards publish theirs in the same round.
        using ReplicaState items = await PullItemsAsync(round, round.Command.Version, cancellationToken).ConfigureAwait(false);
        return await Ratings.ModelAsync(items.Tables, Compute, cancellationToken).ConfigureAwait(false);
    }

    protected override async Task<RoundSums> DescendAsync(RoundInput round, CancellationToken cancellationToken)
    {
        double squaredError = 0;
        await Compute.RunAsync(
            () =>
            {
                Ratings.BeginEpoch(round.Command.Epoch);
                return 0;
            },
            cancellationToken).ConfigureAwait(false);
        for (_clock = 0; _clock < Spec.Clocks; _clock++)
        {
            await PullAsync(round, _clock, cancellationToken).ConfigureAwait(false);
            squaredError += await Compute.RunAsync(() => Descend(round.Command, _clock), cancellationToken).ConfigureAwait(false);
            for (int shard = 0; shard < Shards; shard++)
            {
                Blocks.Publish(
                    JobBlocks.PushedKey(Spec.Job, round.Command.Round, _clock, Index, shard), Ratings.ChangesOf(_clock, shard));
            }
        }

        // What was pulled and placed for the clocks of an epoch.
        TableCollector.Collect(Spec);
        return RoundSums.OfDescent(squaredError, Ratings.Count);
    }

    /// <summary>Visits the ratings of one clock; runs on a thread of the compute pool.</summary>
    /// <returns>Σ e².</returns>
    protected virtual double Descend(RunRound command, int clock) => Ratings.Descend(clock, command.Epoch, command.LearningRate);

    private async Task PullAsync(RoundInput round, int clock, CancellationToken cancellationToken)
    {
        ParameterTable[] tables = await Concurrently.RunAsync(
            Shards,
            (shard, token) => Blocks.PullAsync(
                round.Endpoints.Of(JobLayout.OwnerOf(Side.Item, Spec, shard)),
                JobBlocks.PulledKey(Spec.Job, round.Command.Round, clock, shard, Index),
                new ParameterTable.Reader(Ratings.RowsOf(clock, shard)),
                token).AsTask(),
            cancellationToken).ConfigureAwait(false);
        for (int shard = 0; shard < Shards; shard++)
        {
            Ratings.Take(clock, shard, tables[shard]);
        }
    }
}
