using System.Collections.Concurrent;
using DistRec.Data;
using DistRec.Models.Als;
using DistRec.Models.Bayesian;
using DistRec.Models.FactorizationMachine;
using DistRec.Models.Feedback;
using DistRec.Models.MatrixFactorization;
using DistRec.Models.Persistence;
using DistRec.Training.Jobs;
using JobState = DistRec.Training.Protocol.JobState;

namespace DistRec.Processes.Tests;

/// <summary>Jobs that take long enough to be disturbed, and the models they come to when nobody does.</summary>
internal static class Jobs
{
    private static readonly ConcurrentDictionary<TrainingSettings, Lazy<Task<TrainingOutcome>>> Undisturbed = new();

    public static TrainingData Data { get; } = WithFeatures(Make(200_000, 3_000, 1_000));

    public static TrainingSettings Als { get; } = new() { Model = new AlsOptions { Rank = 48 }, Epochs = 6, Patience = 0, Partitions = 4 };

    public static TrainingSettings Mf { get; } = new() { Model = new MfOptions { Rank = 32 }, Epochs = 6, Patience = 0, Partitions = 4 };

    public static TrainingSettings Of(string model) => model switch
    {
        "als" => Als,
        "mf" => Mf,
        "svd++" => new() { Model = FeedbackOptions.For(FeedbackForm.SvdPlusPlus) with { Rank = 24 }, Epochs = 6, Patience = 0, Partitions = 4 },
        "bpmf" => new() { Model = new BpmfOptions { Rank = 16, BurnIn = 2 }, Epochs = 6, Patience = 0, Partitions = 4 },
        "fm" => new() { Model = FmOptions.For(FmTask.Regression, FmLearner.Sgd) with { Rank = 24 }, Clocks = 8, Epochs = 6, Patience = 0, Partitions = 4 },
        "fm by sampling" => new()
        {
            Model = FmOptions.For(FmTask.Regression, FmLearner.Mcmc) with { Rank = 8, BurnIn = 2, KeptSamples = 3 }, Epochs = 6, Patience = 0, Partitions = 4,
        },
        _ => throw new ArgumentOutOfRangeException(nameof(model), model, "no such job"),
    };

    /// <summary>
    /// For what disturbs a job: so many epochs that a quick machine, one or two seconds of work, is not done with them before word of
    /// an early one has led to anything.
    /// </summary>
    public static TrainingSettings LongOf(string model) => Of(model) with
    {
        Epochs = model switch
        {
            "mf" => 60,
            "als" => 80,
            "bpmf" or "fm" => 30,
            _ => 20,
        },
    };

    /// <summary>For what takes seconds to come about: a process that joins, or two that have to be told of.</summary>
    public static TrainingSettings LongestOf(string model) => Of(model) with { Epochs = 150 };

    /// <summary>What one process makes of it.</summary>
    public static Task<TrainingOutcome> InOneProcessAsync(TrainingSettings settings) => Undisturbed.GetOrAdd(
        settings, key => new Lazy<Task<TrainingOutcome>>(() => TrainingSession.RunAsync(Data, key with { Threads = 2 }, new SessionOptions()))).Value;

    /// <summary>The hash of the model of one process.</summary>
    public static async Task<string> HashInOneProcessAsync(TrainingSettings settings) => HashOf(await InOneProcessAsync(settings));

    /// <summary>Asserts that a job was completed, and that its model has the bits of one process.</summary>
    public static async Task ShouldBeAsInOneProcessAsync(this TrainingOutcome outcome, TrainingSettings settings)
    {
        outcome.State.ShouldBe(JobState.Completed, outcome.Reason);
        HashOf(outcome).ShouldBe(await HashInOneProcessAsync(settings));
    }

    public static string HashOf(TrainingOutcome outcome) => ModelHash.Compute(outcome.Model.ShouldNotBeNull(outcome.Reason));

    /// <summary>A model of it is large beside a snapshot, which has no users.</summary>
    public static TrainingData ManyUsers() => Make(100_000, 12_000, 300);

    // For the models that learn from features; others do not look at them.
    private static TrainingData WithFeatures(TrainingData data) =>
        data with { Features = FeatureEncoder.Encode(new RatingSplit(data.Train, data.Validation, null), ["user", "item"]) };

    private static TrainingData Make(long ratings, int users, int items)
    {
        SyntheticData made = SyntheticRatings.Generate(
            new SyntheticOptions { RatingCount = ratings, UserCount = users, ItemCount = items, Rank = 4, Threads = 1 });
        RatingSplit split = Splitter.Split(made.Data, new SplitOptions { TestRatio = 0, ValidationRatio = 0.1 });
        return new TrainingData(split.Train, split.Validation, "planted", made.Data.Fingerprint);
    }
}
