using System.Text;

namespace DistRec.Evaluation.Reports;

/// <summary>A point of a scatter chart.</summary>
/// <param name="X">Where it stands across, on the scale of the ticks.</param>
/// <param name="Y">Its figure.</param>
/// <param name="Style">Class of the stylesheet: <c>one</c>, <c>two</c>, <c>three</c> or <c>four</c>.</param>
/// <param name="Words">What it is, for whoever points at it.</param>
internal readonly record struct ScatterPoint(double X, double Y, string Style, string Words);

/// <summary>Points over a scale with ticks of its own: of numbers, of their logarithms, or of words.</summary>
internal sealed class SvgScatterChart
{
    private const double Left = 66;
    private const double Right = 18;
    private const double Top = 14;
    private const double Bottom = 48;
    private const double Width = 520;
    private const double Height = 300;

    /// <summary>Prefix of element ids, unique in the page.</summary>
    public required string Id { get; init; }

    /// <summary>What the chart shows, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>What a reader who cannot see it should know.</summary>
    public required string Description { get; init; }

    /// <summary>Name of the scale across.</summary>
    public required string AcrossName { get; init; }

    /// <summary>Name of the figure.</summary>
    public required string ValueName { get; init; }

    /// <summary>Where ticks stand across, and what they say; at least one.</summary>
    public required IReadOnlyList<(double At, string Text)> Ticks { get; init; }

    /// <summary>The points, at least one, with finite figures.</summary>
    public required IReadOnlyList<ScatterPoint> Points { get; init; }

    /// <summary>The point to mark as best.</summary>
    public ScatterPoint? Best { get; init; }

    /// <summary>Draws the chart as an SVG element.</summary>
    public string Render()
    {
        double from = Math.Min(Points.Min(point => point.X), Ticks.Min(tick => tick.At));
        double to = Math.Max(Points.Max(point => point.X), Ticks.Max(tick => tick.At));
        double scale = (Width - Left - Right - 24) / Math.Max(to - from, 1e-12);
        Axis y = Axis.Around(Points.Min(point => point.Y), Points.Max(point => point.Y), Height - Bottom, Top);
        var svg = new StringBuilder();
        svg.AppendLine($"<svg class=\"chart\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-labelledby=\"{Id}-title {Id}-desc\">");
        svg.Append($"<title id=\"{Id}-title\">{HtmlText.Escape(Title)}</title>");
        svg.AppendLine($"<desc id=\"{Id}-desc\">{HtmlText.Escape(Description)}</desc>");
        ChartFrame frame = new(Width, Height, Left, Right, Top, Bottom);
        frame.AppendGrid(svg, y);
        foreach ((double value, string text) in Ticks)
        {
            frame.AppendTick(svg, At(value), text);
        }

        frame.AppendNames(svg, AcrossName, ValueName, (8, 15));
        foreach (ScatterPoint point in Points)
        {
            svg.Append($"<circle class=\"dot {point.Style}\" cx=\"{At(point.X)}\" cy=\"{HtmlText.Position(y.At(point.Y))}\" r=\"3.6\">");
            svg.AppendLine($"<title>{HtmlText.Escape(point.Words)}</title></circle>");
        }

        if (Best is { } best)
        {
            svg.Append($"<circle class=\"best\" cx=\"{At(best.X)}\" cy=\"{HtmlText.Position(y.At(best.Y))}\" r=\"7\">");
            svg.AppendLine($"<title>Best: {HtmlText.Escape(best.Words)}</title></circle>");
        }

        return svg.AppendLine("</svg>").ToString();

        string At(double value) => HtmlText.Position(Left + 12 + ((value - from) * scale));
    }
}
