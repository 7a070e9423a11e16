using System.Text;

namespace DistRec.Evaluation.Reports;

/// <summary>A bar of a chart.</summary>
/// <param name="Label">What stands under it.</param>
/// <param name="Value">Its height, at least 0.</param>
/// <param name="Text">Its value as a person reads it.</param>
/// <param name="Tip">What pointing at it shows.</param>
internal readonly record struct Bar(string Label, double Value, string Text, string Tip);

/// <summary>A bar chart from zero.</summary>
internal sealed class SvgBarChart
{
    private const double Width = 520;
    private const double Height = 290;
    private const double Left = 62;
    private const double Right = 14;
    private const double Top = 26;
    private const double Bottom = 50;
    private const double CharacterWidth = 6.6;
    private const double SmallCharacterWidth = 5.4;
    private const int MaxValueTexts = 12;

    /// <summary>Prefix of element ids, unique in the page.</summary>
    public required string Id { get; init; }

    /// <summary>What the chart shows, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>What a reader who cannot see it should know.</summary>
    public required string Description { get; init; }

    /// <summary>Name of the horizontal axis.</summary>
    public required string LabelName { get; init; }

    /// <summary>Name of the vertical axis.</summary>
    public required string ValueName { get; init; }

    /// <summary>The bars, at least one.</summary>
    public required IReadOnlyList<Bar> Bars { get; init; }

    /// <summary>Label of the right end of the last bar. Where it is given, bars touch and labels stand under their left ends.</summary>
    public string? LastEdge { get; init; }

    /// <summary>Class of the stylesheet.</summary>
    public string Style { get; init; } = "one";

    /// <summary>Draws the chart as an SVG element.</summary>
    public string Render()
    {
        Axis y = Axis.Around(0, Math.Max(Bars.Max(bar => bar.Value), double.Epsilon), Height - Bottom, Top, wantedTicks: 5);
        double slot = (Width - Left - Right) / Bars.Count;
        double gap = LastEdge is null ? Math.Min(slot * 0.28, 14) : Math.Min(slot * 0.08, 1.5);
        var svg = new StringBuilder();
        svg.AppendLine($"<svg class=\"chart\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-labelledby=\"{Id}-title {Id}-desc\">");
        svg.AppendLine($"<title id=\"{Id}-title\">{HtmlText.Escape(Title)}</title><desc id=\"{Id}-desc\">{HtmlText.Escape(Description)}</desc>");
        ChartFrame frame = new(Width, Height, Left, Right, Top, Bottom);
        frame.AppendGrid(svg, y);
        for (int index = 0; index < Bars.Count; index++)
        {
            RenderBar(svg, Bars[index], Left + index * slot + gap / 2, slot - gap, y);
        }

        RenderLabels(svg, slot);
        frame.AppendNames(svg, LabelName, ValueName, (9, 14));
        return svg.AppendLine("</svg>").ToString();
    }

    private void RenderBar(StringBuilder svg, Bar bar, double x, double width, Axis y)
    {
        double top = y.At(bar.Value);
        svg.AppendLine($"<rect class=\"bar {Style}\" x=\"{HtmlText.Position(x)}\" y=\"{HtmlText.Position(top)}\" width=\"{HtmlText.Position(width)}\" height=\"{HtmlText.Position(Height - Bottom - top)}\" rx=\"1.5\"><title>{HtmlText.Escape(bar.Tip)}</title></rect>");
        if (Bars.Count <= MaxValueTexts && bar.Text.Length * 6.2 < width + 16)
        {
            svg.AppendLine($"<text class=\"value\" x=\"{HtmlText.Position(x + width / 2)}\" y=\"{HtmlText.Position(top - 5)}\" text-anchor=\"middle\">{HtmlText.Escape(bar.Text)}</text>");
        }
    }

    private void RenderLabels(StringBuilder svg, double slot)
    {
        string[] labels = LastEdge is null ? [.. Bars.Select(bar => bar.Label)] : [.. Bars.Select(bar => bar.Label), LastEdge];
        double offset = LastEdge is null ? slot / 2 : 0;

        // Labels of categories are all needed, so they get smaller before any is left out; those of edges can be counted on from.
        double longest = labels.Max(label => label.Length);
        bool small = LastEdge is null && longest * CharacterWidth > slot;
        double needed = longest * (small ? SmallCharacterWidth : CharacterWidth) + (small ? 2 : 6);
        int every = Math.Max(1, (int)Math.Ceiling(needed / slot));
        for (int index = 0; index < labels.Length; index++)
        {
            // Counted from the middle, so that zero keeps its label on an axis of errors.
            if ((index - labels.Length / 2) % every == 0)
            {
                svg.AppendLine($"<text class=\"tick{(small ? " small" : string.Empty)}\" x=\"{HtmlText.Position(Left + index * slot + offset)}\" y=\"{Height - Bottom + 17}\" text-anchor=\"middle\">{HtmlText.Escape(labels[index])}</text>");
            }
        }
    }
}
