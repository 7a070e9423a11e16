using System.Text.Json;
using DistRec.Evaluation.Metrics;
using DistRec.Evaluation.Ranking;
using DistRec.Training.Protocol;

namespace DistRec.Cli.Training;

/// <summary>What <c>train --json</c> prints. A figure that was not measured is null.</summary>
internal sealed record TrainResult
{
    public required string Model { get; init; }

    public required string DataName { get; init; }

    public required string DataFingerprint { get; init; }

    /// <summary>Ratings of all parts together.</summary>
    public required long Ratings { get; init; }

    public required long TrainRatings { get; init; }

    public required long ValidationRatings { get; init; }

    public required long TestRatings { get; init; }

    public required int Users { get; init; }

    public required int Items { get; init; }

    /// <summary>Features that the model learned from; null for a model of ratings.</summary>
    public int? Features { get; init; }

    /// <summary>Number of factors; 0 for a model without.</summary>
    public required int Rank { get; init; }

    /// <summary>How the models did on a part of the ratings that this one was chosen from; null where it was named.</summary>
    public IReadOnlyList<ModelTrial>? Trials { get; init; }

    /// <summary>Epochs done.</summary>
    public required int Epochs { get; init; }

    /// <summary>The epoch whose tables the model has.</summary>
    public required int BestEpoch { get; init; }

    /// <summary>completed, cancelled or failed.</summary>
    public required string State { get; init; }

    public required string StopReason { get; init; }

    /// <summary>Errors of the model that is saved, predictions clipped to the rating scale as in every answer.</summary>
    public double? TrainRmse { get; init; }

    public double? ValidationRmse { get; init; }

    public double? TestRmse { get; init; }

    public double? TestMae { get; init; }

    /// <summary>Where the model answers; null where no server took it.</summary>
    public ServedModelResult? Served { get; init; }

    /// <summary>How well probabilities tell the targets of the test rows, in place of errors.</summary>
    public ClassificationResult? TestClassification { get; init; }

    /// <summary>How a model of interactions ranks the test items, in place of errors, which it has none of.</summary>
    public RankingResult? TestRanking { get; init; }

    /// <summary>Test RMSE of what generated ratings were planted with, which no model can be expected to beat.</summary>
    public double? NoiseFloorRmse { get; init; }

    /// <summary>Test ratings by users, and of items, without training ratings.</summary>
    public long? TestColdUsers { get; init; }

    public long? TestColdItems { get; init; }

    /// <summary>Median training time of an epoch, without validation.</summary>
    public double? SecondsPerEpoch { get; init; }

    /// <summary>Training ratings an epoch over that time.</summary>
    public double? RatingsPerSecond { get; init; }

    public required double PeakMemoryMiB { get; init; }

    public string? ModelPath { get; init; }

    public string? ModelSha256 { get; init; }

    public string? ReportPath { get; init; }

    public string? CheckpointPath { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }

    public required IReadOnlyList<EpochFigures> Curve { get; init; }

    /// <summary>All settings as they took effect, by the names of options in camel case.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Settings { get; init; }

    public required string Version { get; init; }
}
