namespace DistRec.Training.Tests.Simulation;

/// <summary>What happens to one job is nothing to another.</summary>
public sealed class SeveralJobsTests
{
    private static readonly ulong Schedules = ScheduleSurvey.SchedulesOr(200);

    [Theory]
    [InlineData("als", "mf")]
    [InlineData("mf", "als")]
    [InlineData("svd++", "fm by sampling")]
    [InlineData("nmf", "fm")]
    public async Task Two_jobs_at_once_have_each_their_own_bits_and_the_end_of_one_does_not_touch_the_other(string first, string second)
    {
        TrainingSimulation one = new(SettingsOf(first), job: "one");
        TrainingSimulation other = new(SettingsOf(second), job: "other");
        string oneHash = await one.ReferenceHashAsync();
        string otherHash = await other.ReferenceHashAsync();
        long events = new SimulatedSchedule(0) { MaximumJobs = 2 }.Run(one, other)[0].Cluster.Events;
        Dictionary<JobState, int> ends = [];
        for (ulong seed = 0; seed < Schedules; seed++)
        {
            // Of three schedules one goes well, one cancels the first job, and on one its keeper breaks.
            SimulatedSchedule schedule = CrashSchedules.Of(seed, events) with { MaximumJobs = 2 };
            long moment = 1 + (long)((seed + 1) * 0.7548776662466927 % 1 * events);
            schedule = (seed % 3) switch
            {
                1 => schedule with { CancelAtEvent = moment },
                2 => schedule with
                {
                    KeeperOf = (spec, keeper) => spec.Job == "one" ? new BreakingKeeper(keeper, (int)(1 + seed * 5 % 17)) : keeper,
                },
                _ => schedule,
            };

            IReadOnlyList<SimulatedTraining> trainings = schedule.Run(one, other);

            trainings[1].End.State.ShouldBe(JobState.Completed, $"seed {seed}: {trainings[1].End.Reason}");
            trainings[1].Hash.ShouldBe(otherHash, $"seed {seed}");
            StateChanged end = trainings[0].End;
            ends[end.State] = ends.GetValueOrDefault(end.State) + 1;
            switch (end.State)
            {
                case JobState.Completed:
                    trainings[0].Hash.ShouldBe(oneHash, $"seed {seed}");
                    break;
                case JobState.Failed:
                    end.Reason.ShouldContain(BreakingKeeper.Reason, Case.Sensitive, $"seed {seed}");
                    break;
                default:
                    (seed % 3).ShouldBe(1ul, $"seed {seed}: {end}");
                    break;
            }
        }

        ends.Keys.ShouldBe([JobState.Completed, JobState.Cancelled, JobState.Failed], ignoreOrder: true);
    }

    /// <summary>An exception in one coordinator failed every later job.</summary>
    [Fact]
    public async Task A_coordinator_that_fails_fails_its_own_job_by_name_and_the_next_one_runs()
    {
        TrainingSimulation broken = new(TrainingSimulation.Als, job: "broken");
        TrainingSimulation next = new(TrainingSimulation.Als, job: "next");
        string expected = await next.ReferenceHashAsync();
        int failed = 0;
        for (int call = 1; call < 40; call++)
        {
            IReadOnlyList<SimulatedTraining> trainings = new SimulatedSchedule((ulong)call)
            {
                KeeperOf = (spec, keeper) => spec.Job == "broken" ? new BreakingKeeper(keeper, call) : keeper,
            }.Run(broken, next);

            if (trainings[0].End.State == JobState.Failed)
            {
                trainings[0].End.Reason.ShouldContain(BreakingKeeper.Reason);
                failed++;
            }

            trainings[1].End.State.ShouldBe(JobState.Completed, $"call {call}: {trainings[1].End.Reason}");
            trainings[1].Hash.ShouldBe(expected);
        }

        failed.ShouldBeInRange(10, 38, "every call of the keeper, and then none is left to break");
    }

    private static TrainingSettings SettingsOf(string model) => model switch
    {
        "als" => TrainingSimulation.Als,
        "nmf" => TrainingSimulation.Nmf,
        "svd++" => TrainingSimulation.SvdPlusPlus,
        "fm" => TrainingSimulation.Fm,
        "fm by sampling" => TrainingSimulation.FmBySampling,
        _ => TrainingSimulation.Mf,
    };
}
