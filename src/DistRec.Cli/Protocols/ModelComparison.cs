using System.Text.Json;
using DistRec.Evaluation.Protocols;
using DistRec.Evaluation.Ranking;

namespace DistRec.Cli.Protocols;

/// <summary>A model of a comparison. Figures are null where it failed.</summary>
internal sealed record ComparedModel
{
    public required string Model { get; init; }

    public double? Rmse { get; init; }

    public double? Mae { get; init; }

    /// <summary>Where items are that its users took to; null where models are compared by errors.</summary>
    public RankingResult? Ranking { get; init; }

    /// <summary>How much larger its mean squared error, or its nDCG, is than that of the best model; null for the best itself.</summary>
    public MeanDifference? FromBest { get; init; }

    /// <summary>Epochs done, and the one whose tables the model has.</summary>
    public int? Epochs { get; init; }

    public int? BestEpoch { get; init; }

    public double? FitSeconds { get; init; }

    public double? TestSeconds { get; init; }

    /// <summary>Test ratings by users, and of items, without training ratings.</summary>
    public long? ColdUsers { get; init; }

    public long? ColdItems { get; init; }

    /// <summary>Why it failed; null where it did not.</summary>
    public string? Failure { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>All settings as they took effect.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Settings { get; init; }
}

/// <summary>What <c>compare --json</c> prints.</summary>
internal sealed record ComparisonResult
{
    /// <summary>Name of the data; null before it is read.</summary>
    public string? DataName { get; init; }

    public long? TestRatings { get; init; }

    /// <summary>Users with test ratings.</summary>
    public int? TestUsers { get; init; }

    /// <summary>completed or stopped.</summary>
    public required string State { get; init; }

    /// <summary>The figure that models are compared by.</summary>
    public required string ComparedBy { get; init; }

    /// <summary>Share of the draws that an interval has, and draws.</summary>
    public double Level { get; init; } = PairedBootstrap.UsualLevel;

    public int Draws { get; init; } = PairedBootstrap.UsualDraws;

    /// <summary>The models that were tried, the best one first and those that failed last.</summary>
    public required IReadOnlyList<ComparedModel> Models { get; init; }

    public required string Version { get; init; }
}

/// <summary>Trains several models on the same training ratings, and compares them on the same test ratings.</summary>
internal sealed class ModelComparison(IReadOnlyList<TrainJob> jobs, CliHost host)
{
    private readonly List<(ComparedModel Model, UserSums? Sums)> _models = [];
    private string? _fingerprint;
    private readonly RankingOptions? _ranking = jobs[0].Ranking;
    private ComparisonResult _result = new()
    {
        State = "completed", Models = [], Version = ProductVersion.Number,
        ComparedBy = jobs[0].Ranking is { } ranking ? RankingMetric.Ndcg.KeyAt(ranking.MainCutOff) : "rmse",
    };

    /// <summary>Runs until all models are done, or a person stops it: those before that count.</summary>
    /// <exception cref="InputException">The data cannot be used.</exception>
    public async Task<ComparisonResult> RunAsync(IStageView stages)
    {
        TrialView view = new(stages);
        try
        {
            foreach (TrainJob job in jobs)
            {
                view.Name = job.Training.Model.Kind;
                _models.Add(await TryAsync(job, stages, view));
                stages.Say(LineOf(_models[^1].Model));
            }
        }
        catch (OperationCanceledException) when (host.Stop.IsCancellationRequested)
        {
            _result = _result with { State = "stopped" };
        }

        return _result with { Models = [.. Ranked()] };
    }

    private static string LineOf(ComparedModel model) => model.Failure is { } failure
        ? $"{model.Model}: {failure}"
        : $"{model.Model}: {(model.Ranking is { } ranking ? RankingText.Brief(ranking) : $"RMSE {Quantity.Error(model.Rmse)}, MAE {Quantity.Error(model.Mae)}")}, "
            + $"best epoch {model.BestEpoch} of {model.Epochs}, "
            + $"fit {Quantity.Duration(model.FitSeconds!.Value)}, test {Quantity.Duration(model.TestSeconds!.Value)}";

    private void Describe(JobData data, IStageView stages)
    {
        if (data.Split.Test is not { Count: > 0 } test)
        {
            throw InputException.At(
                data.Data.Name, "test ratings to compare by", "none", "take a larger --test-ratio, or give --train and --test");
        }

        if (_fingerprint is null)
        {
            stages.Say(data.Describe());
            _fingerprint = data.Data.Fingerprint;
            int users = Partitioner.RowCounts(test).Count(count => count > 0);
            _result = _result with { DataName = data.Data.Name, TestRatings = test.Count, TestUsers = users };
        }
        else if (_fingerprint != data.Data.Fingerprint)
        {
            throw InputException.At(
                data.Data.Name, "the same data for all models", "data that changed after the model before",
                "run it again when nobody writes to it");
        }
    }

    // Data and model are let go of when this ends, before those of the next model are there.
    private async Task<(ComparedModel Model, UserSums? Sums)> TryAsync(TrainJob job, IStageView stages, TrialView view)
    {
        JobData data = await DataSource.LoadAsync(job, host, view);
        Describe(data, stages);
        ComparedModel model = new() { Model = job.Training.Model.Kind, Notes = job.Notes, Settings = SettingsEcho.Of(job) };
        try
        {
            Trial trial = await Trial.RunAsync(job, data, host, view);
            model = model with { Notes = [.. trial.Notes], Settings = SettingsEcho.Of(trial.Job), FitSeconds = trial.FitSeconds };
            if (trial.Figures is not { } figures || trial.Outcome.Model is not { } trained)
            {
                return (model with { Failure = trial.Outcome.Reason }, null);
            }

            model = model with
            {
                Rmse = figures.Errors?.Rmse,
                Mae = figures.Errors?.Mae,
                Ranking = figures.Ranking,
                Epochs = trial.Epochs,
                BestEpoch = trial.Outcome.BestEpoch,
                TestSeconds = trial.TestSeconds,
                ColdUsers = figures.Errors?.ColdUsers,
                ColdItems = figures.Errors?.ColdItems,
            };
            if (figures.Rankings is { } rankings)
            {
                return (model, UserSums.Of(rankings.Users, rankings.Of(_result.ComparedBy), data.Split.Test!.RowCount));
            }

            var counts = InteractionCounts.Of(Trial.FittedTo(trial.Outcome, data));
            double[] answers = TestFigures.AnswersFor(trained, data, counts, job.Read.Threads);
            return (model, UserSums.Of(answers, data.Split.Test!));
        }
        catch (Exception exception) when (exception is InputException or NumericalException)
        {
            return (model with { Failure = exception.Message }, null);
        }
    }

    private IEnumerable<ComparedModel> Ranked()
    {
        (ComparedModel Model, UserSums? Sums)[] ranked =
            [.. _models.Where(one => one.Sums is not null).OrderBy(one => _ranking is null ? one.Sums!.Mean : -one.Sums!.Mean)];
        foreach ((ComparedModel model, UserSums? sums) in ranked)
        {
            yield return ReferenceEquals(model, ranked[0].Model)
                ? model
                : model with { FromBest = PairedBootstrap.Compare(sums!, ranked[0].Sums!, jobs[0].Seed, jobs[0].Read.Threads) };
        }

        foreach ((ComparedModel failed, _) in _models.Where(one => one.Sums is null))
        {
            yield return failed;
        }
    }
}
