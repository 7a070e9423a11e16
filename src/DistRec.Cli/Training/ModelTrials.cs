using DistRec.Training.Protocol;

namespace DistRec.Cli.Training;

/// <summary>How a model did on the validation ratings.</summary>
/// <param name="Model">Its name.</param>
/// <param name="ValidationRmse">Null where it did not come to an end in time, or failed.</param>
/// <param name="Seconds">What it took.</param>
internal sealed record ModelTrial(string Model, double? ValidationRmse, double Seconds);

/// <summary>
/// Chooses the model where nobody named one: each of a few trains on the ratings of some users, and the one with the least error on the
/// validation ratings of those is trained on all. In a time that does not grow with the data.
/// </summary>
internal static class ModelTrials
{
    /// <summary>Ratings that trials train on at most.</summary>
    public const int MostRatings = 250_000;

    /// <summary>The models that are tried. Of equally good ones the first is taken; it is also taken where there is nothing to try by.</summary>
    public static readonly string[] Candidates = [ModelKinds.Bpmf, ModelKinds.SvdPlusPlus, ModelKinds.Als, ModelKinds.Baseline];

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>The job of the best model, with its trials, and the data as that model takes it.</summary>
    /// <param name="job">A job that is open: its <see cref="TrainJob.Choices"/> are tried.</param>
    /// <param name="data">Its data, read and parted as the job says.</param>
    /// <param name="host">The world around.</param>
    /// <param name="stages">Hears of it.</param>
    public static async Task<(TrainJob Job, JobData Data)> ChooseAsync(TrainJob job, JobData data, CliHost host, IStageView stages)
    {
        List<ModelTrial> trials = [];
        if (data.Data.HasRatings && data.Split.Validation is { Count: > 0 } validation)
        {
            int step = (int)Math.Max(1, (data.Split.Train.Count + MostRatings - 1) / MostRatings);
            RatingSplit sample = new(EveryOf(data.Split.Train, step), EveryOf(validation, step), null);
            trials = await TryAsync(job, data with { Split = sample }, host, stages);
        }

        TrainJob chosen = data.Data.HasRatings ? BestOf(job.Choices, trials) : job.Choices.FirstOrDefault(one => one.Training.Model.IsImplicit) ?? job;
        ModelOptions model = chosen.Training.Model;
        DataSource.RequireRatings(data.Data, model.IsImplicit, model.Kind);
        string why = trials.Count > 0 ? $"by validation RMSE, {string.Join(", ", trials.Select(trial => $"{trial.Model} {ErrorOf(trial)}"))}"
            : data.Data.HasRatings ? "there are no validation ratings to choose by" : "the data has no ratings";
        return (
            chosen with { Notes = [$"--model is {model.Kind}: {why}", .. chosen.Notes], Trials = trials },
            chosen.Split.ValidationRatio > 0 ? data : data with { Split = data.Split.WithoutValidation() });
    }

    private static TrainJob BestOf(IReadOnlyList<TrainJob> choices, List<ModelTrial> trials)
    {
        string? best = trials.Where(trial => trial.ValidationRmse is not null).MinBy(trial => trial.ValidationRmse)?.Model;
        return choices.FirstOrDefault(one => one.Training.Model.Kind == best) ?? choices[0];
    }

    private static async Task<List<ModelTrial>> TryAsync(TrainJob job, JobData data, CliHost host, IStageView stages)
    {
        List<ModelTrial> trials = [];
        using CancellationTokenSource late = new(Limit, host.Time);
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(host.Stop, late.Token);
        TrainJob[] tried = [.. job.Choices.Where(one => !one.Training.Model.IsImplicit)];
        foreach (TrainJob one in tried)
        {
            string kind = one.Training.Model.Kind;
            stages.Show($"trying {kind}", (double)trials.Count / tried.Length, "");
            long start = host.Time.GetTimestamp();
            TrainJob fitted = one.SuitedTo(data.Split.Train).FittedTo(data.MaxPartitions);
            TrainingOutcome outcome = await TrainingSession.RunAsync(
                data.ForTraining(one),
                fitted.Training with { Refit = false, CheckpointEvery = 0 },
                new SessionOptions { Time = host.Time },
                new ImmediateProgress<JobEvent>(_ => { }),
                stop.Token);
            host.Stop.ThrowIfCancellationRequested();
            double? rmse = outcome.State != JobState.Completed ? null
                : outcome.Epochs.LastOrDefault(epoch => epoch.Epoch == outcome.BestEpoch)?.ToFigures().ValidationRmse;
            trials.Add(new ModelTrial(kind, rmse, host.Time.GetElapsedTime(start).TotalSeconds));
            stages.Say($"tried {kind}: validation RMSE {ErrorOf(trials[^1])}, {Quantity.Duration(trials[^1].Seconds)}");
            if (late.IsCancellationRequested)
            {
                break;
            }
        }

        return trials;
    }

    private static string ErrorOf(ModelTrial trial) => trial.ValidationRmse is { } rmse ? Quantity.Error(rmse) : "not found in time";

    // Every step-th user with all ratings.
    private static RatingMatrix EveryOf(RatingMatrix ratings, int step)
    {
        if (step == 1)
        {
            return ratings;
        }

        List<long> starts = [0];
        List<int> columns = [];
        List<float> values = [];
        for (int row = 0; row < ratings.RowCount; row += step)
        {
            columns.AddRange(ratings.RowColumns(row));
            values.AddRange(ratings.RowValues(row));
            starts.Add(columns.Count);
        }

        return new RatingMatrix(ratings.ColumnCount, [.. starts], [.. columns], [.. values]);
    }
}
