using DistRec.Actors;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;
using DistRec.Training.Telemetry;

namespace DistRec.Training.Actors;

/// <summary>
/// A shard of the parameter server ([Li14]): owns a range of item rows, lets workers see them when the
/// <see cref="ClockLedger"/> allows, and adds the changes that they push.
/// </summary>
internal sealed class ParameterServerActor(int shard, NodeParts node) : ParameterShardActor(Addresses.ServerKind, shard, node)
{
    private double _fraction;

    protected override double Fraction => _fraction;

    private int Workers => Spec.UserStarts.Count - 1;

    protected override async Task<RoundSums> RunAsync(RunRound command, CancellationToken cancellationToken)
    {
        if (command.Kind != RoundKind.Push)
        {
            return await base.RunAsync(command, cancellationToken).ConfigureAwait(false);
        }

        ConsistencyModel consistency = JobSpecs.ConsistencyOf(Spec);
        ClockLedger ledger = new(Workers, Spec.Clocks, consistency);
        ParameterTable table = new(Blocks[Shard]);
        Publish(command, ledger, table);
        await (consistency.IsFixedOrder
            ? TogetherAsync(command, ledger, table, cancellationToken)
            : EachAsync(command, ledger, table, cancellationToken)).ConfigureAwait(false);
        PublishBlocks(command.Version, Blocks);
        return default;
    }

    // The changes of a clock are added in the workers' order when all are there.
    private async Task TogetherAsync(RunRound command, ClockLedger ledger, ParameterTable table, CancellationToken cancellationToken)
    {
        for (int clock = 0; clock < Spec.Clocks; clock++)
        {
            int now = clock;
            RowChanges[] changes = await Task.WhenAll(
                Enumerable.Range(0, Workers).Select(worker => PullAsync(command, now, worker, cancellationToken))).ConfigureAwait(false);
            await Context.Compute.RunAsync(
                () =>
                {
                    foreach (RowChanges pushed in changes)
                    {
                        table.Add(pushed);
                    }

                    return 0;
                },
                cancellationToken).ConfigureAwait(false);
            for (int worker = 0; worker < Workers; worker++)
            {
                ledger.Apply(worker);
            }

            Publish(command, ledger, table);
        }
    }

    // Every worker's changes are added as they come.
    private async Task EachAsync(RunRound command, ClockLedger ledger, ParameterTable table, CancellationToken cancellationToken)
    {
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(ServeAsync)).ConfigureAwait(false);

        async Task ServeAsync(int worker)
        {
            for (int clock = 0; clock < Spec.Clocks; clock++)
            {
                RowChanges pushed = await PullAsync(command, clock, worker, cancellationToken).ConfigureAwait(false);
                await Context.Compute.RunAsync(
                    () =>
                    {
                        table.Add(pushed);
                        return 0;
                    },
                    cancellationToken).ConfigureAwait(false);
                lock (ledger)
                {
                    ledger.Apply(worker);
                    Publish(command, ledger, table);
                }
            }
        }
    }

    private void Publish(RunRound command, ClockLedger ledger, ParameterTable table)
    {
        _fraction = ledger.Fraction;
        TrainingTelemetry.VisitDone(ledger.Lead);
        foreach (ClockGrant grant in ledger.Grant())
        {
            Context.Blocks.Publish(Addresses.PulledKey(Spec.Job, command.Round, grant.Clock, Shard, grant.Worker), table);
        }
    }

    private Task<RowChanges> PullAsync(RunRound command, int clock, int worker, CancellationToken cancellationToken) =>
        Context.Blocks.PullAsync(
            new ActorAddress(Addresses.PushWorkerKind, worker),
            Addresses.PushedKey(Spec.Job, command.Round, clock, worker, Shard),
            RowChanges.Reader.Instance,
            cancellationToken).AsTask();
}
