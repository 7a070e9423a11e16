using System.Text;

namespace DistRec.Data;

/// <summary>Cuts a line into its fields. Fields may be quoted as in CSV; space around a field is not part of it.</summary>
internal static class FieldSplitter
{
    /// <summary>Cuts a line and returns how many fields it has, which may be more than <paramref name="fields"/> holds.</summary>
    public static int Split(ReadOnlySpan<byte> line, Separator separator, Span<Range> fields)
    {
        if (separator == Separator.Spaces)
        {
            return SplitSpaces(line, fields);
        }

        byte first = LineLayout.FirstByte(separator);
        int width = separator == Separator.DoubleColon ? 2 : 1;
        int count = 0;
        int start = 0;
        while (true)
        {
            int end = FieldEnd(line, start, first, width);
            if (count < fields.Length)
            {
                fields[count] = Trim(line, start, end);
            }

            count++;
            if (end == line.Length)
            {
                return count;
            }

            start = end + width;
        }
    }

    /// <summary>Removes the quotes around a field and makes doubled quotes inside single.</summary>
    public static ReadOnlySpan<byte> Unquote(ReadOnlySpan<byte> field)
    {
        if (field.Length < 2 || field[0] != '"' || field[^1] != '"')
        {
            return field;
        }

        field = field[1..^1];
        return field.Contains((byte)'"') ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(field).Replace("\"\"", "\"")) : field;
    }

    private static int SplitSpaces(ReadOnlySpan<byte> line, Span<Range> fields)
    {
        int count = 0;
        int position = 0;
        while (true)
        {
            while (position < line.Length && line[position] is (byte)' ' or (byte)'\t')
            {
                position++;
            }

            if (position == line.Length)
            {
                return count;
            }

            int start = position;
            while (position < line.Length && line[position] is not ((byte)' ' or (byte)'\t'))
            {
                position++;
            }

            if (count < fields.Length)
            {
                fields[count] = start..position;
            }

            count++;
        }
    }

    private static int FieldEnd(ReadOnlySpan<byte> line, int start, byte first, int width)
    {
        int position = start;
        while (position < line.Length && line[position] == ' ')
        {
            position++;
        }

        if (position < line.Length && line[position] == '"')
        {
            // The quoted part ends at a quote that is not doubled; without one the quote is an ordinary character.
            int quote = position + 1;
            while (quote < line.Length && (line[quote] != '"' || (quote + 1 < line.Length && line[quote + 1] == '"')))
            {
                quote += line[quote] == '"' ? 2 : 1;
            }

            if (quote < line.Length)
            {
                position = quote + 1;
            }
        }

        while (position < line.Length)
        {
            int found = line[position..].IndexOf(first);
            if (found < 0)
            {
                return line.Length;
            }

            position += found;
            if (width == 1 || (position + 1 < line.Length && line[position + 1] == first))
            {
                return position;
            }

            position++;
        }

        return line.Length;
    }

    private static Range Trim(ReadOnlySpan<byte> line, int start, int end)
    {
        while (start < end && line[start] == ' ')
        {
            start++;
        }

        while (end > start && line[end - 1] == ' ')
        {
            end--;
        }

        return start..end;
    }
}
