using System.Text;
using DistRec.Data;
using DistRec.Evaluation.Maps;

namespace DistRec.Evaluation.Reports;

/// <summary>
/// A map of items as one SVG that needs nothing else: light or dark as the reader's system is, a dot an item that says what it is when
/// pointed at, coloured by mean rating or else by the number of interactions, with the names of the most rated ones. All text that comes
/// from outside is escaped.
/// </summary>
public static class ItemMapSvg
{
    private const double Width = 1000;
    private const double Top = 92;
    private const double Margin = 18;
    private const double LeastHeight = 360; // of the area of dots
    private const double LineHeight = 18;
    private const int MostLabels = 40;
    private const int LongestLabel = 36; // in characters
    private const int LongestTitle = 75;

    private const string Style = ReportStyle.Colours + """
        :root { --c0: #2166ac; --c1: #5f9bd1; --c2: #93a7bd; --c3: #d9ab74; --c4: #e07f2e; --c5: #ab3f06; }
        @media (prefers-color-scheme: dark) {
          :root { --c0: #4f8ff0; --c1: #7fb0ea; --c2: #8797aa; --c3: #c9a87f; --c4: #f79b45; --c5: #ff6f1f; }
        }
        svg { background: var(--page); font: 13px system-ui, -apple-system, "Segoe UI", Roboto, Arial, "DejaVu Sans", sans-serif; }
        text { fill: var(--ink); }
        .title { font-size: 21px; font-weight: 650; letter-spacing: -0.01em; }
        .sub, .note, .tick { fill: var(--muted); font-variant-numeric: tabular-nums; }
        .note, .tick { font-size: 12px; }
        .card { fill: var(--card); stroke: var(--line); }
        .dots circle { fill-opacity: 0.8; stroke: var(--card); stroke-width: 0.4; }
        .dots circle:hover { fill-opacity: 1; stroke: var(--ink); stroke-width: 1.5; }
        .c0 { fill: var(--c0); } .c1 { fill: var(--c1); } .c2 { fill: var(--c2); }
        .c3 { fill: var(--c3); } .c4 { fill: var(--c4); } .c5 { fill: var(--c5); }
        .labels text { font-size: 11.5px; font-weight: 550; pointer-events: none; }
        .labels text { paint-order: stroke; stroke: var(--card); stroke-width: 3px; stroke-linejoin: round; }
        """;

    /// <summary>Writes the file as a whole or not at all.</summary>
    /// <param name="path">The file; an existing one is replaced.</param>
    /// <param name="map">The map.</param>
    /// <exception cref="InputException">The file system refuses; the path is then as it was.</exception>
    public static void Write(string path, ItemMap map)
    {
        byte[] drawing = Encoding.UTF8.GetBytes(Render(map));
        AtomicFile.Write(path, stream => stream.Write(drawing));
    }

    /// <summary>The drawing as text.</summary>
    public static string Render(ItemMap map)
    {
        ArgumentNullException.ThrowIfNull(map);
        MapExtent extent = MapExtent.Of(map);
        double bottom = Top + Margin + Math.Clamp(extent.Ratio * (Width - 4 * Margin), LeastHeight, Width);
        double height = bottom + Margin + LineHeight * Math.Max(2, map.Notes.Count);
        string title = Shorten($"Items of {map.ModelKind} on {map.DataName}", LongestTitle);
        string method = map.Method == TsneMethod.Exact ? "exact" : "Barnes–Hut";
        string about = $"{HtmlText.Count(map.Items.Count)} items by t-SNE of their factors ({method}), perplexity {map.Perplexity:0.##}, "
            + $"KL divergence {map.KlDivergence:0.000}";
        string description = $"{about}. Items that users take alike stand near each other; dots are larger the more ratings an item has";
        MapColours colours = MapColours.Of(map);
        var svg = new StringBuilder();
        svg.Append($"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {HtmlText.Position(Width)} {HtmlText.Position(height)}\"");
        svg.AppendLine(" role=\"img\" aria-labelledby=\"map-title map-desc\">");
        svg.AppendLine($"<title id=\"map-title\">{HtmlText.Escape(title)}</title>");
        svg.AppendLine($"<desc id=\"map-desc\">{HtmlText.Escape($"{description}{colours.Description}.")}</desc>");
        svg.AppendLine($"<style>\n{Style}\n</style>");
        svg.AppendLine($"<text class=\"title\" x=\"{Margin}\" y=\"36\">{HtmlText.Escape(title)}</text>");
        svg.AppendLine($"<text class=\"sub\" x=\"{Margin}\" y=\"60\">{HtmlText.Escape(about)}</text>");
        svg.Append($"<rect class=\"card\" x=\"{Margin}\" y=\"{Top - Margin}\" rx=\"12\"");
        svg.AppendLine($" width=\"{HtmlText.Position(Width - 2 * Margin)}\" height=\"{HtmlText.Position(bottom - Top + Margin)}\"/>");
        RenderItems(svg, map, extent, colours, new Box(2 * Margin, Top, Width - 2 * Margin, bottom - Margin));
        colours.RenderLegend(svg, Width - Margin, bottom + Margin / 2);
        for (int note = 0; note < map.Notes.Count; note++)
        {
            string y = HtmlText.Position(bottom + LineHeight * (note + 1));
            svg.AppendLine($"<text class=\"note\" x=\"{Margin}\" y=\"{y}\">{HtmlText.Escape(map.Notes[note])}</text>");
        }

        return svg.AppendLine("</svg>").ToString();
    }

    private static void RenderItems(StringBuilder svg, ItemMap map, MapExtent extent, MapColours colours, Box area)
    {
        LabelledDot[] dots = Dots(map, extent, area);

        // The most rated ones lie on top.
        svg.AppendLine("<g class=\"dots\">");
        for (int index = dots.Length - 1; index >= 0; index--)
        {
            MapPoint item = map.Items[index];
            LabelledDot dot = dots[index];
            svg.Append($"<circle class=\"c{colours.ClassOf(item)}\" cx=\"{HtmlText.Position(dot.X)}\" cy=\"{HtmlText.Position(dot.Y)}\"");
            svg.AppendLine($" r=\"{HtmlText.Position(dot.Radius)}\"><title>{HtmlText.Escape(Describe(item))}</title></circle>");
        }

        svg.AppendLine("</g>");
        svg.AppendLine("<g class=\"labels\">");
        foreach (PlacedLabel label in MapLabels.Place(dots.Take(3 * MostLabels), area, MostLabels))
        {
            (string x, string y) = (HtmlText.Position(label.X), HtmlText.Position(label.Y));
            svg.AppendLine($"<text x=\"{x}\" y=\"{y}\">{HtmlText.Escape(label.Text)}</text>");
        }

        svg.AppendLine("</g>");
    }

    // One scale for both coordinates: distances mean the same in all directions.
    private static LabelledDot[] Dots(ItemMap map, MapExtent extent, Box area)
    {
        double scale = Math.Min((area.Right - area.Left) / extent.Width, (area.Bottom - area.Top) / extent.Height);
        double largest = Math.Clamp(300 / Math.Sqrt(Math.Max(1, map.Items.Count)), 1.8, 8);
        double most = Math.Log(1 + map.Items.Max(item => item.Ratings) ?? 1);
        return
        [
            .. map.Items.Select(item => new LabelledDot(
                (area.Left + area.Right) / 2 + (item.X - extent.MiddleX) * scale,
                (area.Top + area.Bottom) / 2 - (item.Y - extent.MiddleY) * scale,
                largest * (0.4 + 0.6 * (most > 0 ? Math.Log(1 + (item.Ratings ?? 0)) / most : 0.5)),
                Shorten(item.Title ?? item.Item, LongestLabel))),
        ];
    }

    private static string Describe(MapPoint item)
    {
        string name = item.Title is { } title ? $"{title} ({item.Item})" : $"item {item.Item}";
        string ratings = item.Ratings switch { null => "", 1 => ", 1 rating", { } count => $", {HtmlText.Count(count)} ratings" };
        return item.MeanRating is { } mean ? $"{name}{ratings}, mean {mean:0.00}" : $"{name}{ratings}";
    }

    private static string Shorten(string text, int most) => text.Length <= most ? text : $"{text.AsSpan(0, most - 1).TrimEnd()}…";

    // The rectangle around all points, with sides above 0.
    private readonly record struct MapExtent(double MiddleX, double MiddleY, double Width, double Height)
    {
        public double Ratio => Height / Width;

        public static MapExtent Of(ItemMap map)
        {
            if (map.Items.Count == 0)
            {
                return new MapExtent(0, 0, 1, 1);
            }

            double left = map.Items.Min(item => item.X), right = map.Items.Max(item => item.X);
            double low = map.Items.Min(item => item.Y), high = map.Items.Max(item => item.Y);
            double smallest = Math.Max(right - left, high - low) is > 0 and double extent ? extent / 100 : 1;
            return new MapExtent((left + right) / 2, (low + high) / 2, Math.Max(right - left, smallest), Math.Max(high - low, smallest));
        }
    }
}
