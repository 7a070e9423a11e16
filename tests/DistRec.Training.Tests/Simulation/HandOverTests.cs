using DistRec.Simulation;

namespace DistRec.Training.Tests.Simulation;

/// <summary>Workers that leave in good order, and partitions that move to workers that have come, cost no computation.</summary>
public sealed class HandOverTests
{
    private static readonly ulong Schedules = ScheduleSurvey.SchedulesOr(120);

    [Theory]
    [InlineData("als")]
    [InlineData("als without validation")]
    [InlineData("als-implicit by steps")]
    [InlineData("bpmf")]
    [InlineData("mf")]
    [InlineData("svd++")]
    [InlineData("fm by adagrad")]
    [InlineData("fm by sampling")]
    public async Task What_a_worker_that_leaves_has_computed_is_computed_once(string model)
    {
        TrainingSimulation job = CrashTests.JobOf(model);
        ScheduleSurvey survey = new(await job.ReferenceHashAsync());
        SimulationOptions options = CrashSchedules.Unpunctual with { RebalancedShare = 0.3 };
        long events = new SimulatedSchedule(0) { Options = options }.Run(job)[0].Cluster.Events;
        int moves = 0;
        for (ulong seed = 0; seed < Schedules; seed++)
        {
            long moment = 1 + (long)((seed + 1) * 0.6180339887498949 % 1 * events);
            int leaver = 1 + (int)(seed % 4);
            survey.Add(seed, seed =>
            {
                WorkLedger ledger = new();
                SimulatedTraining training = new SimulatedSchedule(seed)
                {
                    Options = options,
                    Works = ledger.Create,
                    Arrange = cluster => cluster.AtEvent(moment, () =>
                    {
                        cluster.Leave(leaver);
                        cluster.At(cluster.Now + TimeSpan.FromMilliseconds(seed % 700), () => cluster.Restart(leaver));
                    }),
                }.Run(job)[0];
                ledger.Repeated.ShouldBeEmpty();
                moves += training.Notes.Count(note => note.StartsWith("moved", StringComparison.Ordinal));
                return training;
            });
        }

        survey[ScheduleSurvey.SameBits].ShouldBe((int)Schedules, survey.ToString());
        moves.ShouldBeGreaterThan((int)Schedules / 2);
    }

    /// <summary>Counts what each partition computes, in every epoch.</summary>
    private sealed class WorkLedger
    {
        private readonly Dictionary<(PartitionId Who, RoundKind Kind, int Epoch, int Block), int> _counts = [];

        internal IEnumerable<string> Repeated => _counts.Where(entry => entry.Value > 1).Select(entry => $"{entry.Key}: {entry.Value} times");

        internal IPartitionWork Create(JobSpec spec, PartitionId partition, NodeResources node) =>
            new Counting(PartitionWorks.Create(spec, partition, node), partition, this);

        private void Count(PartitionId who, RunRound round, int block)
        {
            if (round.Kind is RoundKind.SolveUsers or RoundKind.SolveItems or RoundKind.Descend or RoundKind.Epoch)
            {
                (PartitionId, RoundKind, int, int) key = (who, round.Kind, round.Epoch, block);
                _counts[key] = _counts.GetValueOrDefault(key) + 1;
            }
        }

        private sealed class Counting(IPartitionWork work, PartitionId partition, WorkLedger ledger) : IPartitionWork
        {
            public double Fraction => work.Fraction;

            public Task<RoundSums> RunAsync(RoundInput round, CancellationToken cancellationToken)
            {
                ledger.Count(partition, round.Command, -1);
                return work.RunAsync(round, cancellationToken);
            }

            public Task<RoundSums> VisitAsync(RoundInput round, VisitBlock visit, CancellationToken cancellationToken)
            {
                ledger.Count(partition, round.Command, visit.Block);
                return work.VisitAsync(round, visit, cancellationToken);
            }
        }
    }
}
