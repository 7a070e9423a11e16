namespace DistRec.Data;

/// <summary>What to do about a wrong line, guessed from how it looks.</summary>
internal static class LineAdvice
{
    public static string OnColumnCount(ReadOnlySpan<byte> line, LineLayout layout)
    {
        foreach (Separator other in Enum.GetValues<Separator>())
        {
            if (other != layout.Separator && FieldSplitter.Split(line, other, []) == layout.Roles.Length)
            {
                return $"this line is separated by {LineLayout.Name(other)}: use one separator throughout";
            }
        }

        return "every line needs the columns of the first: mend the line, or quote a field that holds the separator";
    }

    public static string OnRating(ReadOnlySpan<byte> text)
    {
        if (text.Contains((byte)',') && FieldParser.TryRating(text, decimalComma: true, out _))
        {
            return "use --decimal-comma or a dot";
        }

        return text.IsEmpty
            ? "remove rows without a rating"
            : "correct the rating, or name the columns with --columns user,item,rating";
    }
}
