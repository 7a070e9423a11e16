using System.Text.Json;
using DistRec.Evaluation;
using DistRec.Evaluation.Metrics;
using DistRec.Evaluation.Reports;

namespace DistRec.Cli.Training;

/// <summary>Writes the report of a run into its model's folder.</summary>
internal static class ReportFile
{
    private const string Name = "report.html";

    /// <returns>Its path.</returns>
    public static string Write(string folder, TrainResult result, JobData data, SavedModel saved, EvaluationResult? test, TimeProvider time)
    {
        string path = Path.GetFullPath(Path.Combine(folder, Name));
        HtmlReport.Write(path, new TrainingReport
        {
            Title = $"{result.Model} on {result.DataName}",
            ModelKind = result.Model,
            Created = time.GetUtcNow(),
            Settings = [.. result.Settings.Where(setting => setting.Value.ValueKind != JsonValueKind.Null).Select(setting => new ReportRow(setting.Key, JsonOutput.ToText(setting.Value)))],
            Data = [.. DescribeData(result)],
            Ranking = result.TestRanking,
            Classification = result.TestClassification,
            DataFingerprint = result.DataFingerprint,
            ModelSha256 = result.ModelSha256,
            Epochs = result.Curve,
            Events = result.Curve.Count == 0 ? [] : [.. result.Notes.Prepend(result.StopReason).Select(what => new ReportEvent(result.Curve[^1].Epoch, what))],
            Final = test,
            Popularity = ItemPopularity.Of(saved),
            Samples = SampleList.Of(saved),
            Ratings = data.Split.Train.Count > 0 ? Histogram.OfRatings(data.Split.Train) : [],
        });
        return path;
    }

    private static IEnumerable<ReportRow> DescribeData(TrainResult result)
    {
        bool ofRatings = result.Users > 0;
        string what = ofRatings ? "ratings" : "rows";
        yield return new ReportRow("name", result.DataName);
        yield return new ReportRow(what, Quantity.Count(result.Ratings));
        if (ofRatings)
        {
            yield return new ReportRow("users", Quantity.Count(result.Users));
            yield return new ReportRow("items", Quantity.Count(result.Items));
            yield return new ReportRow("density", $"{result.Ratings / ((double)result.Users * result.Items):0.000%}");
        }

        if (result.Features is { } features)
        {
            yield return new ReportRow("features", Quantity.Count(features));
        }

        yield return new ReportRow($"training {what}", Quantity.Count(result.TrainRatings));
        yield return new ReportRow($"validation {what}", Quantity.Count(result.ValidationRatings));
        yield return new ReportRow($"test {what}", Quantity.Count(result.TestRatings));
    }
}
