using DistRec.Models.Als;
using DistRec.Models.Baseline;
using DistRec.Models.Bayesian;
using DistRec.Models.FactorizationMachine;
using DistRec.Models.Feedback;
using DistRec.Models.ImplicitAls;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Nmf;
using DistRec.Models.Persistence;
using DistRec.Training.Journal;

namespace DistRec.Training.Tests.Jobs;

public sealed class TrainingSessionTests
{
    private static readonly TrainingSettings Als = new() { Model = new AlsOptions { Rank = 12 }, Epochs = 6, Patience = 0 };
    private static readonly TrainingSettings Mf = new() { Model = new MfOptions { Rank = 12 }, Epochs = 12, Patience = 0, Partitions = 2, Threads = 2 };

    [Theory]
    [InlineData("als")]
    [InlineData("als-implicit")]
    [InlineData("als-implicit by steps")]
    [InlineData("als-implicit by blocks")]
    [InlineData("nmf")]
    [InlineData("bpmf")]
    public async Task An_alternating_model_has_the_same_bits_for_any_number_of_partitions_and_threads(string model)
    {
        (TrainingSettings settings, TrainingData data) = JobOf(model);
        HashSet<string> hashes = [];
        HashSet<string> curves = [];
        foreach ((int partitions, int threads) in new[] { (1, 1), (1, 2), (2, 1), (2, 2), (7, 1), (7, 2) })
        {
            TrainingOutcome outcome = await TrainingSession.RunAsync(data, settings with { Partitions = partitions, Threads = threads }, new SessionOptions());
            hashes.Add(ModelHash.Compute(outcome.Model!));
            curves.Add(string.Join(' ', outcome.Epochs.Select(epoch => $"{epoch.TrainRmse:R}/{epoch.ValidationRmse:R}/{epoch.Loss:R}")));
        }

        hashes.Count.ShouldBe(1);
        curves.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Implicit_ALS_refuses_ratings_that_are_no_confidences_and_ratings_to_be_judged_by()
    {
        (TrainingSettings settings, TrainingData data) = JobOf("als-implicit");
        (await Should.ThrowAsync<InputException>(() => TrainingSession.RunAsync(Planted.Small, settings, new SessionOptions())))
            .Message.ShouldContain("no validation ratings for als-implicit");
        TrainingSettings given = settings with { Model = (ImplicitAlsOptions)settings.Model with { ConfidenceGiven = true } };
        (await Should.ThrowAsync<InputException>(() => TrainingSession.RunAsync(data, given, new SessionOptions())))
            .Message.ShouldContain("expected confidences of at least 1 for als-implicit, found 0.5");
    }

    private static (TrainingSettings Settings, TrainingData Data) JobOf(string model) => model switch
    {
        "als" => (Als, Planted.Small),
        "als-implicit" => (Implicit(ImplicitMethod.Exact), Planted.Interactions),
        "als-implicit by steps" => (Implicit(ImplicitMethod.ConjugateGradient), Planted.Interactions),
        "als-implicit by blocks" => (Implicit(ImplicitMethod.Blocks), Planted.Interactions),
        "nmf" => (new TrainingSettings { Model = new NmfOptions { Rank = 12 }, Epochs = 6, Patience = 0 }, Planted.Small),
        "bpmf" => (new TrainingSettings { Model = new BpmfOptions { Rank = 12, BurnIn = 2 }, Epochs = 6, Patience = 0 }, Planted.Small),
        "mf" => (Mf, Planted.Small),
        "svd++" => (PushTests.SvdPlusPlus, Planted.Small),
        _ => (PlantedFeatures.Settings(Enum.Parse<FmLearner>(model)), PlantedFeatures.Ratings),
    };

    private static TrainingSettings Implicit(ImplicitMethod method) =>
        new() { Model = new ImplicitAlsOptions { Rank = 12, Method = method, BlockSize = 5 }, Epochs = 6, Patience = 0 };

    [Fact]
    public async Task The_baseline_has_the_same_bits_for_any_number_of_partitions()
    {
        TrainingSettings settings = new() { Model = new BaselineOptions(), Epochs = 5 };
        string one = ModelHash.Compute((await RunAsync(settings)).Model!);
        ModelHash.Compute((await RunAsync(settings with { Partitions = 5, Threads = 2 })).Model!).ShouldBe(one);
    }

    [Theory]
    [InlineData("als")]
    [InlineData("als-implicit")]
    [InlineData("als-implicit by steps")]
    [InlineData("als-implicit by blocks")]
    [InlineData("nmf")]
    public async Task The_loss_of_an_alternating_model_never_rises(string model)
    {
        (TrainingSettings settings, TrainingData data) = JobOf(model);
        TrainingOutcome outcome = await TrainingSession.RunAsync(data, settings with { Epochs = 15 }, new SessionOptions());
        outcome.Epochs[^1].Loss.ShouldBeInRange(double.Epsilon, outcome.Epochs[0].Loss);
        foreach ((EpochFinished before, EpochFinished after) in outcome.Epochs.Zip(outcome.Epochs.Skip(1)))
        {
            after.Loss.ShouldBeLessThanOrEqualTo(before.Loss * (1 + 1e-6), $"epoch {after.Epoch}");
        }
    }

    [Theory]
    [InlineData("mf")]
    [InlineData("svd++")]
    [InlineData(nameof(FmLearner.Sgd))]
    [InlineData(nameof(FmLearner.AdaGrad))]
    [InlineData(nameof(FmLearner.AdaptiveSgd))]
    [InlineData(nameof(FmLearner.Als))]
    [InlineData(nameof(FmLearner.Mcmc))]
    public async Task Under_bsp_a_model_repeats_exactly_for_the_same_partitions_whatever_the_threads(string model)
    {
        (TrainingSettings settings, TrainingData data) = JobOf(model);
        settings = settings with { Partitions = 3, Epochs = 6 };
        TrainingSettings otherSeed = settings with
        {
            Model = ModelDefinition.Make(settings.Model, setting => setting.Key == "seed" ? 7UL : null),
        };

        string first = await HashAsync(settings);

        (await HashAsync(settings)).ShouldBe(first);
        (await HashAsync(settings with { Threads = 1 })).ShouldBe(first, "threads change nothing under bsp");
        (await HashAsync(otherSeed)).ShouldNotBe(first);

        async Task<string> HashAsync(TrainingSettings settings) =>
            ModelHash.Compute((await TrainingSession.RunAsync(data, settings, new SessionOptions())).Model!);
    }

    [Theory]
    [InlineData("mf", "ssp:0")]
    [InlineData("mf", "ssp:2")]
    [InlineData("mf", "asp")]
    [InlineData("svd++", "ssp:0")]
    [InlineData("svd++", "ssp:2")]
    [InlineData("svd++", "asp")]
    [InlineData(nameof(FmLearner.Sgd), "ssp:2")]
    [InlineData(nameof(FmLearner.Sgd), "asp")]
    public async Task Looser_consistency_reaches_the_RMSE_of_bsp(string model, string consistency)
    {
        ConsistencyModel.TryParse(consistency, out ConsistencyModel parsed).ShouldBeTrue();
        (TrainingSettings settings, TrainingData data) = JobOf(model);
        settings = settings with { Epochs = settings.Model is not FmOptions ? 30 : 40, Partitions = 3 };

        double bsp = await RmseAsync(settings);
        double looser = await RmseAsync(settings with { Consistency = parsed });

        looser.ShouldBe(bsp, 0.003 * bsp);

        async Task<double> RmseAsync(TrainingSettings settings) =>
            (await TrainingSession.RunAsync(data, settings, new SessionOptions())).Epochs[^1].ValidationRmse;
    }

    [Theory]
    [InlineData("mf")]
    [InlineData("svd++")]
    public async Task A_learning_rate_that_diverges_is_lowered_and_the_notes_say_so(string model)
    {
        TrainingSettings settings = JobOf(model).Settings;
        TrainingOutcome outcome = await RunAsync(settings.Model is MfOptions mf
            ? settings with { Model = mf with { LearningRate = 20 } }
            : settings with { Model = (FeedbackOptions)settings.Model with { LearningRate = 20 } });
        outcome.State.ShouldBe(JobState.Completed);
        outcome.Notes.ShouldNotBeEmpty();
        outcome.Notes.ShouldAllBe(note => note.Contains("learning rate of", StringComparison.Ordinal));
        FiniteCheckAll(outcome);
    }

    [Fact]
    public async Task A_job_that_cannot_be_brought_to_converge_fails_by_name_without_a_model()
    {
        TrainingOutcome outcome = await RunAsync(Mf with { Model = (MfOptions)Mf.Model with { LearningRate = 1e30f } });
        outcome.State.ShouldBe(JobState.Failed);
        outcome.Model.ShouldBeNull();
        outcome.Reason.ShouldContain("give a lower learning rate");
    }

    [Fact]
    public async Task Training_stops_early_and_keeps_the_best_epoch()
    {
        TrainingOutcome outcome = await RunAsync(Als with { Model = new AlsOptions { Rank = 30, Regularization = 0.01f, BiasRegularization = 0.01f }, Epochs = 50, Patience = 2 });
        outcome.Epochs.Count.ShouldBeLessThan(50);
        outcome.BestEpoch.ShouldBe(outcome.Epochs.Count - 2);
        outcome.Reason.ShouldContain("2 epochs without a better validation RMSE");
        TrainingOutcome cut = await RunAsync(Als with { Model = new AlsOptions { Rank = 30, Regularization = 0.01f, BiasRegularization = 0.01f }, Epochs = outcome.BestEpoch });
        ModelHash.Compute(outcome.Model!).ShouldBe(ModelHash.Compute(cut.Model!), "the model is the best epoch's");
    }

    [Theory]
    [InlineData("als")]
    [InlineData("als-implicit")]
    [InlineData("als-implicit by steps")]
    [InlineData("nmf")]
    [InlineData("bpmf")]
    [InlineData("mf")]
    [InlineData("svd++")]
    [InlineData(nameof(FmLearner.Sgd))]
    [InlineData(nameof(FmLearner.AdaGrad))]
    [InlineData(nameof(FmLearner.AdaptiveSgd))]
    [InlineData(nameof(FmLearner.Als))]
    [InlineData(nameof(FmLearner.Mcmc))]
    public async Task A_cancelled_job_leaves_a_checkpoint_and_resumes_to_the_very_same_model(string model)
    {
        using TemporaryFolder folder = new();
        (TrainingSettings settings, TrainingData data) = JobOf(model);
        settings = settings with { Epochs = 18, CheckpointEvery = 3 };
        SessionOptions options = new() { WorkFolder = folder.Path };
        TrainingOutcome stopped = await StoppedJob.RunAsync(data, settings, options);
        stopped.CheckpointPath.ShouldNotBeNull();
        stopped.Model.ShouldNotBeNull();

        // Cancelled at the first checkpoint; on a busy machine some epochs are done until the job hears of it.
        stopped.Epochs.Count.ShouldBeInRange(3, settings.Epochs - 1);

        TrainingOutcome resumed = await TrainingSession.RunAsync(data, settings, options with { Resume = true });
        resumed.State.ShouldBe(JobState.Completed);
        resumed.Epochs.Take(stopped.Epochs.Count).ShouldBe(stopped.Epochs, "what was done is not done again");
        resumed.Epochs.Select(epoch => epoch.Epoch).ShouldBe(Enumerable.Range(1, settings.Epochs));
        TrainingOutcome straight = await TrainingSession.RunAsync(data, settings, new SessionOptions());
        ModelHash.Compute(resumed.Model!).ShouldBe(ModelHash.Compute(straight.Model!));
        Directory.GetFiles(Path.Combine(folder.Path, "checkpoints")).ShouldNotBeEmpty("only the caller knows when the model is safe");
        TrainingSession.RemoveCheckpoints(folder.Path);
        Directory.GetFiles(Path.Combine(folder.Path, "checkpoints")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_checkpoint_of_other_data_or_settings_is_refused_by_name()
    {
        using TemporaryFolder folder = new();
        SessionOptions options = new() { WorkFolder = folder.Path };
        InputException none = await Should.ThrowAsync<InputException>(() => TrainingSession.RunAsync(Planted.Small, Als, options with { Resume = true }));
        none.Message.ShouldContain("leave out --resume to start from the beginning");

        TrainingSettings more = Als with { CheckpointEvery = 2 };
        await StoppedJob.RunAsync(Planted.Small, more, options);

        InputException data = await Should.ThrowAsync<InputException>(
            () => TrainingSession.RunAsync(Planted.Small with { Fingerprint = new string('0', 64) }, more, options with { Resume = true }));
        data.Message.ShouldContain("one of other data");
        InputException settings = await Should.ThrowAsync<InputException>(
            () => TrainingSession.RunAsync(Planted.Small, more with { Model = new AlsOptions { Rank = 13 } }, options with { Resume = true }));
        settings.Message.ShouldContain("expected the model settings that the job began with");
    }

    [Fact]
    public async Task Checkpoints_are_written_every_so_many_epochs_and_the_newest_two_stay()
    {
        using TemporaryFolder folder = new();
        List<int> seen = [];
        Progress progress = new(jobEvent =>
        {
            if (jobEvent.Epoch is { Epoch: 3 or 5 or 7 })
            {
                seen.Add(Directory.GetFiles(Path.Combine(folder.Path, "checkpoints"), "epoch-*").Length);
            }
        });
        await TrainingSession.RunAsync(
            Planted.Small, Als with { Epochs = 7, CheckpointEvery = 2 }, new SessionOptions { WorkFolder = folder.Path }, progress);
        seen.ShouldBe([1, 2, 2]);
    }

    [Fact]
    public async Task The_first_checkpoint_of_a_fresh_job_takes_the_place_of_those_of_a_longer_job_before_it()
    {
        using TemporaryFolder folder = new();
        SessionOptions options = new() { WorkFolder = folder.Path };
        await TrainingSession.RunAsync(Planted.Small, Als with { Epochs = 9, CheckpointEvery = 4 }, options);
        await TrainingSession.RunAsync(Planted.Small, Als with { Epochs = 3, CheckpointEvery = 2 }, options);
        Directory.GetFiles(Path.Combine(folder.Path, "checkpoints")).Select(Path.GetFileName).ShouldBe(["epoch-000002.safetensors"]);
    }

    [Fact]
    public async Task Threads_that_a_descent_cannot_use_are_not_ignored_silently()
    {
        (await RunAsync(Mf with { Partitions = 1, Threads = 2 })).Notes.ShouldHaveSingleItem().ShouldContain("1 of 2 threads train");
        (await RunAsync(Mf)).Notes.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_journal_knows_the_job_its_epochs_and_its_end()
    {
        using TemporaryFolder folder = new();
        TrainingOutcome outcome = await TrainingSession.RunAsync(Planted.Small, Als, new SessionOptions { WorkFolder = folder.Path, Job = "j" });
        using JobJournal journal = JobJournal.Open(Path.Combine(folder.Path, "journal.db"), TimeProvider.System);
        journal.Find("j").ShouldBe((JobState.Completed, outcome.Reason));
        journal.Find("other").ShouldBeNull();
        journal.Events("j").Where(jobEvent => jobEvent.Epoch is not null).Select(jobEvent => jobEvent.Epoch).ShouldBe(outcome.Epochs);
    }

    [Fact]
    public async Task Data_that_cannot_be_trained_on_is_refused()
    {
        TrainingData empty = Planted.Small with { Train = new RatingMatrix(3, [0, 0, 0], [], []) };
        (await Should.ThrowAsync<InputException>(() => TrainingSession.RunAsync(empty, Als, new SessionOptions())))
            .Message.ShouldContain("at least one training rating");
        (await Should.ThrowAsync<InputException>(() => RunAsync(Als with { Partitions = 151 })))
            .Message.ShouldContain("--partitions: expected at most the 150 rows of the smaller side, found 151");
    }

    [Fact]
    public async Task A_job_over_one_user_and_one_item_ends_in_a_model()
    {
        TrainingData tiny = new(new RatingMatrix(1, [0, 1], [0], [4f]), null, "tiny", "");
        foreach (TrainingSettings settings in new[] { Als, Mf with { Partitions = 1, Model = new MfOptions() }, new TrainingSettings { Model = new BaselineOptions() } })
        {
            TrainingOutcome outcome = await TrainingSession.RunAsync(tiny, settings, new SessionOptions());
            outcome.State.ShouldBe(JobState.Completed);
            FiniteCheckAll(outcome);
        }
    }

    private static Task<TrainingOutcome> RunAsync(TrainingSettings settings) =>
        TrainingSession.RunAsync(Planted.Small, settings, new SessionOptions());

    private static void FiniteCheckAll(TrainingOutcome outcome)
    {
        Models.FiniteCheck.Verify(outcome.Model!);
        outcome.Epochs.ShouldAllBe(epoch => double.IsFinite(epoch.TrainRmse) && double.IsFinite(epoch.ValidationRmse) && double.IsFinite(epoch.Loss));
    }
}
