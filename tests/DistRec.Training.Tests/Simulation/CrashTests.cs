using DistRec.Models.FactorizationMachine;
using DistRec.Models.Neural;
using Xunit.Abstractions;

namespace DistRec.Training.Tests.Simulation;

/// <summary>Whatever crashes, hangs or gets lost, a job ends with the model that it would have had.</summary>
public sealed class CrashTests(ITestOutputHelper output)
{
    private static readonly ulong Schedules = ScheduleSurvey.SchedulesOr(320);

    [Theory]
    [InlineData("als")]
    [InlineData("als without validation")]
    [InlineData("als-implicit")]
    [InlineData("als-implicit by steps")]
    [InlineData("nmf")]
    [InlineData("bpmf")]
    [InlineData("baseline")]
    [InlineData("mf")]
    [InlineData("svd++")]
    [InlineData("integrated")]
    [InlineData("knn")]
    [InlineData("ease")]
    [InlineData("neumf-mf")]
    [InlineData("mlp")]
    [InlineData("fm")]
    [InlineData("fm by adagrad")]
    [InlineData("fm by sgda")]
    [InlineData("fm by als")]
    [InlineData("fm by sampling")]
    [InlineData("als refitted")]
    [InlineData("nmf refitted")]
    [InlineData("mf refitted")]
    [InlineData("svd++ refitted")]
    [InlineData("mlp refitted")]
    public async Task Whatever_fails_a_job_of_fixed_order_ends_with_the_same_bits(string name)
    {
        TrainingSimulation job = JobOf(name);
        ScheduleSurvey survey = new(await job.ReferenceHashAsync());
        long events = job.Run(0).Cluster.Events;
        for (ulong seed = 0; seed < Schedules; seed++)
        {
            survey.Add(seed, seed => CrashSchedules.Of(seed, events).Run(job)[0]);
        }

        output.WriteLine($"{name}, {events} events undisturbed\n{survey}");
        survey[ScheduleSurvey.SameBits].ShouldBe((int)Schedules, survey.ToString());
    }

    [Theory]
    [InlineData("mf asp")]
    [InlineData("mf ssp")]
    [InlineData("svd++ asp")]
    [InlineData("svd++ ssp")]
    [InlineData("fm asp")]
    [InlineData("fm ssp")]
    public void Whatever_fails_every_rating_of_every_epoch_is_applied_once(string name)
    {
        TrainingSimulation job = JobOf(name);
        ScheduleSurvey survey = new(expectedHash: null);
        long events = job.Run(0).Cluster.Events;
        int visitsAnEpoch = (job.Spec.UserStarts.Count - 1)
            * (job.Spec.Scheme == TrainingScheme.ParameterServer ? job.Spec.Clocks : job.Spec.BlockStarts.Count - 1);
        for (ulong seed = 0; seed < Schedules; seed++)
        {
            survey.Add(seed, seed =>
            {
                VisitLedger ledger = new();
                SimulatedTraining training = (CrashSchedules.Of(seed, events) with { Works = ledger.Create }).Run(job)[0];

                // A round that was abandoned has visits too, and no visit of any round was made twice.
                ledger.Visits.ShouldAllBe(entry => entry.Value == 1, $"seed {seed}");
                EpochFinished[] epochs = [.. training.Events.Select(jobEvent => jobEvent.Epoch).Where(epoch => epoch is not null)];
                epochs.ShouldAllBe(epoch => epoch.Ratings == job.Spec.TrainingRatings, $"seed {seed}");
                epochs.Select(epoch => epoch.Epoch).Distinct().Order().ShouldBe(Enumerable.Range(1, job.Spec.Epochs), $"seed {seed}");
                ledger.Visits.GroupBy(entry => entry.Key.Round).Count(round => round.Count() == visitsAnEpoch)
                    .ShouldBeGreaterThanOrEqualTo(job.Spec.Epochs, $"seed {seed}");
                return training;
            });
        }

        output.WriteLine($"{name}, {events} events undisturbed\n{survey}");
        survey[ScheduleSurvey.Completed].ShouldBe((int)Schedules, survey.ToString());
    }

    internal static TrainingSimulation JobOf(string name) => name switch
    {
        "als refitted" => new(TrainingSimulation.Als with { Refit = true }),
        "nmf refitted" => new(TrainingSimulation.Nmf with { Refit = true }),
        "mf refitted" => new(TrainingSimulation.Mf with { Refit = true }),
        "svd++ refitted" => new(TrainingSimulation.SvdPlusPlus with { Refit = true }),
        "als" => new(TrainingSimulation.Als with { Epochs = 3 }),
        "als without validation" => new(TrainingSimulation.Als with { Epochs = 3 }, validates: false),
        "als-implicit" => new(TrainingSimulation.ImplicitAls with { Epochs = 3 }, validates: false),
        "als-implicit by steps" => new(TrainingSimulation.ImplicitSteps with { Epochs = 3 }, validates: false),
        "nmf" => new(TrainingSimulation.Nmf with { Epochs = 3 }),
        "bpmf" => new(TrainingSimulation.Bpmf with { Epochs = 3 }),
        "baseline" => new(TrainingSimulation.Baseline),
        "mf" => new(TrainingSimulation.Mf with { Epochs = 3 }),
        "svd++" => new(TrainingSimulation.SvdPlusPlus with { Epochs = 3 }),
        "integrated" => new(TrainingSimulation.Integrated),
        "knn" => new(TrainingSimulation.Knn),
        "ease" => new(TrainingSimulation.Ease, validates: false),
        "neumf-mf" => new(TrainingSimulation.NeuralOf(NeuralForm.MatrixFactorization) with { Epochs = 3 }),
        "mlp" => new(TrainingSimulation.NeuralOf(NeuralForm.Perceptron) with { Epochs = 3 }),
        "mlp refitted" => new(TrainingSimulation.NeuralOf(NeuralForm.Perceptron) with { Refit = true }),
        "svd++ asp" => new(TrainingSimulation.SvdPlusPlus with { Consistency = ConsistencyModel.Asp }),
        "svd++ ssp" => new(TrainingSimulation.SvdPlusPlus with { Consistency = ConsistencyModel.Ssp(1) }),
        "fm" => new(TrainingSimulation.Fm with { Epochs = 3 }),
        "fm asp" => new(TrainingSimulation.Fm with { Consistency = ConsistencyModel.Asp }),
        "fm ssp" => new(TrainingSimulation.Fm with { Consistency = ConsistencyModel.Ssp(1) }),
        "fm by adagrad" => new(TrainingSimulation.FmBy(FmLearner.AdaGrad) with { Epochs = 3 }),
        "fm by sgda" => new(TrainingSimulation.FmBy(FmLearner.AdaptiveSgd) with { Epochs = 3 }),
        "fm by als" => new(TrainingSimulation.FmBy(FmLearner.Als) with { Epochs = 3 }),
        "fm by sampling" => new(TrainingSimulation.FmBySampling with { Epochs = 3 }),
        "mf asp" => new(TrainingSimulation.Mf with { Consistency = ConsistencyModel.Asp }),
        "mf ssp" => new(TrainingSimulation.Mf with { Consistency = ConsistencyModel.Ssp(1) }),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such job"),
    };
}
