using System.Text;
using DistRec.Evaluation.Maps;

namespace DistRec.Evaluation.Reports;

/// <summary>What the colours of a map's dots tell: the items' mean ratings, else how many interactions they have, else nothing.</summary>
internal sealed class MapColours
{
    private const int Most = 6; // as many as the style has
    private const double SwatchWidth = 42;
    private const double SwatchHeight = 10;

    private readonly Func<MapPoint, double?> _valueOf;
    private readonly ValueClasses _classes;
    private readonly string _name;
    private readonly double _step;

    private MapColours(string name, Func<MapPoint, double?> valueOf, ItemMap map, double step)
    {
        _name = name;
        _valueOf = valueOf;
        _step = step;
        _classes = ValueClasses.Of(map.Items.Select(valueOf).OfType<double>(), Most, step);
    }

    /// <summary>The end of a sentence on what dots are; empty where colours tell nothing.</summary>
    public string Description => _classes.Count > 1 ? $", and coloured by {_name}" : "";

    /// <summary>The colours of a map.</summary>
    public static MapColours Of(ItemMap map)
    {
        if (map.Items.All(item => item.MeanRating is null))
        {
            return new MapColours("number of interactions", item => item.Ratings, map, 1);
        }

        // Ratings of half a star to five are told apart by tenths, those of 1 to 100 by whole numbers.
        double range = map.Items.Max(item => item.MeanRating)!.Value - map.Items.Min(item => item.MeanRating)!.Value;
        return new MapColours("mean rating", item => item.MeanRating, map, range > 20 ? 1 : 0.1);
    }

    /// <summary>The class of the stylesheet, from 0 to 5; the middle for an item that has no value.</summary>
    public int ClassOf(MapPoint item) => _valueOf(item) is { } value ? ColourOf(_classes.ClassOf(value)) : Most / 2;

    /// <summary>Draws a bar of the colours with the numbers at which they change.</summary>
    /// <param name="svg">Where to.</param>
    /// <param name="right">Where the bar ends.</param>
    /// <param name="top">Its upper edge.</param>
    public void RenderLegend(StringBuilder svg, double right, double top)
    {
        if (_classes.Count == 1)
        {
            return;
        }

        double left = right - (_classes.Count * SwatchWidth);
        svg.AppendLine("<g class=\"legend\">");
        RenderText(_name, left - 10, top + SwatchHeight, "end");
        for (int index = 0; index < _classes.Count; index++)
        {
            double at = left + (index * SwatchWidth);
            svg.Append($"<rect class=\"c{ColourOf(index)}\" x=\"{HtmlText.Position(at)}\" y=\"{HtmlText.Position(top)}\"");
            svg.AppendLine($" width=\"{SwatchWidth}\" height=\"{SwatchHeight}\"/>");
            if (index > 0)
            {
                RenderText(HtmlText.Tick(_classes.Edges[index - 1], _step), at, top + SwatchHeight + 15, "middle");
            }
        }

        svg.AppendLine("</g>");

        void RenderText(string text, double x, double y, string anchor)
        {
            svg.Append($"<text class=\"tick\" x=\"{HtmlText.Position(x)}\" y=\"{HtmlText.Position(y)}\" text-anchor=\"{anchor}\">");
            svg.AppendLine($"{HtmlText.Escape(text)}</text>");
        }
    }

    // Fewer classes than colours are spread over all of them.
    private int ColourOf(int index) => _classes.Count == 1 ? Most / 2 : (int)Math.Round((double)index * (Most - 1) / (_classes.Count - 1));
}
