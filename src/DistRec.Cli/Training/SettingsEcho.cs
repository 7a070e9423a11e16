using System.Text.Json;
using DistRec.Models.Feedback;

namespace DistRec.Cli.Training;

/// <summary>The settings of a job by name, as they took effect: what results and <c>model.json</c> hold.</summary>
internal static class SettingsEcho
{
    private const string LabelsName = "labels";
    private const string OneTwo = "1,2";

    /// <summary>How the targets that a model learned from named two classes, as far as other targets would not tell.</summary>
    public static LabelKind LabelsOf(ModelDescription description) =>
        description.Options.TryGetValue(LabelsName, out JsonElement labels) && labels.ValueKind == JsonValueKind.String && labels.ValueEquals(OneTwo)
            ? LabelKind.OneTwo
            : LabelKind.Numbers;

    /// <param name="job">The job.</param>
    /// <param name="ofRatings">Whether rows are ratings of users; otherwise what describes ratings is left out.</param>
    /// <param name="labels">How targets of rows of features named two classes.</param>
    public static IReadOnlyDictionary<string, JsonElement> Of(TrainJob job, bool ofRatings = true, LabelKind labels = LabelKind.Numbers)
    {
        var settings = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        ModelOptions model = job.Training.Model;
        foreach ((string name, object? value) in job.Training.ByName())
        {
            Add(name, value);
        }

        Add("seed", job.Seed);
        if (model is FeedbackOptions)
        {
            Add("implicit", job.AllPairsAreFeedback ? "all" : job.FeedbackFile is null ? "train" : "file");
            Add("implicitFile", Path.GetFileName(job.FeedbackFile));
        }

        if (ofRatings && job.Features is { } features)
        {
            Add("features", string.Join(',', features.Blocks));
            Add("userFeatures", Path.GetFileName(features.UserFile));
            Add("itemFeatures", Path.GetFileName(features.ItemFile));
            Add("hashBits", features.HashBits);
            Add("positiveFrom", features.PositiveFrom);
        }

        bool isByRatio = job.Split.Kind is not (SplitKind.Fold or SplitKind.LastOfUser or SplitKind.OneOfUser) && job.Data is not DataChoice.Pair;
        Add("split", job.Data is DataChoice.Pair ? "given" : SplitName(job.Split));
        Add("testRatio", isByRatio ? job.Split.TestRatio : (double?)null);
        Add("validationRatio", job.Split.ValidationRatio);
        if (labels == LabelKind.OneTwo)
        {
            Add(LabelsName, OneTwo);
        }

        Add("duplicates", ofRatings ? job.Read.Duplicates : (DuplicatePolicy?)null);
        Add("feedbackType", job.Read.FeedbackTypes.Count > 0 ? string.Join(',', job.Read.FeedbackTypes) : null);
        Add("decimalComma", ofRatings && job.Read.DecimalComma ? true : (bool?)null);
        Add("minRating", job.Read.MinRating);
        Add("maxRating", job.Read.MaxRating);
        return settings;

        void Add<T>(string name, T value) => settings[name] = JsonOutput.ToElement(value);
    }

    /// <summary>
    /// What decides what comes out of a job beside its data, a line each in the order of names: equal lines, equal figures. Partitions are among them where
    /// figures depend on them, as those of models that descend do; threads never are.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="ofRatings">Whether rows are ratings of users.</param>
    /// <param name="labels">How targets of rows of features named two classes.</param>
    public static IReadOnlyList<string> DecisiveOf(TrainJob job, bool ofRatings = true, LabelKind labels = LabelKind.Numbers)
    {
        bool descends = job.Training.Model.Scheme is TrainingScheme.BlockSgd or TrainingScheme.ParameterServer;
        return
        [
            .. Of(job, ofRatings, labels)
                .Where(setting => setting.Key is not ("threads" or "checkpointEvery") && (descends || setting.Key != "partitions"))
                .Select(setting => $"{setting.Key} {setting.Value.GetRawText()}")
                .Concat(job.Ranking is { } ranking ? [$"ranking {JsonOutput.ToElement(ranking with { Threads = 1 }).GetRawText()}"] : [])
                .Order(StringComparer.Ordinal),
        ];
    }

    private static string SplitName(SplitOptions split) => split.Kind switch
    {
        SplitKind.Fold => $"fold {split.Fold + 1}/{split.FoldCount}",
        SplitKind.LastOfUser => "per-user-last",
        SplitKind.OneOfUser => "leave-one-out",
        SplitKind.LatestOfAll => "time",
        SplitKind.ColdUsers => "cold-users",
        SplitKind.ColdItems => "cold-items",
        _ => "random",
    };
}
