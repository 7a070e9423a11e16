using DistRec.Models.FactorizationMachine;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Transfer;

namespace DistRec.Training.Work;

/// <summary>
/// A worker of a model whose sums are all-reduced: it holds all parameters and some of the training rows. In every clock it gives the sums
/// over its rows, gets the sums over all rows, and learns from those the next parameters, which are the same for all workers.
/// </summary>
internal sealed class AllReduceWorkerWork(JobSpec spec, PartitionId partition, NodeResources node) : DescentWork(spec, partition, node)
{
    private SweepPartition? _partition;
    private int _clock;

    public override double Fraction => (double)_clock / Math.Max(1, Spec.Clocks);

    protected override UserTables? Loaded => _partition?.Tables;

    private SweepPartition Rows => _partition!;

    private int Shards => Spec.BlockStarts.Count - 1;

    protected override async Task<Func<RowSet[]>> LoadAsync(RoundInput round, CancellationToken cancellationToken)
    {
        FeatureBlock rows = await PullFeaturesAsync(round, cancellationToken).ConfigureAwait(false);
        SweepPartition partition = new(
            (FmOptions)Spec.Options, rows, Spec.BlockStarts, Spec.Features.GroupStarts, Spec.Features.RowStarts[Index], Spec.Epochs, Spec.Units, JobSpecs.ScaleOf(Spec));
        if (partition.Clocks != Spec.Clocks)
        {
            throw new InvalidDataException(
                $"clocks: expected {partition.Clocks} for {rows.Training.Blocks.Count} blocks of features, found {Spec.Clocks}");
        }

        _partition = partition;
        return partition.AllRows;
    }

    // The tables of features are drawn by the shards that own them.
    protected override void Initialize()
    {
    }

    protected override Task<RoundSums> ValidateAsync(PartitionedFactors items, CancellationToken cancellationToken) =>
        Rows.ValidateAsync(items, Compute, cancellationToken);

    protected override async Task<RoundSums> DescendAsync(RoundInput round, CancellationToken cancellationToken)
    {
        RunRound command = round.Command;
        _clock = 0;
        using ReplicaState features = await PullItemsAsync(round, command.SourceVersion, cancellationToken).ConfigureAwait(false);
        await ComputeAsync(() => Rows.Begin(features.Tables, command.Epoch), cancellationToken).ConfigureAwait(false);
        for (; _clock < Spec.Clocks; _clock++)
        {
            int shard = _clock % Shards;
            double[] own = [];
            await ComputeAsync(() => own = Rows.Statistics(_clock), cancellationToken).ConfigureAwait(false);
            Blocks.Publish(JobBlocks.SummedKey(Spec.Job, command.Round, _clock, Index, shard), new SumsBlock(own));
            SumsBlock total = await Blocks.PullAsync(
                round.Endpoints.Of(JobLayout.OwnerOf(Side.Item, Spec, shard)),
                JobBlocks.TotalKey(Spec.Job, command.Round, _clock, shard),
                SumsBlock.Reader.Instance,
                cancellationToken).ConfigureAwait(false);
            await ComputeAsync(() => Rows.Apply(_clock, total.Values), cancellationToken).ConfigureAwait(false);
        }

        // Sums over all rows, told by one of the workers, who all know them.
        (double squaredError, bool isFlat) = (0, false);
        await ComputeAsync(() => (squaredError, isFlat) = Rows.End(command.Epoch), cancellationToken).ConfigureAwait(false);
        Blocks.Publish(JobBlocks.SummedKey(Spec.Job, command.Round, Spec.Clocks, Index, Index), Rows.Learned(Index));
        return features.WithTraffic(RoundSums.OfDescent(Index == 0 ? squaredError : 0, Rows.Count) with { IsSettled = isFlat });
    }

    private Task<int> ComputeAsync(Action work, CancellationToken cancellationToken) => Compute.RunAsync(
        () =>
        {
            work();
            return 0;
        },
        cancellationToken);
}
