namespace DistRec.Evaluation.Reports;

/// <summary>A dot that may get a label.</summary>
/// <param name="X">Its middle.</param>
/// <param name="Y">Its middle, downwards.</param>
/// <param name="Radius">Its radius.</param>
/// <param name="Text">What to write beside it.</param>
internal readonly record struct LabelledDot(double X, double Y, double Radius, string Text);

/// <summary>A label where it has room.</summary>
/// <param name="X">Where its text begins.</param>
/// <param name="Y">Its base line.</param>
/// <param name="Text">What it says.</param>
internal readonly record struct PlacedLabel(double X, double Y, string Text);

/// <summary>
/// Places labels beside dots, one after the other: to the right, the left, above or below, wherever neither another label nor the dot of
/// one is in the way. A dot that has no room for its label gets none.
/// </summary>
internal static class MapLabels
{
    /// <summary>Height of a line of text.</summary>
    public const double LineHeight = 14;

    private const double Ascent = 11; // from the base line to the top of a line
    private const double CharacterWidth = 6.7; // generous: fonts differ
    private const double WideCharacterWidth = 12.5; // of scripts whose characters are squares
    private const double Gap = 3;

    /// <summary>Places as many labels as there is room for.</summary>
    /// <param name="dots">Those that want one, the most important first.</param>
    /// <param name="area">Where labels may stand.</param>
    /// <param name="most">Most labels.</param>
    public static IReadOnlyList<PlacedLabel> Place(IEnumerable<LabelledDot> dots, Box area, int most)
    {
        List<Box> taken = [];
        List<PlacedLabel> placed = [];
        foreach (LabelledDot dot in dots)
        {
            Box own = new(dot.X - dot.Radius, dot.Y - dot.Radius, dot.X + dot.Radius, dot.Y + dot.Radius);
            if (placed.Count == most)
            {
                break;
            }

            double width = WidthOf(dot.Text), away = dot.Radius + Gap;
            (double X, double Y)[] corners =
            [
                (dot.X + away, dot.Y - LineHeight / 2),
                (dot.X - away - width, dot.Y - LineHeight / 2),
                (dot.X - width / 2, dot.Y - away - LineHeight),
                (dot.X - width / 2, dot.Y + away),
            ];
            foreach ((double x, double y) in corners)
            {
                Box label = new(x, y, x + width, y + LineHeight);
                if (area.Contains(label) && !taken.Exists(other => other.Meets(label) || other.Meets(own)))
                {
                    taken.Add(label);
                    taken.Add(own);
                    placed.Add(new PlacedLabel(x, y + Ascent, dot.Text));
                    break;
                }
            }
        }

        return placed;
    }

    /// <summary>About how wide a text is.</summary>
    public static double WidthOf(string text) => text.Sum(one => one >= '\u2E80' ? WideCharacterWidth : CharacterWidth);
}

/// <summary>A rectangle of a drawing, downwards.</summary>
internal readonly record struct Box(double Left, double Top, double Right, double Bottom)
{
    public bool Contains(Box other) => other.Left >= Left && other.Right <= Right && other.Top >= Top && other.Bottom <= Bottom;

    public bool Meets(Box other) => other.Left < Right && other.Right > Left && other.Top < Bottom && other.Bottom > Top;
}
