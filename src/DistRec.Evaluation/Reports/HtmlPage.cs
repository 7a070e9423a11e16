using System.Text;

namespace DistRec.Evaluation.Reports;

/// <summary>What every page begins and ends with: no scripts, no fonts, no network.</summary>
internal static class HtmlPage
{
    /// <summary>Up to where the page's own parts begin.</summary>
    /// <param name="html">The page.</param>
    /// <param name="title">What the browser shows as its title.</param>
    public static void Begin(StringBuilder html, string title)
    {
        html.AppendLine("<!DOCTYPE html>");
        html.AppendLine("<html lang=\"en\">");
        html.AppendLine("<head>");
        html.AppendLine("<meta charset=\"utf-8\">");
        html.AppendLine("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        html.AppendLine("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">");
        html.AppendLine($"<title>{HtmlText.Escape(title)}</title>");
        html.AppendLine($"<style>\n{ReportStyle.Css}\n</style>");
        html.AppendLine("</head>");
        html.AppendLine("<body>");
        html.AppendLine("<main>");
    }

    /// <summary>The rest of the page.</summary>
    /// <param name="html">The page.</param>
    /// <param name="legend">What its figures mean.</param>
    public static void End(StringBuilder html, string legend)
    {
        html.AppendLine($"<footer>Written by DistRec. {HtmlText.Escape(legend)}</footer>");
        html.AppendLine("</main>");
        html.AppendLine("</body>");
        html.AppendLine("</html>");
    }
}
