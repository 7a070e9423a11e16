using DistRec.Cli.Queries;
using DistRec.Evaluation;
using DistRec.Evaluation.Metrics;
using DistRec.Evaluation.Ranking;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec evaluate</c>: how well does a model predict these ratings?</summary>
internal sealed class EvaluateVerb : Verb
{
    private const string ColdByMeans = "cold users are answered by mean + item bias, cold items by mean + user bias, both by the mean";
    private const string ColdByFeatures = "users and items are told by their features, those of time and last item as they are after training; unknown ids by means";

    public override string Name => "evaluate";

    public override string Summary => "Compares a model's predictions with ratings, or with the targets of rows of features";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec evaluate --model runs/als --data new-ratings.csv", "RMSE and MAE on ratings of a file; how items are ranked, for a model of interactions"),
        ("distrec evaluate --model runs/ease --data later.csv --k 5,10,20", "the order of items, with intervals and what each figure is"),
        ("distrec evaluate --model runs/fm-a9a --rows a9a.t", "on rows of features: accuracy, log-loss and AUC, or RMSE and MAE"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } =
    [
        ModelFolderOptions.Model,
        new("data", "PATH|NAME", "Ratings to compare with"),
        ModelFolderOptions.Rows,
        .. TrainOptions.All.Where(option => DataChoiceReader.ReaderOptions.Contains(option.Name)),
        .. RankingReader.Options,
        TrainOptions.All.Single(option => option.Name == "seed") with { Help = $"Keys the draws of candidates and of intervals [{ModelSettingsReader.DefaultSeed}]", Heading = "Ranking" },
        ModelFolderOptions.Threads,
        Json,
    ];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        string path = ModelFolderOptions.ReadPath(given);
        if (given.Has("rows"))
        {
            EvaluateRows(given, host, path);
            return ExitCode.Success;
        }

        string name = given.Required("data", "ratings to compare with", "give a file or folder, or --rows for rows of features");
        int threads = ModelFolderOptions.ReadThreads(given, host);
        ulong seed = given.Seed("seed", ModelSettingsReader.DefaultSeed);
        RankingOptions? ranking = RankingReader.Read(given, seed, threads);
        ReadOptions how = DataChoiceReader.ReadHow(given, threads) with { KeepTimestamps = false, ReadTitles = false };
        DataChoice choice = name.Length == 0 ? new DataChoice.AtPath(name) : DataChoiceReader.ReadOne(given, name);
        SavedModel saved = ModelFolderOptions.LoadForUsers(given, path);
        how = how with { DropZeros = ModelCatalogue.Find(saved.Model.Kind)?.Defaults.DropsZeros ?? false };
        string source = await DataSource.PathOfAsync(choice, host, new SilentView());
        RatingData data = RatingReader.ReadInto(saved.Users, saved.Items, source, how, cancellation: host.Stop);
        DataSource.RequireRatings(data, saved.Model.IsImplicit, saved.Model.Kind);
        foreach (string note in data.Notes)
        {
            host.Error.WriteLine($"note: {note}");
        }

        if (saved.Model.IsImplicit || ranking is not null)
        {
            WriteRanking(given, host, saved, data, ranking ?? new RankingOptions { Seed = seed, Threads = threads });
            return ExitCode.Success;
        }

        given.Refuse(["seed"], "nothing, since errors of predictions have no draws", "leave it out, or give --ranking");
        given.Mistakes.ThrowIfAny();
        string policy = saved.Model.DescribesCold ? ColdByFeatures : ColdByMeans;
        (ClassificationResult? classes, RatingMetrics metrics) = AnswerText.IsProbability(saved.Model)
            ? OtherRatings.Classify(saved, data)
            : (null, OtherRatings.Compare(saved, data));
        if (given.Flag("json"))
        {
            JsonOutput.Write(host.Output, new
            {
                rmse = classes is null ? metrics.Rmse : (double?)null,
                mae = classes is null ? metrics.Mae : (double?)null,
                classification = classes,
                count = metrics.Count,
                coldUsers = metrics.ColdUsers,
                coldItems = metrics.ColdItems,
                coldPolicy = policy,
                modelSha256 = saved.Description.ModelSha256,
                dataFingerprint = data.Fingerprint,
            });
        }
        else
        {
            IEnumerable<(string, string)> figures = classes is null
                ? [("RMSE", Quantity.Error(metrics.Rmse)), ("MAE", Quantity.Error(metrics.Mae))]
                : ClassText.Describe(classes);
            Screen.ForResults(host).Write(Screen.Pairs(
            [
                .. figures,
                ("ratings", Quantity.Count(metrics.Count)),
                ("cold users", Quantity.Of(metrics.ColdUsers, "rating")),
                ("cold items", Quantity.Of(metrics.ColdItems, "rating")),
                ("policy", policy),
            ]));
        }

        return ExitCode.Success;
    }

    private static void EvaluateRows(GivenOptions given, CliHost host, string path)
    {
        ModelFolderOptions.RefuseWithRows(given, ["data", "seed", .. DataChoiceReader.ReaderOptions, .. RankingReader.Options.Select(option => option.Name)]);
        string rows = ModelFolderOptions.ReadRows(given);
        int threads = ModelFolderOptions.ReadThreads(given, host);
        SavedModel saved = ModelFolderOptions.Load(given, path);
        RowAnswers answers = RowAnswers.Of(saved, rows, given.PlaceOf("rows"), threads, host.Stop);
        if (answers is { Errors: null, Classes: null })
        {
            throw InputException.At(Path.GetFileName(rows), "targets of two classes, 0 and 1 or −1 and 1", "other numbers", "use predict --rows for the probabilities alone");
        }

        if (given.Flag("json"))
        {
            JsonOutput.Write(host.Output, new
            {
                rmse = answers.Errors?.Rmse,
                mae = answers.Errors?.Mae,
                classification = answers.Classes,
                count = answers.Values.Length,
                unknownFeatures = answers.Known.UnknownFeatures,
                unknownValues = answers.Known.UnknownValues,
                modelSha256 = saved.Description.ModelSha256,
            });
            return;
        }

        Screen.ForResults(host).Write(Screen.Pairs([.. answers.Describe()]));
        answers.WriteNotes(host.Error);
    }

    private static void WriteRanking(GivenOptions given, CliHost host, SavedModel saved, RatingData data, RankingOptions how)
    {
        RatingMatrix training = saved.Ratings
            ?? throw InputException.At("evaluation", "a model with its training interactions", "a model saved without", "they tell what is no candidate any more");
        RankingResult ranking = RankingEvaluator.Evaluate(saved.Model, training, data.Ratings, how);
        if (!saved.Model.IsImplicit)
        {
            host.Error.WriteLine($"note: {RankingText.OfRatings(saved.Model.Kind)}");
        }

        if (given.Flag("json"))
        {
            JsonOutput.Write(host.Output, new
            {
                ranking,
                reason = ranking.Users > 0 ? null : "no user has training interactions and an unseen item in the data",
                count = data.Ratings.Count,
                conventions = RankingMetric.All.ToDictionary(metric => metric.Key, metric => metric.Convention),
                modelSha256 = saved.Description.ModelSha256,
                dataFingerprint = data.Fingerprint,
            });
        }
        else if (ranking.Users == 0)
        {
            Screen.ForResults(host).Write(Screen.Pairs(
                ("ranking", "none: no user has training interactions and an unseen item in the data"),
                ("interactions", Quantity.Count(data.Ratings.Count))));
        }
        else
        {
            RankingText.Write(Screen.ForResults(host), ranking);
        }
    }
}
