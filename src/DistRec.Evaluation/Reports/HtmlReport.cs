using System.Text;
using DistRec.Data;

namespace DistRec.Evaluation.Reports;

/// <summary>
/// A training run as one HTML file that needs nothing else: no scripts, no fonts, no network. Every chart has its numbers
/// as a table beneath it; all text that comes from outside is escaped.
/// </summary>
public static class HtmlReport
{
    /// <summary>Writes the file as a whole or not at all.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="report">What to tell.</param>
    /// <exception cref="InputException">The file system refuses; the path is then as it was.</exception>
    public static void Write(string path, TrainingReport report)
    {
        byte[] page = Encoding.UTF8.GetBytes(Render(report));
        AtomicFile.Write(path, stream => stream.Write(page));
    }

    /// <summary>The page as text.</summary>
    public static string Render(TrainingReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var html = new StringBuilder();
        HtmlPage.Begin(html, report.Title);
        AppendHeader(html, report);
        ReportTiles.Append(html, report);
        ReportCurves.Append(html, report);
        ReportDistributions.Append(html, report);
        if (report.Ranking is { Users: > 0, Curve: { } curve })
        {
            RankCurves.Append(html, [(report.ModelKind, curve)]);
        }

        ReportItems.Append(html, report);
        AppendFacts(html, report);
        HtmlPage.End(html, "RMSE is the root of the mean squared error, MAE the mean absolute error; lower is better. An error is the rating or target minus the prediction.");
        return html.ToString();
    }

    private static void AppendHeader(StringBuilder html, TrainingReport report)
    {
        string created = report.Created is { } time ? $"<time datetime=\"{time:O}\">{time:yyyy-MM-dd HH:mm zzz}</time>" : string.Empty;
        html.AppendLine($"<header><h1>{HtmlText.Escape(report.Title)}</h1><p class=\"sub\"><span class=\"kind\">{HtmlText.Escape(report.ModelKind)}</span>{created}</p></header>");
    }

    private static void AppendFacts(StringBuilder html, TrainingReport report)
    {
        html.AppendLine("<div class=\"pair\">");
        AppendTable(html, "Data", report.Data, ("Fingerprint", report.DataFingerprint), "facts");
        ReportDistributions.AppendHistogram(html, "ratings", "Ratings", "rating", "one", report.Ratings);
        html.AppendLine("</div>");
        AppendTable(html, "Settings", report.Settings, ("Model SHA-256", report.ModelSha256), "facts settings");
    }

    private static void AppendTable(StringBuilder html, string title, IReadOnlyList<ReportRow> rows, (string Name, string? Value) hash, string style)
    {
        if (rows.Count == 0 && hash.Value is null)
        {
            return;
        }

        html.AppendLine($"<section><h2>{title}</h2><dl class=\"{style}\">");
        foreach (ReportRow row in rows)
        {
            html.AppendLine($"<div><dt>{HtmlText.Escape(row.Name)}</dt><dd>{HtmlText.Escape(row.Value)}</dd></div>");
        }

        if (hash.Value is not null)
        {
            html.AppendLine($"<div class=\"hash\"><dt>{hash.Name}</dt><dd><code>{HtmlText.Escape(hash.Value)}</code></dd></div>");
        }

        html.AppendLine("</dl></section>");
    }
}
