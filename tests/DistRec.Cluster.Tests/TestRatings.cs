using DistRec.Data;
using DistRec.Training.Jobs;

namespace DistRec.Cluster.Tests;

/// <summary>Generated ratings that are small enough for every test and large enough to learn from.</summary>
internal static class TestRatings
{
    public static TrainingData Small { get; } = Make(4_000, 120, 70);

    /// <summary>Rows that are no ratings, of twelve features; what they come to is planted.</summary>
    public static TrainingData Rows { get; } = MakeRows(600, 60, 12);

    /// <summary>The ratings as rows of features of users, their age and items.</summary>
    public static TrainingData WithFeatures(TrainingData data, float? positiveFrom = null)
    {
        int users = data.Train.RowCount;
        SideColumn age = new("age", ["age"], new RatingMatrix(1, [.. Enumerable.Range(0, users + 1).Select(user => (long)user)], new int[users], [.. Enumerable.Range(0, users).Select(user => user % 7 / 7f)]));
        return data with
        {
            Features = FeatureEncoder.Encode(
                new RatingSplit(data.Train, data.Validation, null), ["user", "item", "age"],
                new FeatureOptions { PositiveFrom = positiveFrom, Sides = [new SideTable("users", RelationEntity.User, [age])] }),
        };
    }

    private static TrainingData MakeRows(int training, int heldOut, int features)
    {
        int rows = training + heldOut;
        int[] columns = [.. Enumerable.Range(0, rows).SelectMany(row => new[] { row % features, (row % features) + 1 + (row / features % (features - 1)) }.Select(column => column % features).Order())];
        float[] targets = [.. Enumerable.Range(0, rows).Select(row => columns[2 * row] - (0.5f * columns[(2 * row) + 1]))];
        RelationBlock[] blocks =
        [
            new("row", RelationEntity.Row, new RatingMatrix(features, [.. Enumerable.Range(0, rows + 1).Select(row => 2L * row)], columns, [.. columns.Select(_ => 1f)])),
        ];
        FeatureData data = new(
            new FeatureSpace([new FeatureGroup("features", 0, features)]),
            new FeatureRows(targets[..training], blocks, [[.. Enumerable.Range(0, training)]]),
            new FeatureRows(targets[training..], blocks, [[.. Enumerable.Range(training, heldOut)]]),
            null) { Present = [null] };
        return new TrainingData(new RatingMatrix(0, [0], [], []), null, "rows", "rows") { Features = data };
    }

    private static TrainingData Make(long ratings, int users, int items)
    {
        SyntheticData made = SyntheticRatings.Generate(
            new SyntheticOptions { RatingCount = ratings, UserCount = users, ItemCount = items, Rank = 4, Threads = 1 });
        RatingSplit split = Splitter.Split(made.Data, new SplitOptions { TestRatio = 0, ValidationRatio = 0.1 });
        return new TrainingData(split.Train, split.Validation, "planted", made.Data.Fingerprint);
    }
}
