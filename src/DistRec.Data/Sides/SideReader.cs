using System.Text;
using System.Text.Unicode;

namespace DistRec.Data;

/// <summary>Reads what files say of users or items beside their ratings.</summary>
internal static class SideReader
{
    public static SideTable Read(string path, RelationEntity entity, IdMap ids)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(ids);
        byte[] text = InputFile.ReadAll(path);
        string file = Path.GetFileName(path);
        Encoding encoding = Utf8.IsValid(text) ? Encoding.UTF8 : Encoding.Latin1;
        SideLayout? layout = null;
        List<SideColumnBuilder> columns = [];
        SideColumnBuilder?[] byField = [];
        Range[] fields = [];
        bool[] seen = new bool[ids.Count];
        long lineNumber = 0;
        for (int start = 0; start < text.Length;)
        {
            int length = text.AsSpan(start).IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = length < 0 ? text.AsSpan(start) : text.AsSpan(start, length);
            start += line.Length + 1;
            lineNumber++;
            line = line.TrimEnd((byte)'\r');
            if (line.Trim(" \t"u8).IsEmpty)
            {
                continue;
            }

            if (layout is null)
            {
                layout = SideLayout.Of(file, entity, encoding.GetString(line));
                byField = ColumnsOf(layout, ids.Count, columns);
                fields = new Range[byField.Length];
                if (layout.HasHeader)
                {
                    continue;
                }
            }

            int count = FieldSplitter.Split(line, layout.Separator, fields);
            if (count != fields.Length)
            {
                throw InputException.At(
                    $"{file}:{lineNumber}", $"{fields.Length} fields separated by {LineLayout.Name(layout.Separator)}", $"{count}", "mend the line, or quote fields that hold the separator");
            }

            if (ids.Table.Find(FieldSplitter.Unquote(line[fields[0]])) is not (>= 0 and int index))
            {
                continue;
            }

            if (seen[index])
            {
                throw InputException.At($"{file}:{lineNumber}", "one line for each id", $"\"{ids[index]}\" again", "remove one of the lines");
            }

            seen[index] = true;
            for (int field = 1; field < fields.Length; field++)
            {
                if (byField[field] is { } column && encoding.GetString(FieldSplitter.Unquote(line[fields[field]])) is { Length: > 0 } value
                    && !SideValues.TryAdd(column, layout.Fields[field], index, value))
                {
                    throw Refuse(layout.Fields[field], value, $"{file}:{lineNumber}");
                }
            }
        }

        return layout is null
            ? throw InputException.At(file, "lines of ids and what is known of them", "none", "check that the file was written to its end")
            : new SideTable(file, entity, [.. columns.Select(column => column.Build())]);
    }

    // Title and date share the column of years, all flags that of genres.
    private static SideColumnBuilder?[] ColumnsOf(SideLayout layout, int entities, List<SideColumnBuilder> columns)
    {
        var byField = new SideColumnBuilder?[layout.Fields.Count];
        for (int field = 0; field < byField.Length; field++)
        {
            (string name, SideRole role) = layout.Fields[field];
            if (role is SideRole.Id or SideRole.Ignored)
            {
                continue;
            }

            name = role == SideRole.Genre ? SideLayout.Genre : name;
            byField[field] = columns.Find(column => column.Name == name);
            if (byField[field] is null)
            {
                columns.Add(byField[field] = new SideColumnBuilder(name, entities, SideValues.KindOf(role)));
            }
        }

        return byField;
    }

    private static InputException Refuse((string Name, SideRole Role) field, string value, string place)
    {
        string found = FieldParser.Show(Encoding.UTF8.GetBytes(value));
        return field.Role == SideRole.Number
            ? InputException.At(place, $"a finite number as {field.Name}", found, "use a dot for decimals, and nothing for unknown")
            : InputException.At(place, $"0 or 1 for the genre {field.Name}", found, "restore the file from its source");
    }
}
