using System.Text.Json;
using DistRec.Cli.Output;
using DistRec.Evaluation;
using DistRec.Evaluation.Metrics;
using DistRec.Evaluation.Reports;

namespace DistRec.Cli.Training;

/// <summary>Writes the report of a run into its model's folder.</summary>
internal static class ReportFile
{
    private const string Name = "report.html";

    /// <returns>Its path.</returns>
    public static string Write(string folder, TrainResult result, JobData data, EvaluationResult? test, TimeProvider time)
    {
        string path = Path.GetFullPath(Path.Combine(folder, Name));
        HtmlReport.Write(path, new TrainingReport
        {
            Title = $"{result.Model} on {result.DataName}",
            ModelKind = result.Model,
            Created = time.GetUtcNow(),
            Settings = [.. result.Settings.Where(setting => setting.Value.ValueKind != JsonValueKind.Null).Select(setting => new ReportRow(setting.Key, JsonOutput.ToText(setting.Value)))],
            Data =
            [
                new ReportRow("name", result.DataName),
                new ReportRow("ratings", Quantity.Count(result.Ratings)),
                new ReportRow("users", Quantity.Count(result.Users)),
                new ReportRow("items", Quantity.Count(result.Items)),
                new ReportRow("density", $"{result.Ratings / ((double)result.Users * result.Items):0.000%}"),
                new ReportRow("training ratings", Quantity.Count(result.TrainRatings)),
                new ReportRow("validation ratings", Quantity.Count(result.ValidationRatings)),
                new ReportRow("test ratings", Quantity.Count(result.TestRatings)),
            ],
            Ranking = result.TestRanking,
            DataFingerprint = result.DataFingerprint,
            ModelSha256 = result.ModelSha256,
            Epochs = [.. result.Curve.Select(point => Describe(point, result))],
            Final = test,
            Ratings = Histogram.OfRatings(data.Split.Train),
        });
        return path;
    }

    private static EpochReport Describe(CurvePoint point, TrainResult result) => new(
        point.Epoch,
        point.TrainRmse,
        TimeSpan.FromSeconds(point.Seconds),
        point.Loss,
        point.ValidationRmse,
        point.ValidationMae,
        point.LearningRate,
        point == result.Curve[^1] ? [result.StopReason, .. result.Notes] : null);
}
