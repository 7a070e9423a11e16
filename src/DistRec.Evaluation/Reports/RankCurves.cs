using System.Globalization;
using System.Text;
using DistRec.Data;
using DistRec.Evaluation.Ranking;

namespace DistRec.Evaluation.Reports;

/// <summary>
/// Where models put relevant items among their candidates ([K08], section 6): the share that is within so much of the first place.
/// </summary>
public static class RankCurves
{
    // The first fiftieth is what people see of a ranking.
    private const int FirstSteps = RankCurve.Steps / 50;
    private const int Coarse = 10;

    private static readonly int[] Shown = [1, 5, 10, 20, 50, 100, 200, 500];

    /// <summary>Writes a page of several models' curves as a whole or not at all.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="dataName">What the data set is called.</param>
    /// <param name="candidates">What relevant items are ranked among.</param>
    /// <param name="curves">Models and their curves, at least one.</param>
    /// <exception cref="InputException">The file system refuses; the path is then as it was.</exception>
    public static void Write(string path, string dataName, string candidates, IReadOnlyList<(string Name, RankCurve Curve)> curves)
    {
        byte[] page = Encoding.UTF8.GetBytes(Render(dataName, candidates, curves));
        AtomicFile.Write(path, stream => stream.Write(page));
    }

    /// <summary>The page as text.</summary>
    public static string Render(string dataName, string candidates, IReadOnlyList<(string Name, RankCurve Curve)> curves)
    {
        ArgumentNullException.ThrowIfNull(dataName);
        ArgumentNullException.ThrowIfNull(candidates);
        ArgumentNullException.ThrowIfNull(curves);
        StringBuilder html = new();
        string title = $"Rankings on {dataName}";
        HtmlPage.Begin(html, title);
        html.AppendLine($"<header><h1>{HtmlText.Escape(title)}</h1><p class=\"sub\">Candidates: {HtmlText.Escape(candidates)}</p></header>");
        Append(html, curves);
        HtmlPage.End(html, "A curve that is higher at the left puts more of what users took to before all else; one of chance is the diagonal.");
        return html.ToString();
    }

    /// <summary>Adds the curves and their table to a page.</summary>
    internal static void Append(StringBuilder html, IReadOnlyList<(string Name, RankCurve Curve)> curves)
    {
        html.AppendLine("<section><h2>Where relevant items are</h2>");
        AppendChart(html, "ranks", "all places", curves, RankCurve.Steps, Coarse);
        AppendChart(html, "first-ranks", "the first fiftieth", curves, FirstSteps, 1);
        html.AppendLine("<details><summary>As a table</summary><div class=\"scroll\"><table class=\"numbers\"><thead><tr><th scope=\"col\">within</th>");
        foreach ((string name, _) in curves)
        {
            html.Append($"<th scope=\"col\">{HtmlText.Escape(name)}</th>");
        }

        html.AppendLine("</tr></thead><tbody>");
        foreach (int step in Shown)
        {
            html.Append($"<tr><th scope=\"row\">{Percent(step)}</th>");
            foreach ((_, RankCurve curve) in curves)
            {
                html.Append($"<td>{Share(curve, step)}</td>");
            }

            html.AppendLine("</tr>");
        }

        html.AppendLine("</tbody></table></div></details></section>");
    }

    private static void AppendChart(StringBuilder html, string id, string which, IReadOnlyList<(string Name, RankCurve Curve)> curves, int last, int every) =>
        html.Append("<div class=\"scroll\">").Append(new SvgLineChart
        {
            Id = id,
            Height = 300,
            Title = $"Share of relevant items by place: {which}",
            Description = string.Join(" ", curves.Select(one => $"{one.Name} has {Share(one.Curve, Shown[2])} of them within {Percent(Shown[2])} of the candidates.")),
            StepName = "thousandths of the candidates, from the first place",
            ValueName = "share of relevant items",
            Series =
            [
                .. curves.Select((one, index) => new LineSeries(
                    one.Name, ReportStyle.OfLines[index % ReportStyle.OfLines.Count], [.. Enumerable.Range(0, (last / every) + 1).Select(step => (step * every, one.Curve.ShareWithin(step * every)))])),
            ],
        }.Render()).AppendLine("</div>");

    private static string Percent(int thousandths) => (thousandths / 1000.0).ToString("0.# %", CultureInfo.InvariantCulture);

    private static string Share(RankCurve curve, int thousandths) => curve.ShareWithin(thousandths).ToString("0.0 %", CultureInfo.InvariantCulture);
}
