using System.Text;
using DistRec.Evaluation.Metrics;

namespace DistRec.Evaluation.Reports;

/// <summary>Histograms of ratings and errors, and errors by how active users are.</summary>
internal static class ReportDistributions
{
    public static void Append(StringBuilder html, TrainingReport report)
    {
        if (report.Final is not { } final)
        {
            return;
        }

        html.AppendLine("<div class=\"pair\">");
        AppendHistogram(html, "errors", "Test errors", "rating − prediction", "two", final.Errors);
        AppendActivity(html, final.ByActivity);
        html.AppendLine("</div>");
    }

    /// <summary>A section with a histogram and its table; nothing where there are no bars.</summary>
    public static void AppendHistogram(StringBuilder html, string id, string title, string labelName, string style, IReadOnlyList<HistogramBar> bars)
    {
        if (bars.Count == 0)
        {
            return;
        }

        long total = Math.Max(1, bars.Sum(bar => bar.Count));
        HistogramBar mode = bars.MaxBy(bar => bar.Count);
        bool single = bars.All(bar => bar.From == bar.To);
        html.AppendLine($"<section><h2>{title}</h2>");
        html.Append(new SvgBarChart
        {
            Id = id,
            Title = $"{title}: how many of each",
            Description = $"{HtmlText.Count(total)} in all, most at {Range(mode)}. The numbers are in the table below.",
            LabelName = labelName,
            ValueName = "ratings",
            Style = style,
            LastEdge = single ? null : HtmlText.Edge(bars[^1].To),
            Bars = [.. bars.Select(bar => new Bar(HtmlText.Edge(bar.From), bar.Count, HtmlText.Count(bar.Count), $"{Range(bar)}: {HtmlText.Count(bar.Count)} ({Share(bar.Count, total)})"))],
        }.Render());
        html.AppendLine($"<details><summary>As a table</summary><table class=\"numbers\"><thead><tr><th scope=\"col\">{labelName}</th><th scope=\"col\">ratings</th><th scope=\"col\">share</th></tr></thead><tbody>");
        foreach (HistogramBar bar in bars)
        {
            html.AppendLine($"<tr><th scope=\"row\">{Range(bar)}</th><td>{HtmlText.Count(bar.Count)}</td><td>{Share(bar.Count, total)}</td></tr>");
        }

        html.AppendLine("</tbody></table></details></section>");
    }

    private static void AppendActivity(StringBuilder html, IReadOnlyList<ActivityBin> bins)
    {
        if (bins.Count == 0)
        {
            return;
        }

        html.AppendLine("<section><h2>Test RMSE by user activity</h2>");
        html.Append(new SvgBarChart
        {
            Id = "activity",
            Title = "Test RMSE by the user's number of training ratings",
            Description = $"From {HtmlText.Figure(bins[0].Rmse)} for users with {Range(bins[0])} training ratings to {HtmlText.Figure(bins[^1].Rmse)} for those with {Range(bins[^1])}. The numbers are in the table below.",
            LabelName = "training ratings of the user",
            ValueName = "RMSE",
            Style = "three",
            Bars = [.. bins.Select(bin => new Bar(Range(bin), bin.Rmse, bin.Rmse.ToString("0.000"), $"{Range(bin)} training ratings: RMSE {HtmlText.Figure(bin.Rmse)}, {HtmlText.Count(bin.Users)} users, {HtmlText.Count(bin.Count)} test ratings"))],
        }.Render());
        html.AppendLine("<details><summary>As a table</summary><div class=\"scroll\"><table class=\"numbers\"><thead><tr><th scope=\"col\">training ratings</th><th scope=\"col\">users</th><th scope=\"col\">test ratings</th><th scope=\"col\">RMSE</th><th scope=\"col\">MAE</th></tr></thead><tbody>");
        foreach (ActivityBin bin in bins)
        {
            html.AppendLine($"<tr><th scope=\"row\">{Range(bin)}</th><td>{HtmlText.Count(bin.Users)}</td><td>{HtmlText.Count(bin.Count)}</td><td>{HtmlText.Figure(bin.Rmse)}</td><td>{HtmlText.Figure(bin.Mae)}</td></tr>");
        }

        html.AppendLine("</tbody></table></div></details></section>");
    }

    private static string Range(HistogramBar bar) => bar.From == bar.To ? HtmlText.Edge(bar.From) : $"{HtmlText.Edge(bar.From)} to {HtmlText.Edge(bar.To)}";

    private static string Range(ActivityBin bin) => bin.To is not { } to ? $"{HtmlText.Count(bin.From)}+" : bin.From == to ? HtmlText.Count(to) : $"{HtmlText.Count(bin.From)}–{HtmlText.Count(to)}";

    private static string Share(long count, long total) => $"{100.0 * count / total:0.0} %";
}
