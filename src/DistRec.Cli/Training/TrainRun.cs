using DistRec.Evaluation;
using DistRec.Evaluation.Metrics;
using DistRec.Evaluation.Ranking;
using DistRec.Models.Baseline;
using DistRec.Training.Protocol;

namespace DistRec.Cli.Training;

/// <summary>What a run came to: its figures, and ids to try the model with.</summary>
/// <param name="Job">The job as it was trained, of the model that was chosen where none was named.</param>
/// <param name="Result">The figures.</param>
/// <param name="Outcome">How training ended.</param>
/// <param name="ExampleUser">A user with training ratings; null for rows that are no ratings.</param>
/// <param name="ExampleItem">An item with training ratings; null for rows that are no ratings.</param>
internal sealed record TrainRunResult(TrainJob Job, TrainResult Result, TrainingOutcome Outcome, string? ExampleUser, string? ExampleItem);

/// <summary>Runs a training job from its ratings to the saved model.</summary>
internal static class TrainRun
{
    /// <exception cref="InputException">The data cannot be used.</exception>
    /// <exception cref="DistRec.Cluster.Client.ClusterException">The cluster cannot be used.</exception>
    public static async Task<TrainRunResult> RunAsync(TrainJob job, ITrainer trainer, CliHost host, IStageView stages)
    {
        await trainer.PrepareAsync(stages);
        if (job.Data is DataChoice.Generated generated)
        {
            trainer.CheckMemory(JobMemory.Of(job.Training, generated.Ratings, generated.Users, generated.Items), new SilentView());
        }

        JobData data = await DataSource.LoadAsync(job, host, stages);
        host.Stop.ThrowIfCancellationRequested();
        stages.Say(data.Describe());
        if (job.Choices.Count > 0)
        {
            (job, data) = await ModelTrials.ChooseAsync(job, data, host, stages);
        }

        RatingMatrix train = data.Split.Train;
        job = trainer.Fit(job, data).SuitedTo(train);
        trainer.CheckMemory(JobMemory.Of(job.Training, data.ForTraining(job)), stages);
        EventView events = new(stages, host.Time, job.Training.Epochs, data.TrainCount);
        TrainingOutcome outcome = await trainer.TrainAsync(job, data.ForTraining(job), events, stages);
        events.Complete();
        TrainResult result = WithNoteOfBiases(Describe(job, data, outcome), job, data);

        // A model that is not done never takes the place of one that is.
        if (outcome is { State: JobState.Completed, Model: { } model })
        {
            result = Finish(job, host, data, model, outcome.Refitted, result, stages);
            trainer.OnSaved(job);
        }

        int user = Array.FindIndex(Partitioner.RowCounts(train), count => count > 0);
        return user < 0 || outcome.Model is { UserBiases.Length: 0, ItemBiases.Length: 0 }
            ? new TrainRunResult(job, result, outcome, null, null)
            : new TrainRunResult(job, result, outcome, data.Data.Users[user], data.Data.Items[train.RowColumns(user)[0]]);
    }

    private static TrainResult Describe(TrainJob job, JobData data, TrainingOutcome outcome)
    {
        double? seconds = outcome.SecondsPerEpoch > 0 ? outcome.SecondsPerEpoch : null;
        return new TrainResult
        {
            Model = job.Training.Model.Kind,
            DataName = data.Data.Name,
            DataFingerprint = data.Data.Fingerprint,
            Ratings = data.RatingCount,
            TrainRatings = data.TrainCount,
            ValidationRatings = data.ValidationCount,
            TestRatings = data.TestCount,
            Users = data.Data.Users.Count,
            Items = data.Data.Items.Count,
            Features = data.Features?.Space.Count,
            Rank = job.Training.Model.FactorCount,
            Epochs = outcome.Epochs.Count == 0 ? 0 : outcome.Epochs.Max(epoch => epoch.Epoch),
            BestEpoch = outcome.BestEpoch,
            State = StateName(outcome.State),
            StopReason = outcome.Reason,
            SecondsPerEpoch = seconds,
            RatingsPerSecond = seconds is { } median ? data.TrainCount / median : null,
            PeakMemoryMiB = PeakMemory.MiB(),
            CheckpointPath = outcome.CheckpointPath is { } path ? Path.GetFullPath(path) : null,
            Notes = [.. job.Notes, .. FeedbackSource.NotesOf(data), .. outcome.Notes],
            Curve = [.. outcome.Epochs.Select(epoch => epoch.ToFigures())],
            Trials = job.Trials.Count == 0 ? null : job.Trials,
            Settings = SettingsEcho.Of(job, data.Data.Users.Count > 0, data.Labels),
            Version = ProductVersion.Number,
        };
    }

    // A model that has learned less than where users and items rate says so.
    private static TrainResult WithNoteOfBiases(TrainResult result, TrainJob job, JobData data)
    {
        double? reached = result.Curve.LastOrDefault(epoch => epoch.Epoch == result.BestEpoch)?.ValidationRmse;
        if (reached is not { } rmse || data.Split.Validation is not { } validation
            || job.Training.Model is { IsImplicit: true } or { HasFeatures: true } or BaselineOptions
            || !(BiasBaseline.RmseOf(data.Split.Train, validation, new BaselineOptions()) is { } biases && biases < rmse))
        {
            return result;
        }

        string note = $"{result.Model} is no better than biases alone on the validation ratings, {Quantity.Error(rmse)} against {Quantity.Error(biases)}: "
            + "train without --model, which takes the best of several, or --model baseline";
        return result with { Notes = [.. result.Notes, note] };
    }

    private static TrainResult Finish(TrainJob job, CliHost host, JobData data, FactorModel model, bool isRefitted, TrainResult result, IStageView stages)
    {
        stages.Show("evaluating", 0, "");
        RatingSplit split = data.Split;
        if (isRefitted)
        {
            split = split.WithoutValidation();
        }

        var counts = InteractionCounts.Of(split.Train);
        EvaluationResult? train = TestFigures.ErrorsOn(model, counts, split.Train, data.Features?.Train, job.Read.Threads);
        EvaluationResult? validation = TestFigures.ErrorsOn(model, counts, split.Validation, data.Features?.Validation, job.Read.Threads);
        TestFigures test = TestFigures.Of(model, data, split.Train, counts, job.Read.Threads, job.Ranking);
        result = result with
        {
            TrainRmse = train?.Rmse,
            ValidationRmse = isRefitted ? result.Curve.First(epoch => epoch.Epoch == result.BestEpoch).ValidationRmse : validation?.Rmse,
            TestRmse = test.Errors?.Rmse,
            TestMae = test.Errors?.Mae,
            TestClassification = test.Classes,
            TestRanking = test.Ranking,
            NoiseFloorRmse = model.IsImplicit ? null : data.NoiseFloorRmse,
            TestColdUsers = test.Errors?.ColdUsers,
            TestColdItems = test.Errors?.ColdItems,
        };
        stages.Show("saving", 0, "");
        SavedModel saved = SavedModel.Of(model, data.Data, split.Train, Description(host, job, result));
        Save(job, saved);
        result = result with { ModelPath = Path.GetFullPath(job.Out), ModelSha256 = saved.Description.ModelSha256, CheckpointPath = null };
        string report = ReportFile.Write(job.Out, result, data, saved, test.Errors, host.Time);
        return result with { ReportPath = report, PeakMemoryMiB = PeakMemory.MiB() };
    }

    // What was trained is not lost where its folder turns out to be one that cannot be replaced, such as a mount point.
    private static void Save(TrainJob job, SavedModel saved)
    {
        try
        {
            ModelFolder.Save(job.Out, saved);
        }
        catch (Exception refused) when (refused is InputException or IOException or UnauthorizedAccessException)
        {
            string beside = Path.Combine(OutFolder.WorkFolderOf(job.Out), "model");
            try
            {
                ModelFolder.Save(beside, saved);
            }
            catch (Exception second) when (second is InputException or IOException or UnauthorizedAccessException)
            {
                throw new InputException(refused.Message, refused);
            }

            throw new InputException($"{refused.Message}{Environment.NewLine}the model was saved to {beside} instead", refused);
        }
    }

    private static ModelDescription Description(CliHost host, TrainJob job, TrainResult result)
    {
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal) { ["bestEpoch"] = result.BestEpoch, ["epochs"] = result.Epochs };
        Add("trainRmse", result.TrainRmse);
        Add("validationRmse", result.ValidationRmse);
        Add("testRmse", result.TestRmse);
        Add("testMae", result.TestMae);
        Add("testAccuracy", result.TestClassification?.Accuracy);
        Add("testLogLoss", result.TestClassification?.LogLoss);
        Add("testAuc", result.TestClassification?.Auc);
        Add("testRecall", result.TestRanking?.Main(RankingMetric.Recall));
        Add("testNdcg", result.TestRanking?.Main(RankingMetric.Ndcg));
        Add("testMeanPercentileRank", result.TestRanking?.Main(RankingMetric.PercentileRank));
        return new ModelDescription
        {
            Kind = result.Model,
            Options = result.Settings,
            Command = job.Given,
            Metrics = metrics,
            DataName = result.DataName,
            DataFingerprint = result.DataFingerprint,
            DistRecVersion = ProductVersion.Number,
            GitCommit = ProductVersion.Commit,
            Created = host.Time.GetUtcNow(),
        };

        void Add(string name, double? metric)
        {
            if (metric is { } value)
            {
                metrics[name] = value;
            }
        }
    }

    private static string StateName(JobState state) => state switch
    {
        JobState.Completed => "completed",
        JobState.Cancelled => "cancelled",
        _ => "failed",
    };
}
