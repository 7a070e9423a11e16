using System.Text;
using System.Text.Unicode;

namespace DistRec.Data;

/// <summary>Reads item titles: u.item, movies.dat, movies.csv and movie_titles.txt, in UTF-8 or, where the bytes are none, Latin-1.</summary>
internal static class TitleReader
{
    /// <summary>Titles by item index; null where the file has none for an item.</summary>
    public static IReadOnlyList<string?> Read(string path, IdTable items)
    {
        byte[] text = InputFile.ReadAll(path);
        Encoding encoding = Utf8.IsValid(text) ? Encoding.UTF8 : Encoding.Latin1;
        string?[] titles = new string?[items.Count];
        string name = Path.GetFileName(path);
        Range[] fields = new Range[3];
        for (int start = 0; start < text.Length;)
        {
            int length = text.AsSpan(start).IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = length < 0 ? text.AsSpan(start) : text.AsSpan(start, length);
            start += line.Length + 1;
            line = line.EndsWith("\r"u8) ? line[..^1] : line;
            if (TryLine(line, name, fields, out ReadOnlySpan<byte> id, out ReadOnlySpan<byte> title) && items.Find(id) is >= 0 and int item)
            {
                titles[item] = encoding.GetString(FieldSplitter.Unquote(title));
            }
        }

        return titles;
    }

    private static bool TryLine(ReadOnlySpan<byte> line, string name, Range[] fields, out ReadOnlySpan<byte> id, out ReadOnlySpan<byte> title)
    {
        id = title = default;
        if (name.StartsWith("movie_titles", StringComparison.OrdinalIgnoreCase))
        {
            // id,year,title: the title is not quoted and may hold commas.
            int first = line.IndexOf((byte)',');
            int second = first < 0 ? -1 : line[(first + 1)..].IndexOf((byte)',');
            if (second < 0)
            {
                return false;
            }

            id = line[..first].Trim((byte)' ');
            title = line[(first + second + 2)..].Trim((byte)' ');
            return true;
        }

        Separator separator = name.StartsWith("u.item", StringComparison.OrdinalIgnoreCase) ? Separator.Bar
            : line.IndexOf("::"u8) is > 0 and < 24 ? Separator.DoubleColon
            : Separator.Comma;
        if (FieldSplitter.Split(line, separator, fields) < 2)
        {
            return false;
        }

        id = FieldSplitter.Unquote(line[fields[0]]);
        title = line[fields[1]];
        return true;
    }
}
