using System.Text;

namespace DistRec.Evaluation.Reports;

/// <summary>A line of a chart.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Style">Class of the stylesheet: <c>one</c> to <c>six</c>.</param>
/// <param name="Points">Steps, such as epochs, and values; one that is not finite breaks the line.</param>
internal sealed record LineSeries(string Name, string Style, IReadOnlyList<(int Epoch, double Value)> Points);

/// <summary>A line chart over steps, epochs unless they are named, with axes, ticks, a legend, the best epoch and events.</summary>
internal sealed class SvgLineChart
{
    private const double Left = 66;
    private const double Right = 18;
    private const double Top = 40;
    private const double Bottom = 48;

    /// <summary>Width of the drawing; the page scales it to its place.</summary>
    public double Width { get; init; } = 900;

    /// <summary>Height of the drawing.</summary>
    public double Height { get; init; } = 360;

    /// <summary>Prefix of element ids, unique in the page.</summary>
    public required string Id { get; init; }

    /// <summary>What the chart shows, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>What a reader who cannot see it should know.</summary>
    public required string Description { get; init; }

    /// <summary>What a step is.</summary>
    public string StepName { get; init; } = "epoch";

    /// <summary>Name of the vertical axis.</summary>
    public required string ValueName { get; init; }

    /// <summary>The lines; they have a course.</summary>
    public required IReadOnlyList<LineSeries> Series { get; init; }

    /// <summary>The point to mark as best.</summary>
    public (int Epoch, double Value)? Best { get; init; }

    /// <summary>Epochs at which something happened.</summary>
    public IReadOnlyList<(int Epoch, string What)> Events { get; init; } = [];

    /// <summary>Whether there is a course to show: two epochs with finite values.</summary>
    public static bool HasCourse(IEnumerable<LineSeries> series) =>
        series.SelectMany(line => line.Points).Where(point => double.IsFinite(point.Value)).Select(point => point.Epoch).Distinct().Skip(1).Any();

    /// <summary>Draws the chart as an SVG element of a page, or as a file that needs nothing else.</summary>
    public string Render(bool isFile = false)
    {
        (int Epoch, double Value)[] points = [.. Series.SelectMany(line => line.Points).Where(point => double.IsFinite(point.Value))];
        double[] values = [.. points.Select(point => point.Value).Order()];
        double highest = ShownMaximum(values);
        Axis x = Axis.Whole(points.Min(point => point.Epoch), points.Max(point => point.Epoch), Left, Width - Right);
        Axis y = Axis.Around(values[0], highest, Height - Bottom, Top);
        var svg = new StringBuilder();
        svg.Append($"<svg{(isFile ? " xmlns=\"http://www.w3.org/2000/svg\"" : string.Empty)}");
        svg.AppendLine($" class=\"chart{(Width > 600 ? " wide" : string.Empty)}\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-labelledby=\"{Id}-title {Id}-desc\">");
        svg.AppendLine($"<title id=\"{Id}-title\">{HtmlText.Escape(Title)}</title><desc id=\"{Id}-desc\">{HtmlText.Escape(Description)}</desc>");
        if (isFile)
        {
            svg.AppendLine($"<style>\n{ReportStyle.Colours}{ReportStyle.Charts}svg {{ background: var(--card); }}\n</style>");
        }

        svg.AppendLine($"<clipPath id=\"{Id}-area\"><rect x=\"{Left - 6}\" y=\"{Top - 6}\" width=\"{Width - Left - Right + 12}\" height=\"{Height - Top - Bottom + 12}\"/></clipPath>");
        RenderAxes(svg, x, y);
        RenderEvents(svg, x);
        svg.AppendLine($"<g clip-path=\"url(#{Id}-area)\">");
        foreach (LineSeries line in Series)
        {
            RenderLine(svg, line, x, y);
        }

        svg.AppendLine("</g>");
        RenderBest(svg, x, y);
        RenderLegend(svg, hidden: values[^1] > y.Maximum ? values[^1] : null);
        return svg.AppendLine("</svg>").ToString();
    }

    // A first epoch far above the rest would press the part that matters into a flat line.
    private static double ShownMaximum(double[] sorted)
    {
        double range = sorted[^1] - sorted[0];
        double usual = sorted[(int)(0.85 * (sorted.Length - 1))] - sorted[0];
        return sorted.Length >= 12 && usual > 0 && range > 5 * usual ? sorted[0] + 2 * usual : sorted[^1];
    }

    private void RenderLine(StringBuilder svg, LineSeries line, Axis x, Axis y)
    {
        var path = new StringBuilder();
        bool drawing = false;
        foreach ((int epoch, double value) in line.Points)
        {
            if (double.IsFinite(value))
            {
                path.Append(drawing ? 'L' : 'M').Append(HtmlText.Position(x.At(epoch))).Append(' ').Append(HtmlText.Position(y.At(value)));
            }

            drawing = double.IsFinite(value);
        }

        svg.AppendLine($"<path class=\"line {line.Style}\" d=\"{path}\"/>");
        bool dots = line.Points.Count <= 60;
        foreach ((int epoch, double value) in line.Points.Where(point => double.IsFinite(point.Value)))
        {
            // Every point can be pointed at; where there are many, only the pointer sees them.
            svg.AppendLine($"<circle class=\"dot {line.Style}{(dots ? string.Empty : " hidden")}\" cx=\"{HtmlText.Position(x.At(epoch))}\" cy=\"{HtmlText.Position(y.At(value))}\" r=\"{(dots ? "2.6" : "5")}\"><title>{HtmlText.Escape(line.Name)}, {HtmlText.Escape(StepName)} {epoch}: {HtmlText.Figure(value)}</title></circle>");
        }
    }

    private void RenderAxes(StringBuilder svg, Axis x, Axis y)
    {
        ChartFrame frame = new(Width, Height, Left, Right, Top, Bottom);
        frame.AppendGrid(svg, y);
        foreach (double tick in EpochTicks(x))
        {
            frame.AppendTick(svg, HtmlText.Position(x.At(tick)), HtmlText.Tick(tick, x.Step));
        }

        frame.AppendNames(svg, StepName, ValueName, (8, 15));
    }

    // The first epoch has a tick of its own unless the next one stands close.
    private static IEnumerable<double> EpochTicks(Axis x)
    {
        double[] ticks = [.. x.Ticks];
        return ticks.Length == 0 || ticks[0] - x.Minimum > x.Step / 2 ? ticks.Prepend(x.Minimum) : ticks;
    }

    private void RenderEvents(StringBuilder svg, Axis x)
    {
        foreach ((int epoch, string what) in Events.Where(one => one.Epoch >= x.Minimum && one.Epoch <= x.Maximum))
        {
            string at = HtmlText.Position(x.At(epoch));
            svg.AppendLine($"<g class=\"event\"><line x1=\"{at}\" x2=\"{at}\" y1=\"{Top}\" y2=\"{Height - Bottom}\"/><path d=\"M{at} {Top + 1}l-5 -8h10z\"/><title>Epoch {epoch}: {HtmlText.Escape(what)}</title></g>");
        }
    }

    private void RenderBest(StringBuilder svg, Axis x, Axis y)
    {
        if (Best is not { } best)
        {
            return;
        }

        double atX = x.At(best.Epoch);
        double atY = y.At(best.Value);

        // The label keeps inside the chart: left of the point where the right has no room, above it where a line runs below.
        bool right = atX < Width - Right - 150;
        double labelY = atY + 26 < Height - Bottom ? atY + 24 : atY - 16;
        svg.AppendLine($"<circle class=\"best\" cx=\"{HtmlText.Position(atX)}\" cy=\"{HtmlText.Position(atY)}\" r=\"6.5\"><title>Best epoch {best.Epoch}: {HtmlText.Figure(best.Value)}</title></circle>");
        svg.AppendLine($"<text class=\"best-label\" x=\"{HtmlText.Position(right ? atX - 4 : atX + 6)}\" y=\"{HtmlText.Position(labelY)}\" text-anchor=\"{(right ? "start" : "end")}\">best {HtmlText.Figure(best.Value)} at epoch {best.Epoch}</text>");
    }

    private void RenderLegend(StringBuilder svg, double? hidden)
    {
        double at = Left;
        foreach (LineSeries line in Series)
        {
            svg.AppendLine($"<line class=\"line {line.Style}\" x1=\"{HtmlText.Position(at)}\" x2=\"{HtmlText.Position(at + 24)}\" y1=\"13\" y2=\"13\"/><circle class=\"dot {line.Style}\" cx=\"{HtmlText.Position(at + 12)}\" cy=\"13\" r=\"2.6\"/><text class=\"legend\" x=\"{HtmlText.Position(at + 31)}\" y=\"13\" dy=\"0.33em\">{HtmlText.Escape(line.Name)}</text>");
            at += 54 + 6.7 * line.Name.Length;
        }

        if (Events.Count > 0)
        {
            svg.AppendLine($"<g class=\"event\"><path d=\"M{HtmlText.Position(at + 6)} 17l-5 -8h10z\"/></g><text class=\"legend\" x=\"{HtmlText.Position(at + 17)}\" y=\"13\" dy=\"0.33em\">event</text>");
        }

        if (hidden is { } value)
        {
            svg.AppendLine($"<text class=\"legend note\" x=\"{Width - Right}\" y=\"13\" dy=\"0.33em\" text-anchor=\"end\">lines go on above, up to {HtmlText.Figure(value)}</text>");
        }
    }
}
