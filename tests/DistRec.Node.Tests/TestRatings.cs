using DistRec.Data;
using DistRec.Training.Jobs;

namespace DistRec.Node.Tests;

/// <summary>Generated ratings that are small enough for every test and large enough to learn from.</summary>
internal static class TestRatings
{
    public static TrainingData Small { get; } = Make(4_000, 120, 70);

    private static TrainingData Make(long ratings, int users, int items)
    {
        SyntheticData made = SyntheticRatings.Generate(
            new SyntheticOptions { RatingCount = ratings, UserCount = users, ItemCount = items, Rank = 4, Threads = 1 });
        RatingSplit split = Splitter.Split(made.Data, new SplitOptions { TestRatio = 0, ValidationRatio = 0.1 });
        return new TrainingData(split.Train, split.Validation, "planted", made.Data.Fingerprint);
    }
}
