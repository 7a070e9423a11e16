using DistRec.Actors;
using DistRec.Models;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;

namespace DistRec.Training.Actors;

/// <summary>
/// A worker of a model that sweeps: it holds all parameters and some of the training rows. In every clock it says what its rows come to,
/// learns what all workers' rows come to, and from that the next parameters, which are the same for all workers.
/// </summary>
internal sealed class SweepWorkerActor(int shard, NodeParts node) : DescendingWorker(Addresses.SweepWorkerKind, shard, node)
{
    private SweepPartition? _partition;
    private int _clock;

    protected override UserTables? Loaded => _partition?.Tables;

    protected override double Fraction => (double)_clock / Math.Max(1, Spec.Clocks);

    private SweepPartition Partition => _partition!;

    private int Shards => Spec.BlockStarts.Count - 1;

    protected override async Task<Func<RowSet[]>> LoadAsync(CancellationToken cancellationToken)
    {
        FeatureBlock rows = await PullFeaturesAsync(cancellationToken).ConfigureAwait(false);
        SweepPartition partition = new(
            JobSpecs.FmOf(Spec), rows, Spec.BlockStarts, Spec.Fm.GroupStarts, Spec.Fm.RowStarts[Shard], Spec.Epochs, JobSpecs.ScaleOf(Spec));
        if (partition.Clocks != Spec.Clocks)
        {
            throw new InvalidDataException($"clocks: expected {partition.Clocks} for {rows.Training.Blocks.Count} blocks of features, found {Spec.Clocks}");
        }

        _partition = partition;
        return partition.AllRows;
    }

    // The tables of features are drawn by the shards that own them.
    protected override void Initialize()
    {
    }

    protected override Task<RoundSums> ValidateAsync(PartitionedFactors items, CancellationToken cancellationToken) =>
        Partition.ValidateAsync(items, Context.Compute, cancellationToken);

    protected override async Task<RoundSums> DescendAsync(RunRound command, CancellationToken cancellationToken)
    {
        _clock = 0;
        using ReplicaState features = await PullItemsAsync(command.SourceVersion, cancellationToken).ConfigureAwait(false);
        await ComputeAsync(() => Partition.Begin(features.Tables, command.Epoch), cancellationToken).ConfigureAwait(false);
        for (; _clock < Spec.Clocks; _clock++)
        {
            int server = _clock % Shards;
            double[] own = [];
            await ComputeAsync(() => own = Partition.Statistics(_clock), cancellationToken).ConfigureAwait(false);
            Context.Blocks.Publish(Addresses.SummedKey(Spec.Job, command.Round, _clock, Shard, server), new SumsBlock(own));
            SumsBlock total = await Context.Blocks.PullAsync(
                Addresses.OwnerOf(Side.Item, Spec, server),
                Addresses.TotalKey(Spec.Job, command.Round, _clock, server),
                SumsBlock.Reader.Instance,
                cancellationToken).ConfigureAwait(false);
            await ComputeAsync(() => Partition.Apply(_clock, total.Values), cancellationToken).ConfigureAwait(false);
        }

        // What all rows came to, told by one of the workers, who all know it.
        double squaredError = 0;
        await ComputeAsync(() => squaredError = Partition.End(command.Epoch), cancellationToken).ConfigureAwait(false);
        Context.Blocks.Publish(Addresses.SummedKey(Spec.Job, command.Round, Spec.Clocks, Shard, Shard), Partition.Learned(Shard));
        return features.Charge(RoundSums.OfDescent(Shard == 0 ? squaredError : 0, Partition.Count));
    }

    protected override void Forget()
    {
        base.Forget();
        _partition = null;
    }

    private Task<int> ComputeAsync(Action work, CancellationToken cancellationToken) => Context.Compute.RunAsync(
        () =>
        {
            work();
            return 0;
        },
        cancellationToken);
}
