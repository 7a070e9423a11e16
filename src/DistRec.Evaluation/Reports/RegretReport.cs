using System.Globalization;
using System.Text;
using DistRec.Data;
using DistRec.Evaluation.Bandits;

namespace DistRec.Evaluation.Reports;

/// <summary>Regret of bandit policies as one HTML file that needs nothing else: curves over rounds, and the figures as a table.</summary>
public static class RegretReport
{
    private static readonly string[] Styles = ["two", "three", "four", "one"];

    /// <summary>Writes the file as a whole or not at all.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="study">What to tell.</param>
    /// <exception cref="InputException">The file system refuses; the path is then as it was.</exception>
    public static void Write(string path, RegretStudy study)
    {
        byte[] page = Encoding.UTF8.GetBytes(Render(study));
        AtomicFile.Write(path, stream => stream.Write(page));
    }

    /// <summary>The page as text.</summary>
    public static string Render(RegretStudy study)
    {
        ArgumentNullException.ThrowIfNull(study);
        string rates = string.Join(", ", study.Rates.Select(rate => rate.ToString("0.####", CultureInfo.InvariantCulture)));
        string runs = study.Runs == 1 ? "one run" : $"{HtmlText.Count(study.Runs)} runs";
        var html = new StringBuilder();
        HtmlPage.Begin(html, "Regret of bandit policies");
        html.AppendLine("<header><h1>Regret of bandit policies</h1>");
        html.Append($"<p class=\"sub\">{study.Rates.Count} arms of rates {rates}; ");
        html.AppendLine($"{HtmlText.Count(study.Rounds)} rounds, {runs}, seeds from {study.Seed}</p></header>");
        html.AppendLine("<section><h2>Mean regret</h2>");
        AppendChart(html, study);
        html.AppendLine("</section>");
        AppendTable(html, study);
        HtmlPage.End(
            html,
            "Regret is the sum over rounds of the highest rate minus the rate of the arm chosen: what the best arm alone would have earned "
                + "more. Lower is better.");
        return html.ToString();
    }

    private static void AppendChart(StringBuilder html, RegretStudy study)
    {
        LineSeries[] series =
        [
            .. study.Policies.Select((policy, index) => new LineSeries(
                policy.Policy, Styles[index % Styles.Length], [.. policy.Rounds.Zip(policy.MeanCurve)])),
        ];
        if (!SvgLineChart.HasCourse(series))
        {
            html.AppendLine("<p class=\"sub\">A curve needs two rounds.</p>");
            return;
        }

        html.Append("<div class=\"scroll\">").Append(new SvgLineChart
        {
            Id = "regret",
            Title = "Mean regret by round",
            Description = string.Join(" ", study.Policies.Select(
                policy => $"{policy.Policy} comes to {HtmlText.Figure(policy.Final.Mean)} after {study.Rounds} rounds.")),
            StepName = "round",
            ValueName = "regret",
            Series = series,
        }.Render()).AppendLine("</div>");
    }

    private static void AppendTable(StringBuilder html, RegretStudy study)
    {
        html.AppendLine("<section><h2>Regret of whole runs</h2><div class=\"scroll\"><table class=\"numbers\"><thead><tr>");
        foreach (string column in new[] { "policy", "mean", "standard deviation", "lowest", "highest", "rounds with the best arm" })
        {
            html.Append($"<th scope=\"col\">{column}</th>");
        }

        html.AppendLine("</tr></thead><tbody>");
        foreach (PolicyRegret policy in study.Policies)
        {
            html.AppendLine(
                $"<tr><th scope=\"row\">{HtmlText.Escape(policy.Policy)}</th><td>{HtmlText.Figure(policy.Final.Mean)}</td>"
                + $"<td>{HtmlText.Figure(policy.Final.Deviation)}</td><td>{HtmlText.Figure(policy.Lowest)}</td>"
                + $"<td>{HtmlText.Figure(policy.Highest)}</td>"
                + $"<td>{policy.BestArmShare.ToString("0.0 %", CultureInfo.InvariantCulture)}</td></tr>");
        }

        html.AppendLine("</tbody></table></div></section>");
    }
}
