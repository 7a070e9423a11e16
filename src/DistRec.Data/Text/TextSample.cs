using System.Text;

namespace DistRec.Data;

/// <summary>The first lines of a file, without blank ones and comments.</summary>
internal sealed class TextSample
{
    private const int MostLines = 20;
    private const int Bytes = 1 << 18;

    private readonly List<byte[]> _lines = [];

    private TextSample(string name) => Name = name;

    /// <summary>The file, as messages show it.</summary>
    public string Name { get; }

    /// <summary>The lines; at least one.</summary>
    public IReadOnlyList<byte[]> Lines => _lines;

    /// <summary>Number of the first of them in the file.</summary>
    public int FirstNumber { get; private set; }

    /// <summary>Whether some lines begin with <c>#</c> or <c>%</c>, and others do not.</summary>
    public bool HasComments { get; private set; }

    /// <summary>How many of them stand above the first line.</summary>
    public int CommentsAbove { get; private set; }

    /// <summary>Whether the file is one of Parquet, read as text.</summary>
    public bool IsParquet { get; private init; }

    /// <summary>Where the first line is.</summary>
    public string Place => $"{Name}:{FirstNumber}";

    /// <summary>Whether a line begins as comments do.</summary>
    public static bool IsMarked(ReadOnlySpan<byte> line) => line.TrimStart((byte)' ') is [(byte)'#' or (byte)'%', ..];

    /// <summary>Reads the sample of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="what">What its lines should be.</param>
    /// <exception cref="InputException">It cannot be read, is no text or has no lines.</exception>
    public static TextSample Read(string path, string what)
    {
        byte[] buffer = new byte[Bytes];
        using InputFile file = InputFile.Open(path);
        ReadOnlySpan<byte> text = buffer.AsSpan(0, file.Read(buffer));
        if (text.Contains((byte)0))
        {
            throw InputException.At(file.Name, "UTF-8 text, Parquet or gzip", "a binary file", "unpack or convert it first");
        }

        TextSample sample = new(file.Name) { IsParquet = file.IsParquet };
        sample.Take(text, isWholeFile: text.Length < Bytes);
        return sample.Lines.Count > 0
            ? sample
            : throw InputException.At(
                file.Name, $"lines of {what}", text.IsEmpty ? "an empty file" : "only blank lines",
                "check that the file was written to its end");
    }

    private void Take(ReadOnlySpan<byte> text, bool isWholeFile)
    {
        List<(byte[] Line, int Number)> all = [];
        for (int number = 1; !text.IsEmpty && all.Count(line => !IsMarked(line.Line)) < MostLines; number++)
        {
            int end = text.IndexOf((byte)'\n');
            if (end < 0 && !isWholeFile)
            {
                break;
            }

            ReadOnlySpan<byte> line = end < 0 ? text : text[..end];
            text = end < 0 ? [] : text[(end + 1)..];
            line = line.EndsWith("\r"u8) ? line[..^1] : line;
            if (!line.Trim(" \t"u8).IsEmpty)
            {
                all.Add((line.ToArray(), number));
            }
        }

        int first = all.FindIndex(line => !IsMarked(line.Line));
        HasComments = first >= 0 && all.Any(line => IsMarked(line.Line));
        if (first < 0)
        {
            // Ids may begin so, if all lines do.
            _lines.AddRange(all.Take(MostLines).Select(line => line.Line));
            FirstNumber = all.Count > 0 ? all[0].Number : 1;
            return;
        }

        if (first > 0 && NamesPairs(all[first - 1].Line))
        {
            _lines.Add(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(all[first - 1].Line).TrimStart(' ', '#', '%')));
            FirstNumber = all[first - 1].Number;
        }
        else
        {
            FirstNumber = all[first].Number;
        }

        CommentsAbove = all.Count(line => line.Number < FirstNumber);
        _lines.AddRange(all.Where(line => !IsMarked(line.Line)).Select(line => line.Line));
    }

    // A comment may name the columns of the lines below it.
    private static bool NamesPairs(byte[] comment)
    {
        string[] words = Encoding.UTF8.GetString(comment).Split([' ', '\t', ',', ';', '|', '#', '%', '"'], StringSplitOptions.RemoveEmptyEntries);
        ColumnRole[] roles = [.. words.Select(HeaderNames.RoleOf)];
        return roles.Contains(ColumnRole.User) && roles.Contains(ColumnRole.Item);
    }
}
