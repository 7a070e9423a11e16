using DistRec.Cli.Protocols;
using DistRec.Cluster.Client;
using DistRec.Evaluation.Search;
using Spectre.Console;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec tune</c>: which settings suit a model and its data?</summary>
internal sealed class TuneVerb : Verb
{
    private const int MostRows = 20;

    private static readonly string[] OfSubmit = ["--watch"];

    private static readonly OptionDefinition[] OptionsOfTheCluster =
    [
        .. ClusterOptions.All.Select(option => option.Name == "cluster"
            ? option with { Help = "Train each trial as a job of this cluster: a coordinator of it, such as http://10.0.0.1:7400 [in this process]" }
            : option),
        ClusterOptions.ReconnectSeconds,
    ];

    private static readonly string[] OfTheCluster = [.. OptionsOfTheCluster.Select(option => option.Name)];

    public override string Name => "tune";

    public override string Summary => "Tries settings of a model on ratings kept aside, and tests the best ones once";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec tune --data ml-100k --model als --tune rank=8,16,32 --tune regularization=2,4,8", "all nine combinations"),
        ("distrec tune --data ml-100k --model mf --tune learning-rate=0.002..0.05 --trials 30", "at random; --trials 60 then tries 30 more"),
        ("distrec tune --cluster http://10.0.0.1:7400 --data ml-1m --model mf --tune rank=16..128 --trials 40", "side by side on the workers of a cluster"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } = Of(ModelCatalogue.All);

    public override IReadOnlyList<OptionDefinition> UnderHeadings(ModelDefinition? model) => Of(model is null ? ModelCatalogue.All : [model]);

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        given = TrainJobReader.WithJobFile(given, [.. ProtocolOptions.JobFileKeys(Options).Except(OfTheCluster)]);
        using ClusterClient? client = ReadCluster(given, host);
        TimeSpan giveUpAfter = ClusterOptions.ReadReconnect(given);
        GivenOptions local = ProtocolOptions.With(given, OfTheCluster.Select(name => (name, (GivenValue?)null)));
        SearchPlan plan = SearchReader.Read(local, host);
        TrainJob first = plan.Trials[0].Job;
        ISearchPlace place = client is null
            ? new LocalPlace(plan.Parallel ?? 1)
            : new ClusterPlace(client, plan.Parallel, giveUpAfter, first.Training.Model.Kind, host);
        ModelSearch search = new(plan, place, host, (best, partitions) => CommandOf(given, best, partitions));
        TuneResult result = await ProgressScope.RunAsync(host, first.Quiet, search.RunAsync);
        if (first.Json)
        {
            JsonOutput.Write(host.Output, result);
        }
        else if (result.Trials.Count > 0)
        {
            Write(Screen.ForResults(host), plan, result);
        }

        switch (result.State)
        {
            case "completed":
                return ExitCode.Success;
            case "stopped":
                string done = $"{result.Trials.Count} of {Quantity.Of(result.TrialCount, "trial")} done";
                await host.Error.WriteLineAsync($"stopped: {done}; the same command goes on");
                return ExitCode.Interrupted;
            default:
                string reason = result.Final?.Failure is { } failure
                    ? $"the best settings failed on all ratings: {failure}"
                    : "no trial came to an end";
                await host.Error.WriteLineAsync($"error: {reason}");
                return ExitCode.Failure;
        }
    }

    private static void Write(IAnsiConsole console, SearchPlan plan, TuneResult result)
    {
        string[] figures = [.. result.Trials.SelectMany(trial => trial.Figures.Keys).Distinct()];
        Table table = Screen.TableOf(
            [.. plan.Axes.Select(axis => $"{axis}>"), .. figures.Select(figure => $"{Figure.NameOf(figure)}>"), "best epoch>", "fit>", ""]);
        foreach (TrialRecord trial in result.Trials.Take(MostRows))
        {
            table.AddTexts(
            [
                .. plan.Axes.Select(axis => trial.Settings[axis]),
                .. figures.Select(figure => Quantity.Error(trial.Figures.GetValueOrDefault(figure))),
                trial.BestEpoch > 0 ? $"{trial.BestEpoch} of {trial.Epochs}" : "",
                Quantity.Duration(trial.FitSeconds),
                trial.Failure is { } failure ? $"failed: {failure}" : "",
            ]);
        }

        console.Write(table);
        console.Write(Screen.Pairs(
        [
            ("model", result.Model),
            ("data", result.DataName ?? ""),
            ("trials", $"{result.Trials.Count} of {result.TrialCount}, judged by {Figure.NameOf(result.JudgedBy ?? "nothing")} on ratings kept aside"
                + (result.Trials.Count > MostRows ? $"; the best {MostRows} are shown" : "")),
            .. result.Final is { Failure: null } final ? new[]
            {
                ("test", final.Figures.Count == 0 ? "no test ratings" : ModelSearch.OutcomeOf(final)), ("train with", result.Command!),
            } : [],
            ("log", result.Log),
            .. result.Report is { } report ? new[] { ("pictures", report) } : [],
        ]));
    }

    // A variable names a cluster for commands that need one; a search goes there only where somebody says so.
    private static ClusterClient? ReadCluster(GivenOptions given, CliHost host)
    {
        if (given.Has("cluster"))
        {
            SubmitOptions.RefuseLocal(given);
            return ClusterOptions.Read(given, host);
        }

        given.Refuse(OfTheCluster, "nothing without --cluster", "give the cluster's address, or leave it out");
        return null;
    }

    // What was typed, with the chosen settings in the place of those that were tried.
    private static string CommandOf(GivenOptions given, SearchTrial best, int partitions)
    {
        bool isLocal = !given.Has("cluster");
        IReadOnlyList<OptionDefinition> known = isLocal ? TrainOptions.All : SubmitOptions.All;
        string[] ofTune = [.. SearchReader.Options.Select(option => option.Name), "job", "json", "quiet"];
        Dictionary<string, string> options = given.Values.Where(option => !ofTune.Contains(option.Key))
            .ToDictionary(option => option.Key, option => option.Value.Text);
        options["model"] = best.Job.Training.Model.Kind;
        if (!isLocal)
        {
            // submit has a default of its own.
            options["partitions"] = $"{partitions}";
        }

        foreach ((string name, string value) in best.Settings.Where(setting => setting.Value != SearchReader.Default))
        {
            options[name] = value;
        }

        return ShellText.Line(
        [
            "distrec", isLocal ? "train" : "submit", .. isLocal ? [] : OfSubmit,
            .. options.SelectMany(option => known.First(one => one.Name == option.Key).IsFlag
                ? option.Value == "true" ? new[] { $"--{option.Key}" } : []
                : [$"--{option.Key}", option.Value]),
        ]);
    }

    private static List<OptionDefinition> Of(IReadOnlyList<ModelDefinition> models)
    {
        List<OptionDefinition> options = [.. ProtocolOptions.OfOneModel(models, [.. SearchReader.Replaced])];
        int settings = options.FindIndex(option => option.Heading == TrainOptions.SettingsHeading);
        options.InsertRange(settings, TrainOptions.Under("Cluster", OptionsOfTheCluster));
        options.InsertRange(settings, TrainOptions.Under("Search", SearchReader.Options));
        return options;
    }
}
