using DistRec.Evaluation;
using DistRec.Evaluation.Metrics;
using DistRec.Evaluation.Ranking;

namespace DistRec.Cli.Training;

/// <summary>How well a model does on ratings or rows that it has not seen: by errors, as a ranking, or by how it tells classes.</summary>
/// <param name="Errors">Errors of predicted ratings or numbers; null for a model that predicts none.</param>
/// <param name="Ranking">Where the test items are in users' rankings; null for other models than those of interactions.</param>
/// <param name="Classes">How well probabilities tell two classes; null for other models.</param>
internal sealed record TestFigures(EvaluationResult? Errors, RankingResult? Ranking, ClassificationResult? Classes)
{
    /// <summary>The figures of <see cref="Ranking"/> of each user.</summary>
    public UserRankings? Rankings { get; init; }

    private static readonly RankingMetric[] OfRankings =
        [RankingMetric.Ndcg, RankingMetric.Recall, RankingMetric.HitRate, RankingMetric.ReciprocalRank, RankingMetric.AveragePrecision];

    /// <summary>The figures as tables and JSON have them; a value is null where there is none, such as the AUC of one class.</summary>
    public IReadOnlyList<Figure> Values =>
    [
        .. Errors is null ? [] : new Figure[] { new("rmse", Errors.Rmse), new("mae", Errors.Mae) },
        .. Ranking?.CutOffs.SelectMany(cutOff => OfRankings.Select(metric => metric.KeyAt(cutOff))).Select(key => new Figure(key, Ranking.Figures[key].Value)) ?? [],
        .. Classes is null ? [] : new Figure[] { new("accuracy", Classes.Accuracy), new("logLoss", Classes.LogLoss), new("auc", Classes.Auc) },
    ];

    /// <summary>The figures on the test part.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The data, parted.</param>
    /// <param name="train">The ratings that the model was fitted to.</param>
    /// <param name="counts">How many of them each user and item has.</param>
    /// <param name="threads">Threads.</param>
    /// <param name="ranking">How rankings are evaluated, also those of a model of ratings; null for the usual figures of the model.</param>
    public static TestFigures Of(
        FactorModel model, JobData data, RatingMatrix train, InteractionCounts counts, int threads, RankingOptions? ranking = null)
    {
        (RankingResult? result, UserRankings? users) = (model.IsImplicit || ranking is not null) && data.Split.Test is { Count: > 0 } items
            ? RankingEvaluator.Measure(model, train, items, ranking ?? new RankingOptions { Threads = threads }) : (null, null);
        return new TestFigures(
            ErrorsOn(model, counts, data.Split.Test, data.Features?.Test, threads), result, ClassesOf(model, data.Features?.Test, threads))
        {
            Rankings = users,
        };
    }

    /// <summary>Errors on a part of the data; null for an empty part, and for a model that predicts no ratings or numbers.</summary>
    /// <param name="model">The model.</param>
    /// <param name="counts">Training ratings of each user and item.</param>
    /// <param name="ratings">The part's ratings.</param>
    /// <param name="rows">The part's rows of features, for a model that learns from them.</param>
    /// <param name="threads">Threads.</param>
    public static EvaluationResult? ErrorsOn(
        FactorModel model, InteractionCounts counts, RatingMatrix? ratings, FeatureRows? rows, int threads)
    {
        if (model.IsImplicit)
        {
            return null;
        }

        if (model.Machine is not { } machine)
        {
            EvaluationOptions how = new() { Threads = threads };
            return ratings is { Count: > 0 } ? Evaluator.Evaluate(model, counts, ratings, how) : null;
        }

        if (machine.Link != FmLink.Identity || rows is not { Count: > 0 })
        {
            return null;
        }

        double[] answers = FeatureEvaluator.Predict(machine, model.Scale, rows, threads);
        return ratings?.Count == rows.Count
            ? FeatureEvaluator.Rate(answers, model.Scale, counts, ratings)
            : FeatureEvaluator.Rate(answers, model.Scale, rows.Targets);
    }

    /// <summary>What a model that predicts ratings answers for those of the test part, in their order, [ratings].</summary>
    public static double[] AnswersFor(FactorModel model, JobData data, InteractionCounts counts, int threads) =>
        model.Machine is { } machine ? FeatureEvaluator.Predict(machine, model.Scale, data.Features!.Test!, threads)
        : Evaluator.Predict(model, counts, data.Split.Test!, threads);

    private static ClassificationResult? ClassesOf(FactorModel model, FeatureRows? rows, int threads) =>
        model is { IsImplicit: false, Machine: { } machine } && machine.Link != FmLink.Identity && rows is { Count: > 0 }
            ? ClassificationResult.Of(FeatureEvaluator.Predict(machine, model.Scale, rows, threads), rows.Targets)
            : null;
}

/// <summary>One figure of a model.</summary>
/// <param name="Key">Its name in JSON.</param>
/// <param name="Value">Null where there is none.</param>
internal readonly record struct Figure(string Key, double? Value)
{
    /// <summary>Its name as people read it.</summary>
    public string Name => NameOf(Key);

    /// <summary>The name of a figure as people read it.</summary>
    public static string NameOf(string key) => key switch
    {
        "rmse" or "mae" or "auc" => key.ToUpperInvariant(),
        "logLoss" => "log-loss",
        _ when key.Split('@') is [var metric, var cutOff] => $"{RankingMetric.All.Single(known => known.Key == metric).Name} at {cutOff}",
        _ => key,
    };
}
