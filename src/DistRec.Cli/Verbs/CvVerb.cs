using DistRec.Cli.Protocols;
using Spectre.Console;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec cv</c>: how well does a model do on parts of the data that it has not seen, and how much does that vary?</summary>
internal sealed class CvVerb : Verb
{
    // A single split of train is what folds stand in the place of.
    private static readonly string[] OfOneSplit = ["train", "test", "test-ratio", "split", "fold"];

    public override string Name => "cv";

    public override string Summary => "Trains and tests a model on one fold after the other: mean and standard deviation of its errors";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec cv --data ml-100k --model als", "five random folds; the same ones for any number of threads"),
        ("distrec cv --data ratings.csv --model bpmf --rank 32 --folds 10 --json", "ten of them, for a script"),
        ("distrec cv --fold u1.base,u1.test --fold u2.base,u2.test --model svd++", "folds that came as files"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } = Of(ModelCatalogue.All);

    public override IReadOnlyList<OptionDefinition> UnderHeadings(ModelDefinition? model) => Of(model is null ? ModelCatalogue.All : [model]);

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        IReadOnlyList<TrainJob> jobs = FoldReader.Read(TrainJobReader.WithJobFile(given, ProtocolOptions.JobFileKeys(Options)), host);
        CrossValidation validation = new(jobs, host);
        CvResult result = await ProgressScope.RunAsync(host, jobs[0].Quiet, validation.RunAsync);
        if (jobs[0].Json)
        {
            JsonOutput.Write(host.Output, result);
        }
        else if (result.Folds.Count > 0)
        {
            Write(Screen.ForResults(host), result, validation.Figures);
        }

        switch (result.State)
        {
            case "completed":
                return ExitCode.Success;
            case "stopped":
                await host.Error.WriteLineAsync($"stopped: {result.Folds.Count} of {Quantity.Of(jobs.Count, "fold")} done");
                return ExitCode.Interrupted;
            default:
                await host.Error.WriteLineAsync($"error: training failed: {result.Reason}");
                return ExitCode.Failure;
        }
    }

    private static void Write(IAnsiConsole console, CvResult result, IReadOnlyList<Figure> figures)
    {
        Table table = Screen.TableOf(["fold", .. figures.Select(figure => $"{figure.Name}>"), "best epoch>", "epochs>", "fit>", "test>"]);
        foreach (FoldResult fold in result.Folds)
        {
            table.AddTexts(
            [
                fold.Fold, .. figures.Select(figure => Quantity.Error(fold.Test[figure.Key])), $"{fold.BestEpoch}", $"{fold.Epochs}",
                Quantity.Duration(fold.FitSeconds), Quantity.Duration(fold.TestSeconds),
            ]);
        }

        table.AddTexts(["mean", .. figures.Select(figure => Quantity.Error(result.Mean[figure.Key])), "", "", "", ""]);
        table.AddTexts(["deviation", .. figures.Select(figure => Quantity.Error(result.StandardDeviation[figure.Key])), "", "", "", ""]);
        console.Write(table);
        console.Write(Screen.Pairs(
        [
            ("model", result.Model),
            ("data", result.DataName ?? ""),
            ("folds", result.Folds.Count == result.FoldCount
                ? $"{result.FoldCount}"
                : $"{result.Folds.Count} of {result.FoldCount}; mean and deviation are over these"),
            .. result.Folds.SelectMany(fold => fold.Notes).Distinct().Select(note => ("note", note)),
        ]));
    }

    private static List<OptionDefinition> Of(IReadOnlyList<ModelDefinition> models)
    {
        List<OptionDefinition> options = [.. ProtocolOptions.OfOneModel(models, OfOneSplit)];
        options.InsertRange(options.FindIndex(option => option.Heading == "Split"), TrainOptions.Under("Split", FoldReader.Options));
        return options;
    }
}
