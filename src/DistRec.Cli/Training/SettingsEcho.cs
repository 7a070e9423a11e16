using System.Text.Json;

namespace DistRec.Cli.Training;

/// <summary>The settings of a job by name, as they took effect: what results and <c>model.json</c> hold.</summary>
internal static class SettingsEcho
{
    /// <param name="job">The job.</param>
    /// <param name="ofRatings">Whether rows are ratings of users; otherwise what describes ratings is left out.</param>
    public static IReadOnlyDictionary<string, JsonElement> Of(TrainJob job, bool ofRatings = true)
    {
        var settings = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (JsonProperty property in JsonOutput.ToElement(job.Training.ModelOptions).EnumerateObject())
        {
            settings[property.Name] = property.Value;
        }

        if (job.Training.Fm is { } machine)
        {
            foreach (string unused in Unused(machine))
            {
                settings.Remove(unused);
            }
        }

        bool isByRatio = job.Split.Kind is SplitKind.Random or SplitKind.LatestOfAll && job.Data is not DataChoice.Pair;
        Add("seed", job.Seed);
        Add("epochs", job.Training.Epochs);
        Add("patience", job.Training.Patience);
        Add("partitions", job.Training.Partitions);
        Add("threads", job.Training.Threads);
        if (job.Training.Feedback is not null)
        {
            Add("clocks", job.Training.Clocks);
            Add("implicit", job.AllPairsAreFeedback ? "all" : job.FeedbackFile is null ? "train" : "file");
            Add("implicitFile", Path.GetFileName(job.FeedbackFile));
        }

        if (job.Features is { } features)
        {
            Add("clocks", job.Training.Fm!.Sweeps ? (int?)null : job.Training.Clocks);
            if (ofRatings)
            {
                Add("features", string.Join(',', features.Blocks));
                Add("userFeatures", Path.GetFileName(features.UserFile));
                Add("itemFeatures", Path.GetFileName(features.ItemFile));
                Add("hashBits", features.HashBits);
                Add("positiveFrom", features.PositiveFrom);
            }
        }

        if (job.Training.Mf is not null || job.Training.Fm is { Sweeps: false } || job.Training.Feedback is not null)
        {
            Add("consistency", job.Training.Consistency.ToString());
        }

        Add("checkpointEvery", job.Training.CheckpointEvery);
        Add("split", job.Data is DataChoice.Pair ? "given" : SplitName(job.Split));
        Add("testRatio", isByRatio ? job.Split.TestRatio : (double?)null);
        Add("validationRatio", job.Split.ValidationRatio);
        Add("duplicates", ofRatings ? job.Read.Duplicates : (DuplicatePolicy?)null);
        Add("minRating", job.Read.MinRating);
        Add("maxRating", job.Read.MaxRating);
        return settings;

        void Add<T>(string name, T value) => settings[name] = JsonOutput.ToElement(value);
    }

    private static string SplitName(SplitOptions split) => split.Kind switch
    {
        SplitKind.Fold => $"fold {split.Fold + 1}/{split.FoldCount}",
        SplitKind.LastOfUser => "per-user-last",
        SplitKind.LatestOfAll => "time",
        _ => "random",
    };

    // What a machine has settings for but, as it learns, no use.
    private static IEnumerable<string> Unused(FmOptions machine) =>
    [
        "sweeps",
        .. machine.Degree > 0 ? ["learner", "rank", "order", "regularization", "initialScale", "burnIn", "keptSamples"] : new[] { "degree", "loss", "insensitivity" },
        .. machine.Sweeps ? ["learningRate", "learningRateDecay"] : Array.Empty<string>(),
        .. machine.Learner == FmLearner.Mcmc ? ["regularization", "weightRegularization"] : new[] { "burnIn", "keptSamples" },
    ];
}
