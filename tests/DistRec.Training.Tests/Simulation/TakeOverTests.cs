using DistRec.Simulation;

namespace DistRec.Training.Tests.Simulation;

/// <summary>
/// With the journal and the store outside, the loss of a coordinator's node for good costs a job nothing, also where that node lives on for a
/// while and reaches both.
/// </summary>
public sealed class TakeOverTests
{
    private static readonly ulong Schedules = ScheduleSurvey.SchedulesOr(240);

    [Theory]
    [InlineData("als")]
    [InlineData("bpmf")]
    [InlineData("mf")]
    [InlineData("svd++")]
    [InlineData("fm by sampling")]
    [InlineData("als refitted")]
    [InlineData("mf refitted")]
    public async Task A_second_coordinator_node_takes_a_job_over_and_it_ends_with_the_same_bits(string model)
    {
        TrainingSimulation job = CrashTests.JobOf(model);
        ScheduleSurvey survey = new(await job.ReferenceHashAsync());
        SimulationOptions options = CrashSchedules.Unpunctual;
        long events = new SimulatedSchedule(0) { Options = options, Coordinators = 2 }.Run(job)[0].Cluster.Events;
        int superseded = 0;
        for (ulong seed = 0; seed < Schedules; seed++)
        {
            long moment = 1 + (long)((seed + 1) * 0.6180339887498949 % 1 * events);
            Action<SimulatedCluster> fault = (seed % 6) switch
            {
                0 => cluster => cluster.Crash(0),
                1 => cluster => cluster.Leave(0),
                2 => cluster => cluster.Isolate(0),
                3 => cluster =>
                {
                    cluster.Crash(0);
                    cluster.Crash(2 + (int)(seed % 3));
                },

                // It wakes up and goes on for a while beside the one that took over.
                4 => cluster => cluster.Pause(0, cluster.Options.DetectionTime + TimeSpan.FromMilliseconds(seed % 1000)),

                // It comes back while the other one is at it, and that one is lost too.
                _ => cluster =>
                {
                    cluster.Crash(0);
                    cluster.At(cluster.Now + TimeSpan.FromMilliseconds(seed % 900), () => cluster.Restart(0));
                    cluster.At(cluster.Now + TimeSpan.FromMilliseconds(900 + seed % 600), () => cluster.Crash(1));
                },
            };
            SimulatedJournal journal = new();
            survey.Add(seed, seed => new SimulatedSchedule(seed)
            {
                Options = options with { ZombieTime = TimeRange.Milliseconds(0, seed / 6 % 4 * 1000) },
                Coordinators = 2,
                Journal = journal,
                Arrange = cluster => cluster.AtEvent(moment, () => fault(cluster)),
            }.Run(job)[0]);
            superseded += journal.Superseded;
        }

        superseded.ShouldBePositive("some that were given up reach the journal");
        survey[ScheduleSurvey.SameBits].ShouldBe((int)Schedules, survey.ToString());
    }
}
