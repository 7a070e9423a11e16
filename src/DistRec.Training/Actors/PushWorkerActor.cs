using DistRec.Actors;
using DistRec.Models;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;

namespace DistRec.Training.Actors;

/// <summary>
/// A worker of the parameter server ([Li14]): in every clock of an epoch it pulls the rows of items or features that its next ratings
/// refer to, descends over those, and pushes what it changed to the rows' shards. The blocks of the exchange are all the talk there is
/// between workers and shards: a pull waits until the shard lets the clock begin, a lost one is made again.
/// </summary>
internal class PushWorkerActor(int shard, NodeParts node) : DescendingWorker(Addresses.PushWorkerKind, shard, node)
{
    private IPushPartition? _partition;
    private int _clock;

    protected override UserTables? Loaded => _partition?.Tables;

    protected override double Fraction => (double)_clock / Math.Max(1, Spec.Clocks);

    private IPushPartition Partition => _partition!;

    private int Shards => Spec.BlockStarts.Count - 1;

    protected override async Task<Func<RowSet[]>> LoadAsync(CancellationToken cancellationToken)
    {
        IPushPartition partition = _partition = Spec.Fm is null
            ? new FeedbackPartition(
                JobSpecs.FeedbackOf(Spec), await PullRatingsAsync(cancellationToken).ConfigureAwait(false), Spec.BlockStarts, Spec.Clocks,
                Spec.UserStarts[Shard], Spec.GlobalMean, JobSpecs.ScaleOf(Spec))
            : new FmPartition(
                JobSpecs.FmOf(Spec), await PullFeaturesAsync(cancellationToken).ConfigureAwait(false), Spec.BlockStarts, Spec.Clocks,
                Spec.Fm.GroupStarts, Spec.Fm.RowStarts[Shard], JobSpecs.ScaleOf(Spec));
        return partition.PredictedRows;
    }

    protected override void Initialize() => Partition.Initialize();

    protected override Task<RoundSums> ValidateAsync(PartitionedFactors items, CancellationToken cancellationToken) =>
        Partition.ValidateAsync(items, Context.Compute, cancellationToken);

    protected override async Task<FactorBlock> ModelAsync(RunRound command, CancellationToken cancellationToken)
    {
        // The shards publish theirs in the same round.
        using ReplicaState items = await PullItemsAsync(command.Version, cancellationToken).ConfigureAwait(false);
        return await Partition.ModelAsync(items.Tables, Context.Compute, cancellationToken).ConfigureAwait(false);
    }

    protected override async Task<RoundSums> DescendAsync(RunRound command, CancellationToken cancellationToken)
    {
        double squaredError = 0;
        for (_clock = 0; _clock < Spec.Clocks; _clock++)
        {
            await PullAsync(command, _clock, cancellationToken).ConfigureAwait(false);
            squaredError += await Context.Compute.RunAsync(() => Descend(command, _clock), cancellationToken).ConfigureAwait(false);
            for (int server = 0; server < Shards; server++)
            {
                Context.Blocks.Publish(
                    Addresses.PushedKey(Spec.Job, command.Round, _clock, Shard, server), Partition.ChangesOf(_clock, server));
            }
        }

        return RoundSums.OfDescent(squaredError, Partition.Count);
    }

    /// <summary>Visits the ratings of one clock; runs on a thread of the compute pool.</summary>
    /// <returns>Σ e².</returns>
    protected virtual double Descend(RunRound command, int clock) => Partition.Descend(clock, command.Epoch, command.LearningRate);

    protected override void Forget()
    {
        base.Forget();
        _partition = null;
    }

    private async Task PullAsync(RunRound command, int clock, CancellationToken cancellationToken)
    {
        ParameterTable[] tables = await Task.WhenAll(Enumerable.Range(0, Shards).Select(server => Context.Blocks.PullAsync(
            Addresses.OwnerOf(Side.Item, Spec, server),
            Addresses.PulledKey(Spec.Job, command.Round, clock, server, Shard),
            new ParameterTable.Reader(Partition.RowsOf(clock, server)),
            cancellationToken).AsTask())).ConfigureAwait(false);
        for (int server = 0; server < Shards; server++)
        {
            Partition.Take(clock, server, tables[server]);
        }
    }
}
