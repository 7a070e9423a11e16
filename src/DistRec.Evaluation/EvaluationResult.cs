using DistRec.Evaluation.Metrics;

namespace DistRec.Evaluation;

/// <summary>How well a model predicts ratings it was not trained on.</summary>
/// <param name="Rmse">√(Σ (r_ui − r̂_ui)² / n).</param>
/// <param name="Mae">Σ |r_ui − r̂_ui| / n.</param>
/// <param name="Count">n, the number of ratings.</param>
/// <param name="ColdUsers">How many of the ratings are by users without training ratings.</param>
/// <param name="ColdItems">How many of the ratings are of items without training ratings.</param>
/// <param name="Errors">Histogram of r_ui − r̂_ui.</param>
/// <param name="ByActivity">The same figures by the user's number of training ratings; bins without ratings are left out.</param>
public sealed record EvaluationResult(
    double Rmse,
    double Mae,
    long Count,
    long ColdUsers,
    long ColdItems,
    IReadOnlyList<HistogramBar> Errors,
    IReadOnlyList<ActivityBin> ByActivity);
