using DistRec.Training.Blocks;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Telemetry;
using DistRec.Training.Transfer;

namespace DistRec.Training.Work;

/// <summary>
/// A shard of the parameter server ([Li14]): owns a range of item rows, lets workers see them when the
/// <see cref="ClockLedger"/> allows, and adds the changes that they push.
/// </summary>
internal class ParameterServerWork(JobSpec spec, PartitionId partition, NodeResources node) : ParameterShardWork(spec, partition, node)
{
    private double _fraction;

    public override double Fraction => _fraction;

    /// <summary>How many factors of a row workers see, from the first on.</summary>
    protected virtual int PulledWidth => Tables[Index].Factors.Rank;

    public override async Task<RoundSums> RunAsync(RoundInput round, CancellationToken cancellationToken)
    {
        if (round.Command.Kind != RoundKind.Epoch)
        {
            return await base.RunAsync(round, cancellationToken).ConfigureAwait(false);
        }

        ConsistencyModel consistency = JobSpecs.ConsistencyOf(Spec);
        ClockLedger ledger = new(Partitions, Spec.Clocks, consistency);
        ParameterTable table = new(Tables[Index], PulledWidth);
        Publish(round, ledger, table);
        await (consistency.IsFixedOrder
            ? TogetherAsync(round, ledger, table, cancellationToken)
            : EachAsync(round, ledger, table, cancellationToken)).ConfigureAwait(false);
        PublishBlocks(round.Command.Version);
        return default;
    }

    // The changes of a clock are added in the workers' order when all are there.
    private async Task TogetherAsync(RoundInput round, ClockLedger ledger, ParameterTable table, CancellationToken cancellationToken)
    {
        for (int clock = 0; clock < Spec.Clocks; clock++)
        {
            int now = clock;
            Action<FactorBlock>[] changes = await Concurrently.RunAsync(
                Partitions, (worker, token) => PullAsync(round, now, worker, token), cancellationToken).ConfigureAwait(false);
            await Compute.RunAsync(
                () =>
                {
                    table.Change([.. changes, rows => EndClock(round.Command, rows)]);
                    return 0;
                },
                cancellationToken).ConfigureAwait(false);
            for (int worker = 0; worker < Partitions; worker++)
            {
                ledger.Apply(worker);
            }

            Publish(round, ledger, table);
        }
    }

    // Every worker's changes are added as they come. Where one of the waits fails the others are ended: nobody would push any more.
    private Task EachAsync(RoundInput round, ClockLedger ledger, ParameterTable table, CancellationToken cancellationToken) =>
        Concurrently.RunAsync(
            Partitions,
            async (worker, token) =>
            {
                for (int clock = 0; clock < Spec.Clocks; clock++)
                {
                    Action<FactorBlock> change = await PullAsync(round, clock, worker, token).ConfigureAwait(false);
                    await Compute.RunAsync(
                        () =>
                        {
                            table.Change(change);
                            return 0;
                        },
                        token).ConfigureAwait(false);
                    lock (ledger)
                    {
                        ledger.Apply(worker);
                        Publish(round, ledger, table);
                    }
                }
            },
            cancellationToken);

    private void Publish(RoundInput round, ClockLedger ledger, ParameterTable table)
    {
        _fraction = ledger.Fraction;
        TrainingTelemetry.VisitDone(ledger.Lead);
        foreach (ClockGrant grant in ledger.Grant())
        {
            Blocks.Publish(JobBlocks.PulledKey(Spec.Job, round.Command.Round, grant.Clock, Index, grant.Worker), table);
        }
    }

    /// <summary>Pulls what a worker pushed for a clock.</summary>
    /// <returns>Adds it to the rows.</returns>
    protected virtual async Task<Action<FactorBlock>> PullAsync(RoundInput round, int clock, int worker, CancellationToken cancellationToken) =>
        (await PullAsync(round, clock, worker, RowChanges.Reader.Instance, cancellationToken).ConfigureAwait(false)).AddTo;

    /// <inheritdoc cref="PullAsync(RoundInput, int, int, CancellationToken)"/>
    protected async Task<T> PullAsync<T>(RoundInput round, int clock, int worker, IBlockReader<T> reader, CancellationToken cancellationToken)
        where T : class, IBlock =>
        await Blocks.PullAsync(
            round.Endpoints.Of(new PartitionId(Side.User, worker)),
            JobBlocks.PushedKey(Spec.Job, round.Command.Round, clock, worker, Index),
            reader,
            cancellationToken).ConfigureAwait(false);

    /// <summary>What follows once all workers' changes of a clock have been added, where they are added together.</summary>
    protected virtual void EndClock(RunRound command, FactorBlock rows)
    {
    }
}
