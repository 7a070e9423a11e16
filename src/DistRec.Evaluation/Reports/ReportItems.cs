using System.Text;

namespace DistRec.Evaluation.Reports;

/// <summary>How ratings are spread over the items, and what some users would be shown.</summary>
internal static class ReportItems
{
    public static void Append(StringBuilder html, TrainingReport report)
    {
        if (report.Popularity is { } popularity)
        {
            AppendPopularity(html, popularity);
        }

        if (report.Samples.Count > 0)
        {
            AppendSamples(html, report);
        }
    }

    private static void AppendPopularity(StringBuilder html, ItemPopularity popularity)
    {
        string share = $"The most rated tenth of the items has {100 * popularity.ShareOfTenth:0} % of the training ratings.";
        html.AppendLine("<div class=\"pair\"><section><h2>Items by popularity</h2>");
        html.Append(new SvgBarChart
        {
            Id = "popularity",
            Title = "Items by how many training ratings they have",
            Description = $"{share} The numbers are in the table below.",
            LabelName = "training ratings of the item",
            ValueName = "items",
            Style = "two",
            Bars = [.. popularity.Bins.Select(bin => new Bar(Range(bin), bin.Items, HtmlText.Count(bin.Items), $"{Range(bin)} training ratings: {HtmlText.Count(bin.Items)} items"))],
        }.Render());
        html.AppendLine($"<p class=\"sub\">{share}</p>");
        html.AppendLine("<details><summary>As a table</summary><table class=\"numbers\"><thead><tr><th scope=\"col\">training ratings</th><th scope=\"col\">items</th></tr></thead><tbody>");
        foreach (PopularityBin bin in popularity.Bins)
        {
            html.AppendLine($"<tr><th scope=\"row\">{Range(bin)}</th><td>{HtmlText.Count(bin.Items)}</td></tr>");
        }

        html.AppendLine("</tbody></table></details></section>");
        bool hasMeans = popularity.MostRated.Any(item => item.MeanRating is not null);
        html.AppendLine($"<section><h2>Most rated items</h2><table class=\"numbers\"><thead><tr><th scope=\"col\">item</th><th scope=\"col\">training ratings</th>{(hasMeans ? "<th scope=\"col\">mean</th>" : "")}</tr></thead><tbody>");
        foreach (PopularItem item in popularity.MostRated)
        {
            html.AppendLine($"<tr><th scope=\"row\">{HtmlText.Escape(item.Title ?? item.Item)}</th><td>{HtmlText.Count(item.Ratings)}</td>{(hasMeans ? $"<td>{item.MeanRating:0.00}</td>" : "")}</tr>");
        }

        html.AppendLine("</tbody></table></section></div>");
    }

    private static void AppendSamples(StringBuilder html, TrainingReport report)
    {
        html.AppendLine("<section><h2>What some users would be shown</h2>");
        foreach (SampleList sample in report.Samples)
        {
            bool isFirst = ReferenceEquals(sample, report.Samples[0]);
            html.AppendLine($"<details{(isFirst ? " open" : "")}><summary>User {HtmlText.Escape(sample.User)}, {HtmlText.Count(sample.Ratings)} training {(sample.Ratings == 1 ? "rating" : "ratings")}</summary><div class=\"pair\">");
            AppendList(html, sample.Shown, "recommended", "prediction", "0.00");
            AppendList(html, sample.Liked, "rated highest in training", "rating", "0.##");
            html.AppendLine("</div></details>");
        }

        html.AppendLine("</section>");
    }

    private static void AppendList(StringBuilder html, IReadOnlyList<SampleItem> items, string title, string value, string format)
    {
        html.AppendLine($"<table class=\"numbers\"><thead><tr><th scope=\"col\">{title}</th><th scope=\"col\">{value}</th></tr></thead><tbody>");
        foreach (SampleItem item in items)
        {
            html.AppendLine($"<tr><th scope=\"row\">{HtmlText.Escape(item.Name)}</th><td>{item.Value.ToString(format)}</td></tr>");
        }

        html.AppendLine("</tbody></table>");
    }

    private static string Range(PopularityBin bin) => bin.From == bin.To ? HtmlText.Count(bin.From) : $"{HtmlText.Count(bin.From)}–{HtmlText.Count(bin.To)}";
}
