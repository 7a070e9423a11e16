using DistRec.Evaluation.Ranking;

namespace DistRec.Cli.Jobs;

/// <summary>A training job as typed, checked and complete.</summary>
internal sealed record TrainJob
{
    /// <summary>Where the ratings come from.</summary>
    public required DataChoice Data { get; init; }

    /// <summary>How they are read.</summary>
    public required ReadOptions Read { get; init; }

    /// <summary>Events that follow the ratings; null for none.</summary>
    public EventSource? Events { get; init; }

    /// <summary>The options as they were given; see <see cref="TrainOptions.Kept"/>.</summary>
    public IReadOnlyDictionary<string, string> Given { get; init; } = new Dictionary<string, string>();

    /// <summary>How ratings are split.</summary>
    public required SplitOptions Split { get; init; }

    /// <summary>Model, epochs, partitions.</summary>
    public required TrainingSettings Training { get; init; }

    /// <summary>What a person should know of the settings.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The jobs of the models that one is chosen from when the data is there; empty where the model is known.</summary>
    public IReadOnlyList<TrainJob> Choices { get; init; } = [];

    /// <summary>How the models did that this one was chosen from; empty where it was named.</summary>
    public IReadOnlyList<ModelTrial> Trials { get; init; } = [];

    /// <summary>What features the model learns from; null for models of ratings.</summary>
    public FeatureChoice? Features { get; init; }

    /// <summary>Whether validation and test pairs count as feedback, without their ratings.</summary>
    public required bool AllPairsAreFeedback { get; init; }

    /// <summary>A file of pairs that count as feedback beside those of the training ratings, or null.</summary>
    public string? FeedbackFile { get; init; }

    /// <summary>How the order of items is judged; null for the usual figures of the model.</summary>
    public RankingOptions? Ranking { get; init; }

    /// <summary>The seed of split and model.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Folder of the model.</summary>
    public required string Out { get; init; }

    /// <summary>Whether the number of partitions was asked for; otherwise it fits itself to the data.</summary>
    public required bool HasPartitions { get; init; }

    /// <summary>Whether to go on from a checkpoint.</summary>
    public required bool Resume { get; init; }

    /// <summary>Whether the answer is JSON.</summary>
    public required bool Json { get; init; }

    /// <summary>Whether progress is left out.</summary>
    public required bool Quiet { get; init; }

    /// <summary>The job with no more partitions than the data has use for, unless they were asked for.</summary>
    public TrainJob FittedTo(int mostPartitions) =>
        HasPartitions ? this : this with { Training = Training with { Partitions = Math.Min(Training.Partitions, mostPartitions) } };

    /// <summary>The job with the model's defaults for such data in the place of those that nobody gave.</summary>
    /// <param name="train">The training ratings.</param>
    public TrainJob SuitedTo(RatingMatrix train) =>
        this with { Training = Training with { Model = ModelDefinition.SuitedTo(Training.Model, train, Given.ContainsKey) } };
}

/// <summary>Where ratings come from.</summary>
internal abstract record DataChoice
{
    /// <summary>One file or folder.</summary>
    public sealed record AtPath(string Path) : DataChoice;

    /// <summary>A published data set, downloaded once and kept.</summary>
    public sealed record Published(string Name) : DataChoice;

    /// <summary>Training and test ratings apart.</summary>
    public sealed record Pair(string Train, string Test) : DataChoice;

    /// <summary>Generated.</summary>
    public sealed record Generated(long Ratings, int Users, int Items) : DataChoice;
}
