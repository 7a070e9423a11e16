namespace DistRec.Training.Tests;

/// <summary>Generated ratings that are small enough for every test and large enough to learn from.</summary>
internal static class Planted
{
    public static TrainingData Small { get; } = Make(20_000, 300, 150);

    /// <summary>Without validation ratings.</summary>
    public static TrainingData Interactions { get; } = Make(20_000, 300, 150, 0);

    public static TrainingData Make(long ratings, int users, int items, double validationRatio = 0.1)
    {
        SyntheticData made = SyntheticRatings.Generate(
            new SyntheticOptions { RatingCount = ratings, UserCount = users, ItemCount = items, Rank = 4, Threads = 1 });
        RatingSplit split = Splitter.Split(made.Data, new SplitOptions { TestRatio = 0, ValidationRatio = validationRatio });
        return new TrainingData(split.Train, validationRatio > 0 ? split.Validation : null, "planted", made.Data.Fingerprint);
    }
}
