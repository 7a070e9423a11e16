namespace DistRec.Cli.Sources;

/// <summary>Rows that come as features, in libSVM's text.</summary>
internal static class FeatureFiles
{
    /// <summary>The files of a job whose rows come as features; null where they are ratings.</summary>
    /// <exception cref="InputException">The job's model does not learn from features, or its options are about ratings.</exception>
    public static (string Train, string? Test)? Of(TrainJob job)
    {
        (string Train, string? Test)? files = job.Data switch
        {
            DataChoice.AtPath at when FeatureReader.IsFeatureFile(at.Path) => (at.Path, null),
            DataChoice.Pair pair when FeatureReader.IsFeatureFile(pair.Train) => (pair.Train, pair.Test),
            _ => null,
        };
        if (files is { } found && job.Training.Model is not FmOptions)
        {
            throw InputException.At(found.Train, $"ratings for --model {job.Training.Model.Kind}", "rows of features (target index:value …)", "train --model fm");
        }

        if (files is not null)
        {
            RefuseRatingOptions(job, files.Value.Train);
        }

        return files;
    }

    private static void RefuseRatingOptions(TrainJob job, string path)
    {
        string[] ofRatings =
        [
            .. job.Features!.GivenAt,
            .. job.Read.Columns is null ? [] : new[] { "--columns" },
            .. job.Read.DecimalComma ? new[] { "--decimal-comma" } : [],
            .. job.Read.Duplicates == DuplicatePolicy.Last ? [] : new[] { "--duplicates" },
            .. job.Read.FeedbackTypes.Count == 0 ? [] : new[] { "--feedback-type" },
            .. job.Read.MinRating is null && job.Read.MaxRating is null ? [] : new[] { "--min-rating and --max-rating" },
            .. job.Split.Kind == SplitKind.Random ? [] : new[] { "--split and --fold" },
            .. job.Ranking is null ? [] : RankingReader.Options.Select(option => $"--{option.Name}").Where(name => job.Given.ContainsKey(name[2..])),
        ];
        if (ofRatings.Length > 0)
        {
            throw InputException.At(string.Join(", ", ofRatings), "ratings, which the option is about", $"rows of features in {Path.GetFileName(path)}", "leave it out");
        }

        if (((FmOptions)job.Training.Model).Task == FmTask.Ranking)
        {
            throw InputException.At("--task ranking", "ratings, whose items can be ranked", $"rows of features in {Path.GetFileName(path)}", "learn a regression or a classification");
        }
    }

    /// <summary>Reads and parts them.</summary>
    public static JobData Load(TrainJob job, (string Train, string? Test) files, IStageView stages, CancellationToken stop)
    {
        FeatureData read = FeatureReader.Read(
            files.Train, files.Test, new FeatureReadOptions { TestRatio = job.Split.TestRatio, ValidationRatio = job.Split.ValidationRatio, Seed = job.Seed }, stop);
        bool classifies = ((FmOptions)job.Training.Model).Task == FmTask.Classification;
        LabelKind labels = classifies ? Labels.KindOf(read) : LabelKind.Numbers;
        if (labels == LabelKind.OneTwo)
        {
            stages.Say($"note: {Path.GetFileName(files.Train)}: targets are 1 and 2: 2 counts as 1, and 1 as 0");
        }

        FeatureData features = FeatureSource.Expand(job, classifies ? Labels.ToClasses(read) : read);
        RatingMatrix none = new(0, [0], [], []);
        RatingData data = RatingData.Create(Path.GetFileName(files.Train), none, IdMap.Numbered(0), IdMap.Numbered(0)) with { Fingerprint = FeatureSource.FingerprintOf(features) };
        long count = features.Train.Count + (features.Validation?.Count ?? 0L) + (features.Test?.Count ?? 0);
        return new JobData(data, new RatingSplit(none, null, null), count) { Features = features, Labels = labels };
    }
}
