using DistRec.Actors;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;

namespace DistRec.Training.Actors;

/// <summary>
/// A shard of a model that sweeps: adds up the workers' sums of every S-th clock, in the workers' order, and at the end of an epoch
/// takes its range of the feature tables from the worker of its number. All workers have learned the same.
/// </summary>
internal sealed class SweepServerActor(int shard, NodeParts node) : ParameterShardActor(Addresses.SweepServerKind, shard, node)
{
    private int _clock;

    protected override double Fraction => (double)_clock / Math.Max(1, Spec.Clocks);

    private int Workers => Spec.UserStarts.Count - 1;

    protected override async Task<RoundSums> RunAsync(RunRound command, CancellationToken cancellationToken)
    {
        if (command.Kind != RoundKind.Push)
        {
            return await base.RunAsync(command, cancellationToken).ConfigureAwait(false);
        }

        for (_clock = Shard; _clock < Spec.Clocks; _clock += Workers)
        {
            SumsBlock[] sums = await Task.WhenAll(Enumerable.Range(0, Workers).Select(
                worker => PullAsync(command, _clock, worker, SumsBlock.Reader.Instance, cancellationToken))).ConfigureAwait(false);
            Context.Blocks.Publish(Addresses.TotalKey(Spec.Job, command.Round, _clock, Shard), SumsBlock.Total(sums));
        }

        FactorBlock learned = await PullAsync(command, Spec.Clocks, Shard, FactorBlock.Reader.Instance, cancellationToken).ConfigureAwait(false);
        Replace(Shard, learned);
        PublishBlocks(command.Version, Blocks);
        return default;
    }

    private async Task<T> PullAsync<T>(RunRound command, int clock, int worker, IBlockReader<T> reader, CancellationToken cancellationToken)
        where T : class, IBlock =>
        await Context.Blocks.PullAsync(
            new ActorAddress(Addresses.SweepWorkerKind, worker),
            Addresses.SummedKey(Spec.Job, command.Round, clock, worker, Shard),
            reader,
            cancellationToken).ConfigureAwait(false);
}
