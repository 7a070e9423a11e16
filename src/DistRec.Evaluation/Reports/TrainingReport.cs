using DistRec.Evaluation.Metrics;
using DistRec.Evaluation.Ranking;
using DistRec.Models;

namespace DistRec.Evaluation.Reports;

/// <summary>A named value of a report: a setting, a fact about the data.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">Its value, as a person reads it.</param>
public readonly record struct ReportRow(string Name, string Value);

/// <summary>What happened in training besides its epochs: a back-off, an early stop, a recovery.</summary>
/// <param name="Epoch">After which epoch.</param>
/// <param name="What">What happened.</param>
public readonly record struct ReportEvent(int Epoch, string What);

/// <summary>Everything that is to be told about one training run.</summary>
public sealed record TrainingReport
{
    /// <summary>Heading, such as "als on ml-100k".</summary>
    public required string Title { get; init; }

    /// <summary>Name of the model as typed.</summary>
    public required string ModelKind { get; init; }

    /// <summary>When training ended, as the caller's clock told it; null to leave it out.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>Options of the model and of the run.</summary>
    public IReadOnlyList<ReportRow> Settings { get; init; } = [];

    /// <summary>Facts about the data: name, counts, density, split.</summary>
    public IReadOnlyList<ReportRow> Data { get; init; } = [];

    /// <summary>SHA-256 over the data set; null where unknown.</summary>
    public string? DataFingerprint { get; init; }

    /// <summary>SHA-256 over the model's numbers; null where unknown.</summary>
    public string? ModelSha256 { get; init; }

    /// <summary>Epochs in order. Figures that are not finite are shown as diverged.</summary>
    public IReadOnlyList<EpochFigures> Epochs { get; init; } = [];

    /// <summary>What happened besides, in order.</summary>
    public IReadOnlyList<ReportEvent> Events { get; init; } = [];

    /// <summary>Figures of the finished model on ratings that neither training nor stopping saw; null where there are none.</summary>
    public EvaluationResult? Final { get; init; }

    /// <summary>How the finished model ranks test items; null where it was not asked.</summary>
    public RankingResult? Ranking { get; init; }

    /// <summary>How well the finished model tells test targets of 1 from those of 0; null for models that answer with no probabilities.</summary>
    public ClassificationResult? Classification { get; init; }

    /// <summary>How the training ratings are spread over the items; null where there are none.</summary>
    public ItemPopularity? Popularity { get; init; }

    /// <summary>What some users would be shown.</summary>
    public IReadOnlyList<SampleList> Samples { get; init; } = [];

    /// <summary>Histogram of the ratings; empty where rows are no ratings.</summary>
    public IReadOnlyList<HistogramBar> Ratings { get; init; } = [];

    /// <summary>The epoch with the lowest finite validation RMSE, the first of equals; null without validation.</summary>
    public EpochFigures? BestEpoch => Epochs
        .Where(epoch => epoch.ValidationRmse is { } rmse && double.IsFinite(rmse))
        .MinBy(epoch => epoch.ValidationRmse);
}
