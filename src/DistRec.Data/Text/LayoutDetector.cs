using System.Buffers;
using System.Text;

namespace DistRec.Data;

/// <summary>Finds out how the lines of a file are laid out from its first ones.</summary>
internal static class LayoutDetector
{
    private const int SampleLines = 20;
    private const int SampleBytes = 1 << 18;
    private const int MaxColumns = 1024;

    private static readonly string[] MissingNumbers = ["nan", "na", "n/a", "null", "none", "inf", "infinity"];

    private static readonly SearchValues<byte> SeparatorBytes = SearchValues.Create(":,\t;| "u8);

    public static LineLayout Detect(string path, ReadOptions options)
    {
        byte[] buffer = new byte[SampleBytes];
        using InputFile file = InputFile.Open(path);
        ReadOnlySpan<byte> sample = buffer.AsSpan(0, file.Read(buffer));
        return Detect(sample, isWholeFile: sample.Length < SampleBytes, file.Name, options);
    }

    /// <summary>
    /// The layout of a file of pairs of user and item: by their names in the first line or in the options, or the first two columns; under headings of the
    /// Netflix Prize the first one. Other columns are not read.
    /// </summary>
    public static LineLayout DetectPairs(string path, ReadOptions options)
    {
        byte[] buffer = new byte[SampleBytes];
        using InputFile file = InputFile.Open(path);
        ReadOnlySpan<byte> sample = buffer.AsSpan(0, file.Read(buffer));
        List<byte[]> lines = LinesOf(sample, isWholeFile: sample.Length < SampleBytes, file.Name, "user and item");
        if (IsHeading(lines[0]))
        {
            int columns = lines.Count > 1 ? FieldSplitter.Split(lines[1], Separator.Comma, []) : 1;
            return LineLayout.Netflix with { Roles = [ColumnRole.User, .. Enumerable.Repeat(ColumnRole.Ignored, columns - 1)] };
        }

        Separator separator = FindSeparator(lines, ["user", "item"], file.Name, options);
        string[] first = Fields(lines[0], separator);
        ColumnRole[] byName = PairRoles(first);
        bool hasNames = byName.Contains(ColumnRole.User) && byName.Contains(ColumnRole.Item);
        if (options.Columns is { } given)
        {
            return new LineLayout(separator, NamedPair(given, first.Length, file.Name, separator), HasHeader: hasNames);
        }

        if (!hasNames && (byName.Contains(ColumnRole.User) || byName.Contains(ColumnRole.Item)))
        {
            throw InputException.At(
                $"{file.Name}:1", "a pair, or names of which one is user and one is item", FieldParser.Show(lines[0]), "name both columns, or leave the line of names out");
        }

        ColumnRole[] inOrder = [ColumnRole.User, ColumnRole.Item, .. byName.Skip(2).Select(_ => ColumnRole.Ignored)];
        return new LineLayout(separator, hasNames ? byName : inOrder, HasHeader: hasNames);
    }

    private static ColumnRole[] NamedPair(IReadOnlyList<string> columns, int count, string name, Separator separator)
    {
        ColumnRole[] roles = PairRoles(columns);
        foreach (ColumnRole role in new[] { ColumnRole.User, ColumnRole.Item })
        {
            if (!roles.Contains(role))
            {
                throw InputException.At(
                    "--columns", $"a column named {role.ToString().ToLowerInvariant()}", $"\"{string.Join(",", columns)}\"", "name the columns in their order, and - for those to leave out");
            }
        }

        return roles.Length <= count
            ? [.. roles, .. Enumerable.Repeat(ColumnRole.Ignored, count - roles.Length)]
            : throw InputException.At($"{name}:1", $"the {roles.Length} columns of --columns", $"{count} separated by {LineLayout.Name(separator)}", "name as many columns as the file has, - for those to leave out");
    }

    private static ColumnRole[] PairRoles(IReadOnlyList<string> names) =>
        FirstOfEach([.. names.Select(HeaderNames.RoleOf).Select(role => role is ColumnRole.User or ColumnRole.Item ? role : ColumnRole.Ignored)]);

    private static bool IsHeading(byte[] line) => line.Length > 1 && line[^1] == ':' && !line.AsSpan(..^1).ContainsAny(SeparatorBytes);

    internal static LineLayout Detect(ReadOnlySpan<byte> sample, bool isWholeFile, string name, ReadOptions options)
    {
        List<byte[]> lines = LinesOf(sample, isWholeFile, name, "user, item and rating");
        if (IsHeading(lines[0]))
        {
            return LineLayout.Netflix;
        }

        Separator separator = FindSeparator(lines, ["user", "item", "rating"], name, options);
        string[] first = Fields(lines[0], separator);
        return options.Columns is { } columns
            ? FromColumns(columns, first, lines, separator, name, options)
            : FromFirstLine(first, lines, separator, name, options);
    }

    private static List<byte[]> LinesOf(ReadOnlySpan<byte> sample, bool isWholeFile, string name, string what)
    {
        if (sample.Contains((byte)0))
        {
            throw InputException.At(name, "UTF-8 text or gzip", "a binary file", "unpack or convert it first");
        }

        List<byte[]> lines = Lines(sample, isWholeFile);
        return lines.Count > 0
            ? lines
            : throw InputException.At(name, $"lines of {what}", sample.IsEmpty ? "an empty file" : "only blank lines", "check that the file was written to its end");
    }

    private static Separator FindSeparator(List<byte[]> lines, string[] columns, string name, ReadOptions options)
    {
        Separator? best = null;
        foreach (Separator candidate in Enum.GetValues<Separator>())
        {
            int count = FieldSplitter.Split(lines[0], candidate, []);
            if (count < columns.Length || count > MaxColumns || (candidate == Separator.Comma && options.DecimalComma))
            {
                continue;
            }

            if (lines.TrueForAll(line => FieldSplitter.Split(line, candidate, []) == count))
            {
                return candidate;
            }

            best ??= candidate;
        }

        return best ?? throw InputException.At(
            $"{name}:1",
            $"{string.Join(", ", columns.SkipLast(1))} and {columns[^1]} separated by commas, tabs, semicolons, \"::\", \"|\" or spaces",
            FieldParser.Show(lines[0]),
            $"give every {(columns.Length > 2 ? "rating" : "pair")} a line with these {(columns.Length > 2 ? "three" : "two")} columns");
    }

    private static LineLayout FromColumns(
        IReadOnlyList<string> columns, string[] first, List<byte[]> lines, Separator separator, string name, ReadOptions options)
    {
        ColumnRole[] named = [.. columns.Select(HeaderNames.RoleOf)];
        RequireRoles(named, "--columns", string.Join(",", columns));
        if (named.Length > first.Length)
        {
            throw InputException.At($"{name}:1", $"the {named.Length} columns of --columns", $"{first.Length} separated by {LineLayout.Name(separator)}", "name as many columns as the file has, - for those to leave out");
        }

        var roles = new ColumnRole[first.Length];
        named.CopyTo(roles, 0);
        bool looksLikeHeader = !IsNumber(first, roles, options)
            && (first.Any(field => HeaderNames.RoleOf(field) != ColumnRole.Ignored)
                || (lines.Count > 1 && IsNumber(Fields(lines[1], separator), roles, options) && IsWord(first[Array.IndexOf(roles, ColumnRole.Rating)])
                    && !StartsWithDigit(first[Array.IndexOf(roles, ColumnRole.User)])
                    && !StartsWithDigit(first[Array.IndexOf(roles, ColumnRole.Item)])));
        return new LineLayout(separator, roles, options.HasHeader ?? looksLikeHeader);
    }

    private static LineLayout FromFirstLine(string[] first, List<byte[]> lines, Separator separator, string name, ReadOptions options)
    {
        ColumnRole[] byName = FirstOfEach([.. first.Select(HeaderNames.RoleOf)]);
        bool isHeader = options.HasHeader
            ?? (byName.Contains(ColumnRole.User) && byName.Contains(ColumnRole.Item) && byName.Contains(ColumnRole.Rating));
        if (isHeader)
        {
            RequireRoles(byName, $"{name}:1", string.Join(",", first));
            return new LineLayout(separator, byName, HasHeader: true);
        }

        if (first.Length > 4)
        {
            throw InputException.At($"{name}:1", "three or four columns, or a line of names such as user,item,rating", $"{first.Length} columns", "name them with --columns, for instance --columns -,user,item,rating,-");
        }

        ColumnRole[] roles = [ColumnRole.User, ColumnRole.Item, ColumnRole.Rating];
        if (first.Length == 4)
        {
            bool isTime = FieldParser.TryTimestamp(Encoding.UTF8.GetBytes(first[3]), out _);
            roles = [.. roles, isTime ? ColumnRole.Timestamp : ColumnRole.Ignored];
        }

        if (!IsNumber(first, roles, options) && lines.Count > 1 && IsNumber(Fields(lines[1], separator), roles, options) && !StartsWithDigit(first[2]))
        {
            throw InputException.At(
                $"{name}:1",
                "a rating, or names such as user,item,rating,timestamp",
                FieldParser.Show(lines[0]),
                "name the columns with --columns user,item,rating, or mend the line");
        }

        return new LineLayout(separator, roles, HasHeader: false);
    }

    /// <summary>Keeps each role's first column, so that <c>user_id … user_name</c>-like repetitions do no harm.</summary>
    private static ColumnRole[] FirstOfEach(ColumnRole[] roles) =>
        [.. roles.Select((role, index) => Array.IndexOf(roles, role) == index ? role : ColumnRole.Ignored)];

    private static void RequireRoles(ColumnRole[] roles, string place, string found)
    {
        foreach (ColumnRole role in new[] { ColumnRole.User, ColumnRole.Item, ColumnRole.Rating, ColumnRole.Timestamp })
        {
            int count = roles.Count(other => other == role);
            if (count > 1 || (count == 0 && role != ColumnRole.Timestamp))
            {
                throw InputException.At(
                    place,
                    count == 0 ? $"a column named {role.ToString().ToLowerInvariant()}" : $"one column named {role.ToString().ToLowerInvariant()}",
                    $"\"{found}\"",
                    "name the columns in their order, for instance --columns user,item,rating,timestamp, and - for those to leave out");
            }
        }
    }

    private static bool IsNumber(string[] fields, ColumnRole[] roles, ReadOptions options)
    {
        int column = Array.IndexOf(roles, ColumnRole.Rating);
        return column < fields.Length && FieldParser.TryRating(Encoding.UTF8.GetBytes(fields[column]), options.DecimalComma, out _);
    }

    // What stands for a number that is missing is no name of a column.
    private static bool IsWord(string field) => field.Any(char.IsLetter) && !MissingNumbers.Contains(field.Trim('-', '+', '#'), StringComparer.OrdinalIgnoreCase);

    private static bool StartsWithDigit(string field) => field.Length > 0 && char.IsAsciiDigit(field[0]);

    private static string[] Fields(byte[] line, Separator separator)
    {
        var ranges = new Range[FieldSplitter.Split(line, separator, [])];
        FieldSplitter.Split(line, separator, ranges);
        return [.. ranges.Select(range => Encoding.UTF8.GetString(FieldSplitter.Unquote(line.AsSpan(range))))];
    }

    private static List<byte[]> Lines(ReadOnlySpan<byte> sample, bool isWholeFile)
    {
        var lines = new List<byte[]>();
        while (!sample.IsEmpty && lines.Count < SampleLines)
        {
            int end = sample.IndexOf((byte)'\n');
            if (end < 0 && !isWholeFile)
            {
                break;
            }

            ReadOnlySpan<byte> line = end < 0 ? sample : sample[..end];
            line = line.EndsWith("\r"u8) ? line[..^1] : line;
            if (!line.Trim(" \t"u8).IsEmpty)
            {
                lines.Add(line.ToArray());
            }

            sample = end < 0 ? [] : sample[(end + 1)..];
        }

        return lines;
    }
}
