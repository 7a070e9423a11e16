using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DistRec.Cluster.Client;
using DistRec.Evaluation.Ranking;
using DistRec.Evaluation.Reports;
using DistRec.Evaluation.Search;
using DistRec.Training.Protocol;

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

    /// <summary>The page with the pictures of the search; null before a trial is done.</summary>
    public string? Report { get; init; }

    public required string Version { get; init; }
}

/// <summary>
/// Tries settings of a model, judges them on ratings kept aside inside the training part, and fits the best ones again as <c>train</c> does:
/// the test ratings are looked at once, after all has been chosen. Finished trials are kept in a file and never repeated. Trials may train
/// side by side: of what comes out nothing depends on how many do.
/// </summary>
internal sealed class ModelSearch(SearchPlan plan, ISearchPlace place, CliHost host, Func<SearchTrial, int, string> commandOf)
{
    private const string LogFile = "trials.jsonl";
    private const string ReportFile = "search.html";

    // Of a trial's figures one is what it is judged by: of rankings, where they are asked for or all there is, of ratings, of classes.
    private readonly (string Key, bool IsError)[] _judges = plan.Trials[0].Job.Ranking is { } ranking
        ? [(RankingMetric.Ndcg.KeyAt(ranking.MainCutOff), false)]
        : [("rmse", true), (RankingMetric.Ndcg.KeyAt(RankingOptions.UsualCutOff), false), ("logLoss", true)];

    // Of each trial what its last round came to; null before its first.
    private readonly (TrialRecord Record, int Round)?[] _trials = new (TrialRecord, int)?[plan.Trials.Count];

    // Trials of one key are one training.
    private readonly ConcurrentDictionary<string, Lazy<Task<TrialRecord>>> _tried = new(StringComparer.Ordinal);
    private int _doneBefore;
    private string? _dataName;
    private TrialRecord? _final;
    private string? _command;

    private string LogPath => Path.GetFullPath(Path.Combine(plan.Folder, LogFile));

    /// <summary>Runs until the best settings are fitted again, or a person stops it.</summary>
    /// <exception cref="InputException">The data or the folder cannot be used.</exception>
    public async Task<TuneResult> RunAsync(IStageView stages)
    {
        using TrialLog log = TrialLog.Open(LogPath);
        await place.PrepareAsync(plan.Folder, stages);
        try
        {
            await TryAllAsync(log, stages);
            if (Ranked() is [int first, ..] && _trials[first]!.Value.Record.Failure is null)
            {
                SearchTrial best = plan.Trials[first];
                TrialView view = new(stages) { Name = "best" };
                JobData all = await DataSource.LoadAsync(best.Job, host, view);
                TrainJob job = place.Fit(best.Job, all, isLast: true);
                string key = KeyOf(job, all, "final");
                _final = await TryAsync(key, best, job, all, log, view, place.TrainerOf(key, view.Name, isLast: true, host), host);
                _command = _final.Failure is null ? commandOf(best, job.Training.Partitions) : null;
            }
        }
        catch (OperationCanceledException) when (host.Stop.IsCancellationRequested)
        {
            return Result("stopped");
        }
        finally
        {
            await place.LeaveAsync(stages);
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
    private async Task TryAllAsync(TrialLog log, IStageView stages)
    {
        TrainJob first = JudgedJob(plan.Trials[0].Job);
        JobData data = Judged(await DataSource.LoadAsync(first, host, new TrialView(stages) { Name = "tune" }), first);
        _dataName = data.Data.Name;
        stages.Say(data.Describe());
        HashSet<string> told = [];
        int[] left = [.. Enumerable.Range(0, plan.Trials.Count)];
        for (int round = 0; round < plan.Rounds.Count; round++)
        {
            string prefix = plan.Rounds.Count == 1 ? "" : $"round {round + 1}/{plan.Rounds.Count}, ";
            SideBySideView? together = place.AtOnce == 1 ? null : new SideBySideView(stages, $"{prefix}trials", left.Length);
            int current = round;
            await Parallel.ForEachAsync(
                left.Index(),
                new ParallelOptions { MaxDegreeOfParallelism = place.AtOnce, CancellationToken = host.Stop },
                async (one, stop) =>
                {
                    TrialView view = new(together?.Of(one.Index) ?? stages, told) { Name = $"{prefix}trial {one.Index + 1}/{left.Length}" };
                    SearchTrial trial = plan.Trials[one.Item];
                    TrainJob job = JudgedJob(trial.Jobs[current]);
                    TrialRecord record = await TryOnceAsync(trial, job, data, log, view, host with { Stop = stop });
                    _trials[one.Item] = (record, current);
                    together?.End(one.Index);
                    string tried = string.Join(", ", trial.Settings.Select(setting => $"{setting.Key} {setting.Value}"));
                    stages.Say($"{view.Name}: {tried}: {OutcomeOf(record)}");
                });
            left = round + 1 < plan.Rounds.Count ? [.. Ranked()[..plan.Rounds[round + 1].Trials].Order()] : [];
        }
    }

    // A trial whose key another one has already, or has now, is that one.
    private async Task<TrialRecord> TryOnceAsync(SearchTrial trial, TrainJob job, JobData data, TrialLog log, TrialView view, CliHost here)
    {
        job = place.Fit(job, data, isLast: false);
        string key = KeyOf(job, data, "");
        Lazy<Task<TrialRecord>> mine = new(() =>
        {
            Interlocked.Add(ref _doneBefore, log.Find(key) is null ? 0 : 1);
            return TryAsync(key, trial, job, data, log, view, place.TrainerOf(key, view.Name, isLast: false, here), here);
        });
        TrialRecord record = await _tried.GetOrAdd(key, mine).Value;
        return record with { Settings = trial.Settings };
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
        IReadOnlyList<string> settings = SettingsEcho.DecisiveOf(job.SuitedTo(data.Split.Train), data.Data.Users.Count > 0, data.Labels);
        string text = string.Join('\n', [purpose, ProductVersion.Number, job.Training.Model.Kind, data.PartsFingerprint(job.Split), .. settings]);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    private static async Task<TrialRecord> TryAsync(
        string key, SearchTrial tried, TrainJob job, JobData data, TrialLog log, IStageView view, ITrialTrainer trainer, CliHost here)
    {
        here.Stop.ThrowIfCancellationRequested();
        if (log.Find(key) is { } before)
        {
            return before;
        }

        TrialRecord record = new(key, tried.Settings, new Dictionary<string, double?>(), 0, 0, 0, null);
        try
        {
            Trial trial = await Trial.RunAsync(job, data, here, view, trainer);
            record = record with
            {
                Epochs = trial.Epochs,
                BestEpoch = trial.Outcome.BestEpoch,
                FitSeconds = trainer.FitSeconds ?? trial.FitSeconds,
            };
            if (trial.Outcome.State != JobState.Completed)
            {
                record = record with { Failure = trial.Outcome.Reason };
                if (!trainer.FailsAgain(trial.Outcome))
                {
                    return record;
                }
            }
            else
            {
                record = record with { Figures = (trial.Figures?.Values ?? []).ToDictionary(figure => figure.Key, figure => figure.Value) };
            }
        }
        catch (NumericalException exception)
        {
            record = record with { Failure = exception.Message };
        }
        catch (Exception exception) when (exception is InputException or ClusterRefusedException)
        {
            // What this machine or cluster refuses, for its memory for instance, another one may do.
            return record with { Failure = exception.Message };
        }

        log.Add(record);
        await trainer.OnLoggedAsync(view);
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
        Command = _command,
        Log = LogPath,
        Report = WriteReport(),
        Version = ProductVersion.Number,
    };

    private string? WriteReport()
    {
        if (Judge is not { } judge)
        {
            return null;
        }

        string path = Path.GetFullPath(Path.Combine(plan.Folder, ReportFile));
        SearchReport.Write(path, new SearchStudy
        {
            Model = plan.Trials[0].Job.Training.Model.Kind,
            DataName = _dataName ?? "",
            Figure = judge.Key,
            FigureName = Figure.NameOf(judge.Key),
            IsError = judge.IsError,
            Axes = plan.Axes,
            Trials = [.. _trials.Select((trial, index) => (trial, index)).Where(entry => entry.trial is not null)
                .Select(entry => new SearchStudyTrial(entry.index + 1, entry.trial!.Value.Round + 1, entry.trial.Value.Record))],
            Best = Ranked()[0] + 1,
        });
        return path;
    }

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
