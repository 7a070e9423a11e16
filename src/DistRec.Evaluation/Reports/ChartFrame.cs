using System.Text;

namespace DistRec.Evaluation.Reports;

/// <summary>What charts have around what they show: a grid, ticks and the names of both axes.</summary>
/// <param name="Width">Width of the drawing.</param>
/// <param name="Height">Height of the drawing.</param>
/// <param name="Left">Where the area of what is shown begins.</param>
/// <param name="Right">How far from the right edge it ends.</param>
/// <param name="Top">Where it begins.</param>
/// <param name="Bottom">How far from the lower edge it ends.</param>
internal readonly record struct ChartFrame(double Width, double Height, double Left, double Right, double Top, double Bottom)
{
    /// <summary>A line and a number at each tick upwards.</summary>
    public void AppendGrid(StringBuilder svg, Axis y)
    {
        foreach (double tick in y.Ticks)
        {
            string at = HtmlText.Position(y.At(tick));
            svg.Append($"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{at}\" y2=\"{at}\"/>");
            svg.AppendLine($"<text class=\"tick\" x=\"{Left - 9}\" y=\"{at}\" dy=\"0.33em\" text-anchor=\"end\">{HtmlText.Tick(tick, y.Step)}</text>");
        }
    }

    /// <summary>A tick across.</summary>
    /// <param name="svg">The drawing.</param>
    /// <param name="at">Where it stands.</param>
    /// <param name="text">What it says.</param>
    public void AppendTick(StringBuilder svg, string at, string text)
    {
        svg.Append($"<line class=\"axis\" x1=\"{at}\" x2=\"{at}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom + 5}\"/>");
        svg.AppendLine($"<text class=\"tick\" x=\"{at}\" y=\"{Height - Bottom + 19}\" text-anchor=\"middle\">{HtmlText.Escape(text)}</text>");
    }

    /// <summary>The line under what is shown, and the names of both axes.</summary>
    /// <param name="svg">The drawing.</param>
    /// <param name="across">What stands across.</param>
    /// <param name="upwards">What stands upwards.</param>
    /// <param name="inset">How far from the edges names stand.</param>
    public void AppendNames(StringBuilder svg, string across, string upwards, (double Across, double Upwards) inset)
    {
        double middle = (Top + Height - Bottom) / 2;
        svg.AppendLine($"<line class=\"axis\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Height - Bottom}\" y2=\"{Height - Bottom}\"/>");
        svg.Append($"<text class=\"name\" x=\"{(Left + Width - Right) / 2}\" y=\"{Height - inset.Across}\" text-anchor=\"middle\">");
        svg.AppendLine($"{HtmlText.Escape(across)}</text>");
        svg.Append($"<text class=\"name\" transform=\"translate({inset.Upwards} {middle}) rotate(-90)\" text-anchor=\"middle\">");
        svg.AppendLine($"{HtmlText.Escape(upwards)}</text>");
    }
}
