using System.Globalization;
using DistRec.Cli.Protocols;
using DistRec.Evaluation.Protocols;
using DistRec.Evaluation.Ranking;
using Spectre.Console;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec compare</c>: which of several models does best on the same ratings, and is that more than chance?</summary>
internal sealed class CompareVerb : Verb
{
    public override string Name => "compare";

    public override string Summary => "Trains several models on the same ratings and compares them on the same test ratings";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec compare --data ml-100k --models als,mf,bpmf", "each with defaults that suit the data"),
        ("distrec compare --train u1.base --test u1.test --rank 32 --json", "the usual models on a split that came as files"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } = Of(ModelCatalogue.All);

    public override IReadOnlyList<OptionDefinition> UnderHeadings(ModelDefinition? model) => Of(ModelCatalogue.All);

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        IReadOnlyList<TrainJob> jobs = ComparisonReader.Read(TrainJobReader.WithJobFile(given, ProtocolOptions.JobFileKeys(Options)), host);
        ComparisonResult result = await ProgressScope.RunAsync(host, jobs[0].Quiet, new ModelComparison(jobs, host).RunAsync);
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

    private static List<OptionDefinition> Of(IReadOnlyList<ModelDefinition> models) =>
    [
        .. ProtocolOptions.Of(models)
            .Select(option => option.Name == "model" ? ComparisonReader.Models with { Heading = option.Heading } : option),
    ];
}
