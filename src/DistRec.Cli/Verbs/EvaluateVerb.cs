using DistRec.Cli.Arguments;
using DistRec.Cli.Jobs;
using DistRec.Cli.Output;
using DistRec.Cli.Queries;
using DistRec.Cli.Training;
using DistRec.Data;
using DistRec.Evaluation;
using DistRec.Evaluation.Metrics;
using DistRec.Models.Persistence;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec evaluate</c>: how well does a model predict these ratings?</summary>
internal sealed class EvaluateVerb : Verb
{
    private const string ColdPolicy = "cold users are answered by mean + item bias, cold items by mean + user bias, both by the mean";

    public override string Name => "evaluate";

    public override string Summary => "Compares a model's predictions with ratings";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
        [("distrec evaluate --model runs/als --data new-ratings.csv", "RMSE and MAE on ratings of a file; how items are ranked, for als-implicit")];

    public override IReadOnlyList<OptionDefinition> Options { get; } =
    [
        ModelOptions.Model,
        new("data", "PATH|NAME", "Ratings to compare with"),
        .. TrainOptions.All.Where(option => option.Name is "columns" or "duplicates" or "min-rating" or "max-rating"),
        new("threads", "N", "Threads for reading [as many as cores]"),
        Json,
    ];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        string path = ModelOptions.ReadPath(given);
        string name = given.Required("data", "ratings to compare with", "give a file or folder");
        int threads = given.Integer("threads", host.Cores, 1, "give the number of cores", 1024);
        ReadOptions how = DataChoiceReader.ReadHow(given, threads) with { KeepTimestamps = false, ReadTitles = false };
        DataChoice choice = name.Length == 0 ? new DataChoice.AtPath(name) : DataChoiceReader.ReadOne(given, name);
        SavedModel saved = ModelOptions.Load(given, path);
        string source = await DataSource.PathOfAsync(choice, host, new SilentView());
        RatingData data = RatingReader.ReadInto(saved.Users, saved.Items, source, how, cancellation: host.Stop);
        if (saved.Model.IsImplicit)
        {
            WriteRanking(given, host, saved, data, threads);
            return ExitCode.Success;
        }

        RatingMetrics metrics = OtherRatings.Compare(saved, data);
        if (given.Flag("json"))
        {
            JsonOutput.Write(host.Output, new
            {
                rmse = metrics.Rmse,
                mae = metrics.Mae,
                count = metrics.Count,
                coldUsers = metrics.ColdUsers,
                coldItems = metrics.ColdItems,
                coldPolicy = ColdPolicy,
                modelSha256 = saved.Description.ModelSha256,
                dataFingerprint = data.Fingerprint,
            });
        }
        else
        {
            Screen.ForResults(host).Write(Screen.Pairs(
                ("RMSE", Quantity.Error(metrics.Rmse)),
                ("MAE", Quantity.Error(metrics.Mae)),
                ("ratings", Quantity.Count(metrics.Count)),
                ("cold users", Quantity.Of(metrics.ColdUsers, "rating")),
                ("cold items", Quantity.Of(metrics.ColdItems, "rating")),
                ("policy", ColdPolicy)));
        }

        return ExitCode.Success;
    }

    private static void WriteRanking(GivenOptions given, CliHost host, SavedModel saved, RatingData data, int threads)
    {
        RatingMatrix training = saved.Ratings
            ?? throw InputException.At("evaluation", "a model with its training interactions", "a model saved without", "they tell what is no candidate any more");
        RankingResult ranking = RankingEvaluator.Evaluate(saved.Model, training, data.Ratings, threads);
        if (given.Flag("json"))
        {
            JsonOutput.Write(host.Output, new
            {
                ranking,
                count = data.Ratings.Count,
                candidates = "all items that the user has no training interaction with",
                modelSha256 = saved.Description.ModelSha256,
                dataFingerprint = data.Fingerprint,
            });
            return;
        }

        Screen.ForResults(host).Write(Screen.Pairs(
            ($"recall at {ranking.CutOff}", $"{ranking.Recall:0.0000}"),
            ($"nDCG at {ranking.CutOff}", $"{ranking.Ndcg:0.0000}"),
            ("hit rate", $"{ranking.HitRate:0.0000}"),
            ("percentile", $"mean rank of the items {ranking.MeanPercentileRank:0.0%} of all unseen ones (50 % is chance)"),
            ("users", $"{Quantity.Count(ranking.Users)}, and {Quantity.Count(ranking.UsersLeftOut)} without training interactions left out"),
            ("interactions", Quantity.Count(data.Ratings.Count))));
    }
}
