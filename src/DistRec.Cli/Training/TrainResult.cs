using System.Text.Json;
using DistRec.Evaluation.Metrics;
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

    public required IReadOnlyList<CurvePoint> Curve { get; init; }

    /// <summary>All settings as they took effect, by the names of options in camel case.</summary>
    public required IReadOnlyDictionary<string, JsonElement> Settings { get; init; }

    public required string Version { get; init; }
}

/// <summary>One epoch of the learning curve. Training errors are of the descent or solve itself, before clipping.</summary>
internal sealed record CurvePoint(
    int Epoch, double? TrainRmse, double? ValidationRmse, double? ValidationMae, double? Loss, double? LearningRate, double Seconds)
{
    /// <summary>A point of an epoch's figures.</summary>
    /// <param name="epoch">The figures.</param>
    /// <param name="isValidated">Whether there are validation ratings; a validation error of 0 is one only then.</param>
    /// <param name="isImplicit">Whether the model is of interactions, and has a loss but no error of ratings.</param>
    public static CurvePoint Of(EpochFinished epoch, bool isValidated, bool isImplicit) => new(
        epoch.Epoch,
        isImplicit ? null : Measured(epoch.TrainRmse),
        isValidated ? Measured(epoch.ValidationRmse) : null,
        isValidated ? Measured(epoch.ValidationMae) : null,
        epoch.Loss > 0 ? Measured(epoch.Loss) : null,
        epoch.LearningRate > 0 ? Measured(epoch.LearningRate) : null,
        epoch.Seconds);

    private static double? Measured(double figure) => double.IsFinite(figure) ? figure : null;
}
