using DistRec.Simulation;

namespace DistRec.Training.Tests.Simulation;

public sealed class ScheduleTests
{
    private static readonly ulong Schedules = ScheduleSurvey.SchedulesOr(300);

    // Everything takes its time, one message in five comes late and one block in five is slow.
    private static readonly SimulationOptions Unpunctual = new()
    {
        Nodes = 4,
        LateMessageShare = 0.2,
        SlowPullShare = 0.2,
        ComputeTime = TimeRange.Milliseconds(0, 20),
    };

    [Theory]
    [InlineData("als")]
    [InlineData("als-implicit")]
    [InlineData("als-implicit by steps")]
    [InlineData("nmf")]
    [InlineData("bpmf")]
    [InlineData("mf")]
    [InlineData("fm")]
    [InlineData("fm by sampling")]
    public async Task On_a_cluster_without_faults_a_model_has_the_bits_of_the_engine_of_one_process(string model)
    {
        TrainingSimulation job = JobOf(model);
        string expected = await job.ReferenceHashAsync();
        for (int nodes = 1; nodes <= 7; nodes++)
        {
            SimulatedTraining training = job.Run((ulong)nodes, new SimulationOptions { Nodes = nodes });
            training.End.State.ShouldBe(JobState.Completed, training.End.Reason);
            training.Hash.ShouldBe(expected, $"{nodes} nodes");
        }
    }

    [Theory]
    [InlineData("als")]
    [InlineData("als-implicit")]
    [InlineData("als-implicit by steps")]
    [InlineData("nmf")]
    [InlineData("bpmf")]
    [InlineData("mf")]
    [InlineData("fm")]
    [InlineData("fm by sampling")]
    public async Task However_late_messages_and_blocks_are_the_model_has_the_same_bits(string model)
    {
        TrainingSimulation job = JobOf(model);
        ScheduleSurvey survey = new(await job.ReferenceHashAsync());
        for (ulong seed = 0; seed < Schedules; seed++)
        {
            survey.Add(seed, seed => job.Run(seed, Unpunctual));
        }

        survey[ScheduleSurvey.SameBits].ShouldBe((int)Schedules, survey.ToString());
        survey.Distinct.ShouldBe((int)Schedules);
    }

    [Theory]
    [InlineData("als")]
    [InlineData("mf")]
    public void A_job_repeats_its_schedule_event_by_event(string model)
    {
        TrainingSimulation job = JobOf(model);
        for (ulong seed = 0; seed < 10; seed++)
        {
            SimulatedTraining once = job.Run(seed, Unpunctual);
            SimulatedTraining again = job.Run(seed, Unpunctual);
            again.Cluster.TraceHash.ShouldBe(once.Cluster.TraceHash);
            again.Cluster.Events.ShouldBe(once.Cluster.Events);
            again.Cluster.Now.ShouldBe(once.Cluster.Now);
        }
    }

    private static TrainingSimulation JobOf(string model) => model switch
    {
        "als" => new(TrainingSimulation.Als),
        "als-implicit" => new(TrainingSimulation.ImplicitAls, validates: false),
        "als-implicit by steps" => new(TrainingSimulation.ImplicitSteps, validates: false),
        "nmf" => new(TrainingSimulation.Nmf),
        "bpmf" => new(TrainingSimulation.Bpmf),
        "fm" => new(TrainingSimulation.Fm),
        "fm by sampling" => new(TrainingSimulation.FmBySampling),
        _ => new(TrainingSimulation.Mf),
    };
}
