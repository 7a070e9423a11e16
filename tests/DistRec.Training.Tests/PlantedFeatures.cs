using DistRec.Models.FactorizationMachine;

namespace DistRec.Training.Tests;

/// <summary>The generated ratings as rows of features, and settings that suit their size.</summary>
internal static class PlantedFeatures
{
    /// <summary>Features of users and items.</summary>
    public static TrainingData Ratings { get; } = Of(Planted.Small);

    /// <summary>The same ratings; 1 for those of at least their mean.</summary>
    public static TrainingData Classes { get; } = Of(Planted.Small, positiveFrom: 3.5f);

    /// <summary>Without validation ratings.</summary>
    public static TrainingData Interactions { get; } = Of(Planted.Interactions);

    public static TrainingData Of(TrainingData data, float? positiveFrom = null, params string[] blocks) => data with
    {
        Features = FeatureEncoder.Encode(
            new RatingSplit(data.Train, data.Validation, null), blocks.Length == 0 ? ["user", "item"] : blocks, new FeatureOptions { PositiveFrom = positiveFrom }),
    };

    public static TrainingSettings Settings(FmLearner learner, FmTask task = FmTask.Regression) => new()
    {
        Model = FmOptions.For(task, learner) with { Rank = 8, BurnIn = 4, KeptSamples = 4 }, Epochs = 12, Patience = 0, Partitions = 2, Threads = 2,
    };
}
