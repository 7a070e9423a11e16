using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DistRec.Evaluation.Ranking;
using DistRec.Evaluation.Search;

namespace DistRec.Cli.Protocols;

/// <summary>What <c>tune --json</c> prints.</summary>
internal sealed record TuneResult
{
    public required string Model { get; init; }

    /// <summary>Name of the data; null before it is read.</summary>
    public string? DataName { get; init; }

    /// <summary>completed, stopped, or failed where no trial came to an end.</summary>
    public required string State { get; init; }

    /// <summary>The figure that trials are judged by on the ratings kept aside; null before there is any.</summary>
    public string? JudgedBy { get; init; }

    /// <summary>Trials that were asked for.</summary>
    public required int TrialCount { get; init; }

    /// <summary>Trainings that were in the folder already.</summary>
    public required int DoneBefore { get; init; }

    /// <summary>The finished trials, the best one first and those that failed last; those that were halved away after all that went on.</summary>
    public required IReadOnlyList<TrialRecord> Trials { get; init; }

    /// <summary>The best settings fitted again to all training ratings, with the figures on the test ratings; null before.</summary>
    public TrialRecord? Final { get; init; }

    /// <summary>The command that trains and keeps this model.</summary>
    public string? Command { get; init; }

    /// <summary>The file of finished trials.</summary>
    public required string Log { get; init; }

    public required string Version { get; init; }
}

/// <summary>
/// Tries settings of a model, judges them on ratings kept aside inside the training part, and fits the best ones again as <c>train</c> does:
/// the test ratings are looked at once, after all has been chosen. Finished trials are kept in a file and never repeated.
/// </summary>
internal sealed class ModelSearch(SearchPlan plan, CliHost host, Func<IReadOnlyDictionary<string, string>, string> commandOf)
{
    private const string LogFile = "trials.jsonl";

    // Of a trial's figures one is what it is judged by: of rankings, where they are asked for or all there is, of ratings, of classes.
    private readonly (string Key, bool IsError)[] _judges = plan.Trials[0].Job.Ranking is { } ranking
        ? [(RankingMetric.Ndcg.KeyAt(ranking.MainCutOff), false)]
        : [("rmse", true), (RankingMetric.Ndcg.KeyAt(RankingOptions.UsualCutOff), false), ("logLoss", true)];

    /// <summary>Settings that decide how fast it goes, and nothing of what comes out.</summary>
    public static IReadOnlyList<string> WithoutEffect { get; } = ["partitions", "threads", "checkpointEvery"];

    // Of each trial what its last round came to; null before its first.
    private readonly (TrialRecord Record, int Round)?[] _trials = new (TrialRecord, int)?[plan.Trials.Count];
    private int _doneBefore;
    private string? _dataName;
    private TrialRecord? _final;

    private string LogPath => Path.GetFullPath(Path.Combine(plan.Folder, LogFile));

    /// <summary>Runs until the best settings are fitted again, or a person stops it.</summary>
    /// <exception cref="InputException">The data or the folder cannot be used.</exception>
    public async Task<TuneResult> RunAsync(IStageView stages)
    {
        TrialView view = new(stages);
        using TrialLog log = TrialLog.Open(LogPath);
        try
        {
            await TryAllAsync(log, stages, view);
            if (Ranked() is [int first, ..] && _trials[first]!.Value.Record.Failure is null)
            {
                SearchTrial best = plan.Trials[first];
                view.Name = "best";
                JobData all = await DataSource.LoadAsync(best.Job, host, view);
                _final = await TryAsync(KeyOf(best.Job, all, "final"), best.Settings, best.Job, all, log, view);
            }
        }
        catch (OperationCanceledException) when (host.Stop.IsCancellationRequested)
        {
            return Result("stopped");
        }

        return Result(_final is { Failure: null } ? "completed" : "failed");
    }

    /// <summary>How a trial ended, in words.</summary>
    public static string OutcomeOf(TrialRecord trial) => trial.Failure is { } failure ? $"failed: {failure}" : string.Join(
        ", ",
        [
            .. trial.Figures.Select(figure => $"{Figure.NameOf(figure.Key)} {Quantity.Error(figure.Value)}"),
            $"best epoch {trial.BestEpoch} of {trial.Epochs}",
            $"fit {Quantity.Duration(trial.FitSeconds)}",
        ]);

    // The data is let go of when this ends: the best trial has parts of its own.
    private async Task TryAllAsync(TrialLog log, IStageView stages, TrialView view)
    {
        view.Name = "tune";
        TrainJob first = JudgedJob(plan.Trials[0].Job);
        JobData data = Judged(await DataSource.LoadAsync(first, host, view), first);
        _dataName = data.Data.Name;
        stages.Say(data.Describe());
        IEnumerable<int> left = Enumerable.Range(0, plan.Trials.Count);
        for (int round = 0; round < plan.Rounds.Count; round++)
        {
            foreach ((int trial, int place) in left.Select((trial, place) => (trial, place)))
            {
                view.Name = plan.Rounds.Count == 1
                    ? $"trial {place + 1}/{plan.Rounds[round].Trials}"
                    : $"round {round + 1}/{plan.Rounds.Count}, trial {place + 1}/{plan.Rounds[round].Trials}";
                IReadOnlyDictionary<string, string> settings = plan.Trials[trial].Settings;
                TrainJob job = JudgedJob(plan.Trials[trial].Jobs[round]);
                string key = KeyOf(job, data, "");
                _doneBefore += log.Find(key) is null ? 0 : 1;
                TrialRecord record = await TryAsync(key, settings, job, data, log, view);
                _trials[trial] = (record, round);
                string tried = string.Join(", ", settings.Select(setting => $"{setting.Key} {setting.Value}"));
                stages.Say($"{view.Name}: {tried}: {OutcomeOf(record)}");
            }

            left = round + 1 < plan.Rounds.Count ? Ranked()[..plan.Rounds[round + 1].Trials].Order() : [];
        }
    }

    private TrainJob JudgedJob(TrainJob job) => job with
    {
        Split = job.Split with { ValidationRatio = plan.ValidationRatio },
        Training = job.Training with { Refit = false },
    };

    // The ratings kept aside are what figures are taken of; the test part is not there.
    private static JobData Judged(JobData data, TrainJob job)
    {
        bool judgesEpochs = !job.Training.Model.IsImplicit;
        (RatingMatrix? ratings, FeatureRows? rows) = (data.Split.Validation, data.Features?.Validation);
        return data with
        {
            Split = new RatingSplit(data.Split.Train, judgesEpochs ? ratings : null, ratings),
            Features = data.Features is { } features ? features with { Validation = judgesEpochs ? rows : null, Test = rows } : null,
        };
    }

    private static string KeyOf(TrainJob job, JobData data, string purpose)
    {
        IEnumerable<string> settings = SettingsEcho.Of(job.SuitedTo(data.Split.Train), data.Data.Users.Count > 0, data.Labels)
            .Where(setting => !WithoutEffect.Contains(setting.Key)).Select(setting => $"{setting.Key} {setting.Value.GetRawText()}");
        string text = string.Join('\n', [purpose, ProductVersion.Number, job.Training.Model.Kind, data.PartsFingerprint(job.Split), .. settings]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private async Task<TrialRecord> TryAsync(
        string key, IReadOnlyDictionary<string, string> settings, TrainJob job, JobData data, TrialLog log, IStageView view)
    {
        host.Stop.ThrowIfCancellationRequested();
        if (log.Find(key) is { } before)
        {
            return before;
        }

        TrialRecord record = new(key, settings, new Dictionary<string, double?>(), 0, 0, 0, null);
        try
        {
            Trial trial = await Trial.RunAsync(job, data, host, view);
            record = record with { Epochs = trial.Epochs, BestEpoch = trial.Outcome.BestEpoch, FitSeconds = trial.FitSeconds };
            record = trial.Outcome.Model is null
                ? record with { Failure = trial.Outcome.Reason }
                : record with { Figures = (trial.Figures?.Values ?? []).ToDictionary(figure => figure.Key, figure => figure.Value) };
        }
        catch (NumericalException exception)
        {
            record = record with { Failure = exception.Message };
        }
        catch (InputException exception)
        {
            // What this machine refuses, for its memory for instance, another one may do.
            return record with { Failure = exception.Message };
        }

        log.Add(record);
        return record;
    }

    private TuneResult Result(string state) => new()
    {
        Model = plan.Trials[0].Job.Training.Model.Kind,
        DataName = _dataName,
        State = state,
        JudgedBy = Judge?.Key,
        TrialCount = plan.Trials.Count,
        DoneBefore = _doneBefore,
        Trials = [.. Ranked().Select(trial => _trials[trial]!.Value.Record)],
        Final = _final,
        Command = _final is { Failure: null } ? commandOf(_final.Settings) : null,
        Log = LogPath,
        Version = ProductVersion.Number,
    };

    private (string Key, bool IsError)? Judge => _judges.Where(judge => _trials.Any(trial => trial?.Record.Figures.ContainsKey(judge.Key) == true))
        .Select(judge => ((string, bool)?)judge).FirstOrDefault();

    // Finished trials, the best one first. Of equally good ones the first stays the first; how good a trial was counts among those of its round.
    private int[] Ranked()
    {
        (string Key, bool IsError)? judge = Judge;
        return
        [
            .. Enumerable.Range(0, _trials.Length).Where(trial => _trials[trial] is not null)
                .OrderByDescending(trial => _trials[trial]!.Value.Round).ThenBy(trial => Place(_trials[trial]!.Value.Record)),
        ];

        double Place(TrialRecord trial) => judge is not { } by || trial.Figures.GetValueOrDefault(by.Key) is not { } figure ? double.PositiveInfinity
            : by.IsError ? figure : -figure;
    }
}
