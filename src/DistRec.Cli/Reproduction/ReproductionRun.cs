using System.Security.Cryptography;
using System.Text;
using DistRec.Cli.Protocols;
using DistRec.Evaluation.Maps;
using DistRec.Evaluation.Protocols;
using DistRec.Evaluation.Ranking;
using DistRec.Evaluation.Reports;
using DistRec.Evaluation.Search;

namespace DistRec.Cli.Reproduction;

/// <summary>
/// Trains the rows of studies one after the other, each as <c>train</c> does with its options, and writes tables and pictures.
/// Finished trainings are kept in a file and never repeated.
/// </summary>
internal sealed class ReproductionRun(ReproductionPlan plan, CliHost host)
{
    private const string LogFile = "trials.jsonl";
    private const string ReportFile = "reproduction.md";
    private const string FiguresFile = "figures.json";

    // What a picture has room for, names and all.
    private const int MappedItems = 250;

    // What models of interactions are compared by.
    private static readonly string UsualRanking = RankingMetric.Ndcg.KeyAt(RankingOptions.UsualCutOff);

    private readonly List<ReproducedStudy> _studies = [];
    private int _doneBefore;

    private string LogPath => Path.GetFullPath(Path.Combine(plan.Folder, LogFile));

    private string ReportPath => Path.GetFullPath(Path.Combine(plan.Folder, ReportFile));

    /// <summary>Runs until all studies are done, or a person stops it: what was done until then is written.</summary>
    /// <exception cref="InputException">Data or folder cannot be used.</exception>
    public async Task<ReproductionResult> RunAsync(IStageView stages)
    {
        using TrialLog log = TrialLog.Open(LogPath);
        bool isStopped = false;
        foreach (Study study in plan.Studies)
        {
            if (plan.AdviceFor(study) is { } advice)
            {
                stages.Say($"note: {study.Name} is skipped: {advice}");
                _studies.Add(Of(study, "skipped") with { Advice = advice });
                continue;
            }

            isStopped = await RunAsync(study, log, stages);
            if (isStopped)
            {
                break;
            }
        }

        ReproductionResult result = new()
        {
            State = isStopped ? "stopped" : _studies.Any(study => study.State == "failed") ? "failed" : "completed",
            Seed = plan.Seed,
            DoneBefore = _doneBefore,
            Studies = _studies,
            Report = ReportPath,
            Log = LogPath,
            Version = ProductVersion.Number,
        };
        Write(ReportPath, ReproductionReport.Render(result, plan));
        using StringWriter figures = new();
        JsonOutput.Write(figures, result);
        Write(Path.Combine(plan.Folder, FiguresFile), figures.ToString());
        return result;
    }

    private static void Write(string path, string text) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    private static ReproducedStudy Of(Study study, string state) => new()
    {
        Name = study.Name,
        Title = study.Title,
        State = state,
        SourceColumns = study.SourceColumns,
        Differences = study.Differences,
        Rows = [],
        Orders = [],
        Pictures = [],
    };

    // Whether a person stopped it.
    private async Task<bool> RunAsync(Study study, TrialLog log, IStageView stages)
    {
        List<(StudyRow Row, TrialRecord[] Trials)> done = [];
        TrialView view = new(stages) { Name = study.Name };
        string? size = null;
        bool isStopped = false;
        try
        {
            StudyData data = await StudyData.PrepareAsync(study, plan, host, view);
            size = data.Description;
            stages.Say($"{study.Name}: {study.Title}: {size}");
            foreach (StudyRow row in study.Rows)
            {
                view.Name = $"{study.Name} {done.Count + 1}/{study.Rows.Count}, {row.Name}";
                List<TrialRecord> trials = [];
                for (int fold = 1; fold <= Math.Max(1, study.Folds); fold++)
                {
                    trials.Add(await TryAsync(study, row, fold, data, log, view));
                }

                done.Add((row, [.. trials]));
                string came = ModelSearch.OutcomeOf(trials[^1]);
                stages.Say($"{view.Name}: {came}; the source has {string.Join(" and ", row.Source)}");
            }
        }
        catch (OperationCanceledException) when (host.Stop.IsCancellationRequested)
        {
            isStopped = true;
        }

        ReproducedRow[] rows = [.. done.Select(entry => RowOf(study, entry.Row, entry.Trials))];
        _studies.Add(Of(study, isStopped ? "stopped" : rows.Any(row => row.Failure is not null) ? "failed" : "completed") with
        {
            Data = size,
            Rows = rows,
            Orders = [.. OrdersOf(study, done)],
            Pictures =
            [
                .. ReproductionPictures.Write(study, rows, plan.Folder),
                .. done.Where(entry => entry.Row.HasMap && File.Exists(Path.Combine(plan.Folder, MapOf(study, entry.Row))))
                    .Select(entry => new ReproducedPicture(MapOf(study, entry.Row), $"Items of {entry.Row.Name} by t-SNE")),
            ],
        });
        return isStopped;
    }

    private async Task<TrialRecord> TryAsync(Study study, StudyRow row, int fold, StudyData data, TrialLog log, TrialView view)
    {
        host.Stop.ThrowIfCancellationRequested();
        string text = study.OptionsOf(row, plan.Seed) + (study.Folds > 0 ? $" --fold {fold}/{study.Folds}" : "");
        TrainJob job = TrainJobReader.ReadMerged(GivenOf(text, data.Path, plan.Threads), host, isKept: false);
        string? map = row.HasMap && fold == 1 ? Path.Combine(plan.Folder, MapOf(study, row)) : null;
        string key = KeyOf(job, text, data);
        if (log.Find(key) is { } before && (map is null || File.Exists(map)))
        {
            _doneBefore++;
            return before;
        }

        Dictionary<string, string> what = new() { ["study"] = study.Name, ["row"] = row.Name, ["options"] = text };
        TrialRecord record = new(key, what, new Dictionary<string, double?>(), 0, 0, 0, null);
        try
        {
            Trial trial = await Trial.RunAsync(job, await DataSource.LoadAsync(job, host, view), host, view);
            record = record with { Epochs = trial.Epochs, BestEpoch = trial.Outcome.BestEpoch, FitSeconds = trial.FitSeconds };
            record = trial.Outcome.Model is { } model && trial.Figures is { } figures
                ? record with
                {
                    Figures = study.Figures.ToDictionary(key => key, key => figures.Values.First(figure => figure.Key == key).Value),
                    Curve = row.HasCurve ? CurveOf(trial) : null,
                    Parameters = study.CountsParameters ? model.ParameterCount : null,
                    Sums = study.Orders.Count > 0 ? SumsOf(trial, model, figures) : null,
                }
                : record with { Failure = trial.Outcome.Reason };
            if (map is not null && trial.Outcome.Model is { } mapped)
            {
                view.Show("drawing the items", 0, "");
                ItemMapSvg.Write(map, MapOf(trial, mapped));
            }
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

    /// <summary>Options as typed, such as <c>--model mf --rank 8</c>, for a training of these data.</summary>
    public static GivenOptions GivenOf(string options, string path, int threads)
    {
        Dictionary<string, GivenValue> values = new(StringComparer.Ordinal)
        {
            ["data"] = new GivenValue(path, "--data"),
            ["threads"] = new GivenValue($"{threads}", "--threads"),
        };
        foreach (string option in $" {options}".Split(" --", StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = option.Split(' ', 2, StringSplitOptions.TrimEntries);
            values[parts[0]] = new GivenValue(parts.Length == 2 ? parts[1] : "true", $"--{parts[0]}");
        }

        return new GivenOptions(values, new Mistakes());
    }

    private static string KeyOf(TrainJob job, string options, StudyData data) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join('\n', ["reproduce", ProductVersion.Number, data.Fingerprint, options, .. SettingsEcho.DecisiveOf(job)]))));

    private static double?[] CurveOf(Trial trial) =>
    [
        .. trial.Outcome.Epochs.Select(epoch => epoch.ToFigures()).GroupBy(epoch => epoch.Epoch).OrderBy(epoch => epoch.Key)
            .Select(epoch => epoch.Last().ValidationRmse),
    ];

    private UserSums SumsOf(Trial trial, FactorModel model, TestFigures figures)
    {
        RatingMatrix test = trial.Data.Split.Test!;
        if (figures.Rankings is { } rankings)
        {
            return UserSums.Of(rankings.Users, rankings.Of(UsualRanking), test.RowCount);
        }

        var counts = InteractionCounts.Of(Trial.FittedTo(trial.Outcome, trial.Data));
        return UserSums.Of(TestFigures.AnswersFor(model, trial.Data, counts, plan.Threads), test);
    }

    private ItemMap MapOf(Trial trial, FactorModel model)
    {
        RatingData data = trial.Data.Data;
        ModelDescription description = new()
        {
            Kind = model.Kind,
            Options = SettingsEcho.Of(trial.Job),
            Metrics = new Dictionary<string, double>(),
            DataName = data.Name,
            DataFingerprint = data.Fingerprint,
            DistRecVersion = ProductVersion.Number,
            Created = host.Time.GetUtcNow(),
        };
        SavedModel saved = SavedModel.Of(model, data, Trial.FittedTo(trial.Outcome, trial.Data), description);
        TsneOptions tsne = new() { Seed = plan.Seed, Threads = plan.Threads };
        return ItemMapper.Map(saved, new ItemMapOptions { Items = MappedItems, Tsne = tsne }, null, host.Stop);
    }

    private static string MapOf(Study study, StudyRow row) => $"{study.Name}-map-of-{row.Name.Split(',')[0]}.svg";

    private ReproducedRow RowOf(Study study, StudyRow row, TrialRecord[] trials)
    {
        string options = study.OptionsOf(row, plan.Seed);
        return new ReproducedRow
        {
            Name = row.Name,
            Command = $"distrec {(study.Folds > 0 ? $"cv --folds {study.Folds}" : "train")} --data {study.DataName} {options}",
            Source = row.Source,
            Figures = study.Figures.ToDictionary(key => key, key => trials.Average(trial => trial.Figures.GetValueOrDefault(key))),
            BestEpoch = trials[0].BestEpoch,
            Epochs = trials[0].Epochs,
            FitSeconds = trials.Average(trial => trial.FitSeconds),
            Parameters = trials[0].Parameters,
            Curve = trials[0].Curve ?? [],
            Failure = trials.FirstOrDefault(trial => trial.Failure is not null)?.Failure,
        };
    }

    private IEnumerable<ReproducedOrder> OrdersOf(Study study, List<(StudyRow Row, TrialRecord[] Trials)> done)
    {
        Dictionary<string, UserSums?> sums = done.ToDictionary(entry => entry.Row.Name, entry => entry.Trials[0].Sums);
        foreach ((string worse, string better) in study.Orders.SelectMany(order => order.Zip(order.Skip(1))).Distinct())
        {
            if (sums.GetValueOrDefault(worse) is { } first && sums.GetValueOrDefault(better) is { } second)
            {
                // Errors are the better the smaller, figures of rankings the larger.
                bool isError = study.Figures[0] == "rmse";
                MeanDifference difference = isError
                    ? PairedBootstrap.Compare(first, second, plan.Seed, plan.Threads)
                    : PairedBootstrap.Compare(second, first, plan.Seed, plan.Threads);
                yield return new ReproducedOrder(worse, better, isError ? "mse" : UsualRanking, difference);
            }
        }
    }
}
