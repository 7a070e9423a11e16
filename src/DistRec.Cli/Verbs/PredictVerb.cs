using System.Globalization;
using DistRec.Cli.Batch;
using DistRec.Cli.Queries;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec predict</c>: what would this user rate this item, these users these items, or what is the answer for these rows?</summary>
internal sealed class PredictVerb : Verb
{
    public override string Name => "predict";

    public override string Summary => "Predicts what users would rate items, or the targets of rows of features";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec predict --model runs/als --user 42 --item 318", "one rating"),
        ("distrec predict --model runs/als --ratings mine.csv --item 318", "the rating of a new user, who is folded in by its own ratings"),
        ("distrec predict --server http://127.0.0.1:7500 --user 42 --item 318", "the same, by a server"),
        ("distrec predict --model runs/als --pairs pairs.csv --out predictions.parquet", "many at once: lines of user,item, or a file of ratings"),
        ("distrec predict --model runs/fm-a9a --rows a9a.t --out a9a.predictions", "a number for each row of features, target index:value …"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } =
    [
        .. AnswersOptions.All,
        .. AskerOptions.All,
        ModelFolderOptions.Item,
        ModelFolderOptions.Rows,
        .. PairAnswers.Options,
        .. BatchOptions.All,
        Json,
    ];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        if (given.Has("rows"))
        {
            PredictRows(given, host);
            return ExitCode.Success;
        }

        if (given.Has("pairs"))
        {
            return await PairAnswers.RunAsync(given, host);
        }

        given.Refuse(["out", "format", "threads", "quiet", "columns", "decimal-comma"], "nothing without --pairs or --rows", "leave it out, or ask for many predictions");
        GivenAsker asker = AskerOptions.Read(given);
        string item = ModelFolderOptions.ReadItem(given);
        using IAnswers answers = AnswersOptions.Open(given, host);
        PredictAnswer answer = await answers.PredictAsync(asker, item, host.Stop);
        if (given.Flag("json"))
        {
            JsonOutput.Write(host.Output, answer);
        }
        else
        {
            Screen.ForResults(host).Write(Screen.Pairs(
                ("user", GivenAsker.NameOf(answer.User)),
                ("item", answer.Title is null ? item : $"{item}, {answer.Title}"),
                (answer.Meaning, answer.Deviation is { } deviation
                    ? $"{answer.Prediction:0.00}, give or take {deviation:0.00} (one standard deviation)"
                    : AnswerText.Show(answer.Meaning, answer.Prediction)),
                ("basis", answer.Basis)));
            AskerOptions.WriteNotes(answer.FoldIn, answer.Attributes, host.Error);
        }

        return ExitCode.Success;
    }

    private static void PredictRows(GivenOptions given, CliHost host)
    {
        string path = ModelFolderOptions.ReadPath(given);
        ModelFolderOptions.RefuseWithRows(given, "server", "api-key-file", "user", "item", "ratings", "rated", "attributes", "pairs", "columns", "decimal-comma", "format", "quiet");
        string rows = ModelFolderOptions.ReadRows(given);
        int threads = ModelFolderOptions.ReadThreads(given, host);
        SavedModel saved = ModelFolderOptions.Load(given, path);
        RowAnswers answers = RowAnswers.Of(saved, rows, given.PlaceOf("rows"), threads, host.Stop);
        string? output = given.Text("out");
        if (output is not null)
        {
            AtomicFile.Write(output, stream =>
            {
                using StreamWriter writer = new(stream, leaveOpen: true);
                WriteNumbers(writer, answers.Values);
            });
        }

        if (given.Flag("json"))
        {
            JsonOutput.Write(host.Output, new
            {
                rows = answers.Values.Length,
                meaning = answers.ArePredictedProbabilities ? "probability" : "prediction",
                predictions = output is null ? answers.Values : null,
                path = output is null ? null : Path.GetFullPath(output),
                rmse = answers.Errors?.Rmse,
                mae = answers.Errors?.Mae,
                classification = answers.Classes,
                unknownFeatures = answers.Known.UnknownFeatures,
                unknownValues = answers.Known.UnknownValues,
                modelSha256 = saved.Description.ModelSha256,
            });
            return;
        }

        if (output is null)
        {
            WriteNumbers(host.Output, answers.Values);
        }
        else
        {
            Screen.ForResults(host).Write(Screen.Pairs([.. answers.Describe(), ("written to", output)]));
        }

        answers.WriteNotes(host.Error);
    }

    private static void WriteNumbers(TextWriter writer, double[] values)
    {
        foreach (double value in values)
        {
            writer.Write(((float)value).ToString(CultureInfo.InvariantCulture));
            writer.Write('\n');
        }
    }
}
