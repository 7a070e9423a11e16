using DistRec.Models.Bayesian;
using DistRec.Models.FactorizationMachine;
using DistRec.Simulation;

namespace DistRec.Training.Tests.Simulation;

/// <summary>Whenever a job on a cluster is cancelled, it ends with the model of the epochs that were done.</summary>
public sealed class CancelTests
{
    private const int Epochs = 3;

    private static readonly ulong Schedules = ScheduleSurvey.SchedulesOr(200);

    [Theory]
    [InlineData("als", true)]
    [InlineData("als", false)]
    [InlineData("als-implicit", false)]
    [InlineData("als-implicit by steps", false)]
    [InlineData("nmf", true)]
    [InlineData("nmf", false)]
    [InlineData("bpmf", true)]
    [InlineData("bpmf", false)]
    [InlineData("mf", true)]
    [InlineData("mf", false)]
    [InlineData("svd++", true)]
    [InlineData("svd++", false)]
    [InlineData("fm", true)]
    [InlineData("fm", false)]
    [InlineData("fm by sampling", true)]
    [InlineData("fm by sampling", false)]
    public async Task A_cancelled_job_has_the_bits_of_a_job_of_fewer_epochs_whatever_fails(string model, bool validates)
    {
        TrainingSettings settings = SettingsOf(model) with { Epochs = Epochs };
        TrainingSimulation job = new(settings, validates);
        string?[] expected = new string?[Epochs + 1];
        for (int epochs = 1; epochs <= Epochs; epochs++)
        {
            expected[epochs] = await new TrainingSimulation(settings with { Epochs = epochs }, validates).ReferenceHashAsync();
        }

        SimulationOptions options = CrashSchedules.Unpunctual with { Nodes = 4 };
        long events = job.Run(0, options).Cluster.Events;
        int[] ends = new int[Epochs + 1];
        for (ulong seed = 0; seed < Schedules; seed++)
        {
            long moment = 1 + (long)((seed + 1) * 0.6180339887498949 % 1 * events);
            int victim = 1 + (int)(seed * 7 % 3);

            // Half of them lose a worker around the same time.
            long crash = Math.Max(1, moment + (long)(seed * 13 % 60) - 30);
            SimulatedTraining training = new SimulatedSchedule(seed)
            {
                Options = options,
                Arrange = cluster => cluster.AtEvent(crash, () => { if (seed % 2 == 1) { cluster.Crash(victim); } }),
                CancelAtEvent = moment,
            }.Run(job)[0];

            int done = training.End.State == JobState.Completed ? Epochs : EpochOf(training.End);
            (training.Model is null ? null : training.Hash).ShouldBe(expected[done], $"seed {seed}: {training.End}");
            ends[done]++;
        }

        ends.ShouldAllBe(count => count > 0, $"moments of all epochs: {string.Join(' ', ends)}");
    }

    private static TrainingSettings SettingsOf(string model) => model switch
    {
        "als" => TrainingSimulation.Als,
        "als-implicit" => TrainingSimulation.ImplicitAls,
        "als-implicit by steps" => TrainingSimulation.ImplicitSteps,
        "nmf" => TrainingSimulation.Nmf,
        "bpmf" => TrainingSimulation.Bpmf with { Model = new BpmfOptions { Rank = 2, BurnIn = 0 } },
        "svd++" => TrainingSimulation.SvdPlusPlus,
        "fm" => TrainingSimulation.Fm,

        // A sample an epoch: how many there are to be does not depend on the epochs that are done.
        "fm by sampling" => TrainingSimulation.FmBySampling with { Model = (FmOptions)TrainingSimulation.FmBySampling.Model with { KeptSamples = Epochs } },
        "mf" => TrainingSimulation.Mf,
        _ => throw new ArgumentOutOfRangeException(nameof(model), model, "no such job"),
    };

    private static int EpochOf(StateChanged end)
    {
        end.State.ShouldBe(JobState.Cancelled, end.Reason);
        return end.Reason == "cancelled before the first epoch was done"
            ? 0 : int.Parse(end.Reason["cancelled after epoch ".Length..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
