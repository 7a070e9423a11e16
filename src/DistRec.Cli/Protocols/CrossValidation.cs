using System.Text.Json;
using DistRec.Evaluation.Protocols;
using DistRec.Training.Protocol;

namespace DistRec.Cli.Protocols;

/// <summary>A fold of a cross-validation.</summary>
internal sealed record FoldResult
{
    /// <summary>Its number from 1, or the name of its file of test ratings.</summary>
    public required string Fold { get; init; }

    public required long TrainRatings { get; init; }

    public required long ValidationRatings { get; init; }

    public required long TestRatings { get; init; }

    /// <summary>Epochs done, and the one whose tables the model has.</summary>
    public required int Epochs { get; init; }

    public required int BestEpoch { get; init; }

    /// <summary>The figures on the test part by name.</summary>
    public required IReadOnlyDictionary<string, double?> Test { get; init; }

    /// <summary>Test ratings by users, and of items, without training ratings; null for models that predict none.</summary>
    public long? ColdUsers { get; init; }

    public long? ColdItems { get; init; }

    public required double FitSeconds { get; init; }

    public required double TestSeconds { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }
}

/// <summary>What <c>cv --json</c> prints.</summary>
internal sealed record CvResult
{
    public required string Model { get; init; }

    /// <summary>Name of the data, of the first fold where each has its own; null before it is read.</summary>
    public string? DataName { get; init; }

    /// <summary>Folds that were asked for.</summary>
    public required int FoldCount { get; init; }

    /// <summary>completed, stopped or failed.</summary>
    public required string State { get; init; }

    /// <summary>Why it failed; null otherwise.</summary>
    public string? Reason { get; init; }

    /// <summary>The folds that are done.</summary>
    public required IReadOnlyList<FoldResult> Folds { get; init; }

    /// <summary>Mean over these folds by figure; null where one of them has none.</summary>
    public required IReadOnlyDictionary<string, double?> Mean { get; init; }

    /// <summary>Standard deviation over these folds, with n − 1; null for a single one.</summary>
    public required IReadOnlyDictionary<string, double?> StandardDeviation { get; init; }

    /// <summary>All settings as they took effect in the first fold; null before it is trained.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Settings { get; init; }

    public required string Version { get; init; }
}

/// <summary>Trains and tests a model on one fold after the other.</summary>
internal sealed class CrossValidation(IReadOnlyList<TrainJob> jobs, CliHost host)
{
    private readonly List<FoldResult> _folds = [];
    private IReadOnlyDictionary<string, JsonElement>? _settings;
    private string? _fingerprint;
    private string? _name;

    /// <summary>Names of the figures, by their names in JSON.</summary>
    public IReadOnlyList<Figure> Figures { get; private set; } = [];

    /// <summary>Runs until all folds are done, one fails, or a person stops it: the folds before that count.</summary>
    /// <exception cref="InputException">The data cannot be used.</exception>
    public async Task<CvResult> RunAsync(IStageView stages)
    {
        TrialView view = new(stages);
        string? fault = null;
        try
        {
            for (int fold = 0; fold < jobs.Count && fault is null; fold++)
            {
                view.Name = $"fold {fold + 1}/{jobs.Count}";
                fault = await RunAsync(fold, stages, view);
            }
        }
        catch (OperationCanceledException) when (host.Stop.IsCancellationRequested)
        {
            return Result("stopped", null);
        }

        return Result(fault is null ? "completed" : "failed", fault);
    }

    /// <summary>Mean and standard deviation of a figure over the folds; null where a fold has none.</summary>
    public static MeanDeviation? Over(IReadOnlyList<FoldResult> folds, string key)
    {
        double[] values = [.. folds.Select(fold => fold.Test[key]).OfType<double>()];
        return values.Length == folds.Count && values.Length > 0 ? MeanDeviation.Of(values) : null;
    }

    // Data and model are let go of when this ends, before those of the next fold are there.
    private async Task<string?> RunAsync(int fold, IStageView stages, TrialView view)
    {
        JobData data = await DataSource.LoadAsync(jobs[fold], host, view);
        RequireSameData(data, jobs[fold]);
        if (fold == 0 || jobs[fold].Data is DataChoice.Pair)
        {
            stages.Say(data.Describe());
        }

        Trial trial = await Trial.RunAsync(jobs[fold], data, host, view);
        Add(trial, fold, stages);
        return trial.Outcome.State == JobState.Completed ? null : $"fold {fold + 1}: {trial.Outcome.Reason}";
    }

    // Parts of a file that changes meanwhile are not parts of one whole.
    private void RequireSameData(JobData data, TrainJob job)
    {
        if (job.Data is not DataChoice.Pair && _fingerprint is { } before && before != data.Data.Fingerprint)
        {
            throw InputException.At(
                data.Data.Name, "the same data for all folds", "data that changed after the fold before",
                "run it again when nobody writes to it");
        }

        _fingerprint = data.Data.Fingerprint;
        _name ??= data.Data.Name;
    }

    private void Add(Trial trial, int fold, IStageView stages)
    {
        _settings ??= SettingsEcho.Of(trial.Job, trial.Data.Data.Users.Count > 0, trial.Data.Labels);
        if (trial.Figures is not { } figures)
        {
            return;
        }

        Figures = figures.Values;
        FoldResult result = new()
        {
            Fold = FoldReader.NameOf(trial.Job, fold),
            TrainRatings = trial.Data.TrainCount,
            ValidationRatings = trial.Data.ValidationCount,
            TestRatings = trial.Data.TestCount,
            Epochs = trial.Epochs,
            BestEpoch = trial.Outcome.BestEpoch,
            Test = Figures.ToDictionary(figure => figure.Key, figure => figure.Value),
            ColdUsers = figures.Errors?.ColdUsers,
            ColdItems = figures.Errors?.ColdItems,
            FitSeconds = trial.FitSeconds,
            TestSeconds = trial.TestSeconds,
            Notes = [.. trial.Notes],
        };
        _folds.Add(result);
        string values = string.Join(", ", Figures.Select(figure => $"{figure.Name} {Quantity.Error(figure.Value)}"));
        stages.Say(
            $"fold {fold + 1}/{jobs.Count}: {values}, best epoch {result.BestEpoch} of {result.Epochs}, "
            + $"fit {Quantity.Duration(result.FitSeconds)}, test {Quantity.Duration(result.TestSeconds)}");
    }

    private CvResult Result(string state, string? reason) => new()
    {
        Model = jobs[0].Training.Model.Kind,
        DataName = _name,
        FoldCount = jobs.Count,
        State = state,
        Reason = reason,
        Folds = _folds,
        Mean = Figures.ToDictionary(figure => figure.Key, figure => Over(_folds, figure.Key)?.Mean),
        StandardDeviation = Figures.ToDictionary(figure => figure.Key, figure => Over(_folds, figure.Key)?.Deviation),
        Settings = _settings,
        Version = ProductVersion.Number,
    };
}
