using System.Globalization;
using DistRec.Cli.Protocols;
using DistRec.Evaluation.Protocols;
using DistRec.Evaluation.Ranking;
using DistRec.Evaluation.Reports;
using Spectre.Console;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec compare</c>: which of several models does best on the same ratings, and is that more than chance?</summary>
internal sealed class CompareVerb : Verb
{
    private static readonly OptionDefinition Page = new("out", "FILE", "Where a page goes that draws where relevant items are in the rankings of each model [none]") { Heading = "Output" };

    public override string Name => "compare";

    public override string Summary => "Trains several models on the same ratings and compares them on the same test ratings";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec compare --data ml-100k --models als,mf,bpmf", "each with defaults that suit the data"),
        ("distrec compare --data ml-1m --models als-implicit,ease,top-popular --out compare.html", "by rankings, with a picture"),
        ("distrec compare --train u1.base --test u1.test --rank 32 --json", "the usual models on a split that came as files"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } = Of(ModelCatalogue.All);

    public override IReadOnlyList<OptionDefinition> UnderHeadings(ModelDefinition? model) => Of(ModelCatalogue.All);

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        given = TrainJobReader.WithJobFile(given, ProtocolOptions.JobFileKeys(Options));
        IReadOnlyList<TrainJob> jobs = ComparisonReader.Read(ProtocolOptions.With(given, (Page.Name, null)), host);
        string? page = ReadPage(given, jobs);
        ComparisonResult result = await ProgressScope.RunAsync(host, jobs[0].Quiet, new ModelComparison(jobs, host).RunAsync);
        (string, RankCurve)[] curves = [.. result.Models.Where(model => model.Ranking?.Curve is not null).Select(model => (model.Model, model.Ranking!.Curve!))];
        if (page is not null && curves.Length > 0)
        {
            RankCurves.Write(page, result.DataName!, result.Models.First(model => model.Ranking is not null).Ranking!.Candidates, curves);
        }

        if (jobs[0].Json)
        {
            JsonOutput.Write(host.Output, result);
        }
        else if (result.Models.Count > 0)
        {
            Write(Screen.ForResults(host), result);
        }

        if (result.State == "stopped")
        {
            await host.Error.WriteLineAsync($"stopped: {result.Models.Count} of {Quantity.Of(jobs.Count, "model")} done");
            return ExitCode.Interrupted;
        }

        foreach (ComparedModel failed in result.Models.Where(model => model.Failure is not null))
        {
            await host.Error.WriteLineAsync($"error: {failed.Model} failed: {failed.Failure}");
        }

        return result.Models.Any(model => model.Failure is not null) ? ExitCode.Failure : ExitCode.Success;
    }

    private static string? ReadPage(GivenOptions given, IReadOnlyList<TrainJob> jobs)
    {
        if (jobs[0].Ranking is null)
        {
            given.Refuse([Page.Name], "nothing, since models are compared by errors", "leave it out, or give --ranking");
        }
        else if (!jobs[0].Ranking!.WholeRankings)
        {
            given.Refuse([Page.Name], "nothing, since --lists-only leaves out where other items are", "leave one of them out");
        }

        string? page = given.Text(Page.Name);
        if (Directory.Exists(page))
        {
            given.Mistakes.Add(given.PlaceOf(Page.Name), "a file, or a path where nothing is", $"a folder at {GivenOptions.Quote(page)}", "give a file, such as compare.html");
        }

        given.Mistakes.ThrowIfAny();
        return page;
    }

    private static void Write(IAnsiConsole console, ComparisonResult result)
    {
        string level = string.Create(CultureInfo.InvariantCulture, $"{result.Level * 100:0} %");
        if (result.Models.FirstOrDefault(model => model.Ranking is not null)?.Ranking is { } ranking)
        {
            WriteRankings(console, result, ranking, level);
            return;
        }

        Table table = Screen.TableOf("model", "RMSE>", "MAE>", "MSE above best>", $"{level} interval>", "best epoch>", "fit>", "test>", "");
        foreach (ComparedModel model in result.Models)
        {
            table.AddTexts(
                model.Model,
                Quantity.Error(model.Rmse),
                Quantity.Error(model.Mae),
                Signed(model.FromBest?.Value),
                model.FromBest is { } from ? $"{Signed(from.Low)} to {Signed(from.High)}" : "",
                model.BestEpoch is { } epoch ? $"{epoch} of {model.Epochs}" : "",
                model.FitSeconds is { } fit ? Quantity.Duration(fit) : "",
                model.TestSeconds is { } test ? Quantity.Duration(test) : "",
                VerdictOf(model));
        }

        console.Write(table);
        string draws = Quantity.Count(result.Draws);
        console.Write(Screen.Pairs(
        [
            ("data", $"{result.DataName}: {Quantity.Of(result.TestRatings ?? 0, "test rating")} by {Quantity.Of(result.TestUsers ?? 0, "user")}"),
            ("MSE above best", "how much larger the mean squared error of a model is than that of the first one"),
            ($"{level} interval", $"where it is in {level} of {draws} draws of as many test users, with repeats; both models on the same users"),
            ("worse", "the interval lies above 0: other users of the same kind would hardly have turned it round"),
            ("not told apart", "the interval has 0 in it: which of the two is better may be chance"),
            .. result.Models.SelectMany(model => model.Notes.Select(note => ("note", $"{model.Model}: {note}"))),
        ]));
    }

    private static void WriteRankings(IAnsiConsole console, ComparisonResult result, RankingResult first, string level)
    {
        RankingMetric[] metrics = [RankingMetric.Ndcg, RankingMetric.Recall, RankingMetric.HitRate, RankingMetric.ReciprocalRank];
        Table table = Screen.TableOf(
            ["model", .. metrics.Select(metric => $"{metric.Name}>"), "RMSE>", "from best>", $"{level} interval>", "fit>", "test>", ""]);
        foreach (ComparedModel model in result.Models)
        {
            table.AddTexts(
            [
                model.Model,
                .. metrics.Select(metric => Quantity.Error(model.Ranking?.Main(metric))),
                Quantity.Error(model.Rmse),
                Signed(model.FromBest?.Value),
                model.FromBest is { } from ? $"{Signed(from.Low)} to {Signed(from.High)}" : "",
                model.FitSeconds is { } fit ? Quantity.Duration(fit) : "",
                model.TestSeconds is { } test ? Quantity.Duration(test) : "",
                VerdictOf(model),
            ]);
        }

        console.Write(table);
        string draws = Quantity.Count(result.Draws);
        console.Write(Screen.Pairs(
        [
            ("data", $"{result.DataName}: {Quantity.Of(first.RelevantItems, "relevant item")} of {Quantity.Of(first.Users, "test user")}"),
            ("candidates", first.Candidates),
            ("lists", $"of {first.MainCutOff} items"),
            ("from best", "how much larger the nDCG of a model is than that of the first one"),
            ($"{level} interval", $"where it is in {level} of {draws} draws of as many test users, with repeats; both models on the same users"),
            .. metrics.Select(metric => (metric.Name, metric.Convention)),
            .. result.Models.Where(model => model.Rmse is not null).Select(model => ("note", RankingText.OfRatings(model.Model))),
            .. result.Models.SelectMany(model => model.Notes.Select(note => ("note", $"{model.Model}: {note}"))),
        ]));
    }

    private static string VerdictOf(ComparedModel model) => model switch
    {
        { Failure: { } failure } => $"failed: {failure}",
        { FromBest: null } => "best",
        { FromBest.IsClear: true } => "worse",
        _ => "not told apart",
    };

    private static string Signed(double? value) => value?.ToString("+0.0000;-0.0000;0.0000", CultureInfo.InvariantCulture) ?? "";

    private static List<OptionDefinition> Of(IReadOnlyList<ModelDefinition> models)
    {
        List<OptionDefinition> options =
        [
            .. ProtocolOptions.Of(models)
                .Select(option => option.Name == "model" ? ComparisonReader.Models with { Heading = option.Heading } : option),
        ];
        options.Insert(options.FindIndex(option => option.Name == Json.Name), Page);
        return options;
    }
}
