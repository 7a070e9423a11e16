using DistRec.Training.Blocks;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Transfer;

namespace DistRec.Training.Work;

/// <summary>
/// A shard of a model whose sums are all-reduced: adds up the workers' sums of every S-th clock, in the workers' order, and at the end of
/// an epoch takes its range of the feature tables from the worker of its number. All workers have learned the same.
/// </summary>
internal sealed class AllReduceServerWork(JobSpec spec, PartitionId partition, NodeResources node) : ParameterShardWork(spec, partition, node)
{
    private readonly Dictionary<int, double[]> _totals = [];
    private int _clock;

    public override double Fraction => (double)_clock / Math.Max(1, Spec.Clocks);

    public override async Task<RoundSums> RunAsync(RoundInput round, CancellationToken cancellationToken)
    {
        if (round.Command.Kind != RoundKind.Epoch)
        {
            return await base.RunAsync(round, cancellationToken).ConfigureAwait(false);
        }

        for (_clock = Index; _clock < Spec.Clocks; _clock += Partitions)
        {
            int now = _clock;
            SumsBlock[] sums = await Concurrently.RunAsync(
                Partitions, (worker, token) => PullAsync(round, now, worker, SumsBlock.Reader.Instance, token), cancellationToken).ConfigureAwait(false);
            Blocks.Publish(JobBlocks.TotalKey(Spec.Job, round.Command.Round, now, Index), SumsBlock.Total(sums, _totals));
        }

        FactorBlock learned = await PullAsync(round, Spec.Clocks, Index, FactorBlock.Reader.Instance, cancellationToken).ConfigureAwait(false);
        Replace(Index, learned);
        PublishBlocks(round.Command.Version);
        return default;
    }

    private Task<T> PullAsync<T>(RoundInput round, int clock, int worker, IBlockReader<T> reader, CancellationToken cancellationToken)
        where T : class, IBlock =>
        Blocks.PullAsync(
            round.Endpoints.Of(new PartitionId(Side.User, worker)),
            JobBlocks.SummedKey(Spec.Job, round.Command.Round, clock, worker, Index),
            reader,
            cancellationToken).AsTask();
}
