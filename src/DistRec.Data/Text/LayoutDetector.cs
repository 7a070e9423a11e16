using System.Buffers;
using System.Text;

namespace DistRec.Data;

/// <summary>Finds out how the lines of a file are laid out from its first ones.</summary>
internal static class LayoutDetector
{
    private const int SampleLines = 20;
    private const int SampleBytes = 1 << 18;
    private const int MaxColumns = 1024;
    private const int PairColumns = 2;

    private static readonly string[] MissingNumbers = ["nan", "na", "n/a", "null", "none", "inf", "infinity"];

    private static readonly SearchValues<byte> SeparatorBytes = SearchValues.Create(":,\t;| "u8);

    public static LineLayout Detect(string path, ReadOptions options)
    {
        byte[] buffer = new byte[SampleBytes];
        using InputFile file = InputFile.Open(path);
        ReadOnlySpan<byte> sample = buffer.AsSpan(0, file.Read(buffer));
        return Detect(sample, isWholeFile: sample.Length < SampleBytes, file.Name, options);
    }

    /// <summary>The layout of a file of pairs of user and item: by their names in the first line, or the first two columns. Others are not read.</summary>
    public static LineLayout DetectPairs(string path)
    {
        byte[] buffer = new byte[SampleBytes];
        using InputFile file = InputFile.Open(path);
        ReadOnlySpan<byte> sample = buffer.AsSpan(0, file.Read(buffer));
        List<byte[]> lines = LinesOf(sample, isWholeFile: sample.Length < SampleBytes, file.Name, "user and item");
        Separator separator = FindSeparator(lines, ["user", "item"], file.Name, new ReadOptions());
        ColumnRole[] named = FirstOfEach([.. Fields(lines[0], separator).Select(HeaderNames.RoleOf)
            .Select(role => role is ColumnRole.User or ColumnRole.Item ? role : ColumnRole.Ignored)]);
        RefuseHalfNamed(named, lines, file.Name);
        bool isNamed = named.Contains(ColumnRole.User);
        ColumnRole[] inOrder = [ColumnRole.User, ColumnRole.Item, .. named.Skip(PairColumns).Select(_ => ColumnRole.Ignored)];
        return new LineLayout(separator, isNamed ? named : inOrder, HasHeader: isNamed);
    }

    private static void RefuseHalfNamed(ColumnRole[] named, List<byte[]> lines, string name)
    {
        if (named.Contains(ColumnRole.User) != named.Contains(ColumnRole.Item))
        {
            throw InputException.At(
                $"{name}:1", "a pair, or names of which one is user and one is item", FieldParser.Show(lines[0]), "name both columns, or leave the line of names out");
        }
    }

    internal static LineLayout Detect(ReadOnlySpan<byte> sample, bool isWholeFile, string name, ReadOptions options)
    {
        List<byte[]> lines = LinesOf(sample, isWholeFile, name, "user, item and rating");
        if (lines[0].Length > 1 && lines[0][^1] == ':' && !lines[0].AsSpan(..^1).ContainsAny(SeparatorBytes))
        {
            return LineLayout.Netflix;
        }

        Separator separator = FindSeparator(lines, ["user", "item", "rating"], name, options);
        string[] first = Fields(lines[0], separator);
        LineLayout layout = options.Columns is { } columns
            ? FromColumns(columns, first, lines, separator, name, options)
            : FromFirstLine(first, lines, separator, name, options);
        RequireWhatOptionsAreAbout(layout, name, options);
        return layout;
    }

    private static void RequireWhatOptionsAreAbout(LineLayout layout, string name, ReadOptions options)
    {
        if (options.FeedbackTypes.Count > 0 && !layout.HasKinds)
        {
            throw InputException.At(name, "a column feedback_type, event or action, which --feedback-type is about", "none", "leave the option out, or name the column with --columns");
        }

        if ((options.MinRating is not null || options.MaxRating is not null) && !layout.HasRatings)
        {
            throw InputException.At(name, "ratings, which --min-rating and --max-rating are about", "lines of user and item alone", "leave them out");
        }
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
        return FindSeparator(lines, columns.Length, options) ?? FindSeparator(lines, PairColumns, options) ?? throw InputException.At(
            $"{name}:1",
            $"{string.Join(", ", columns.SkipLast(1))} and {columns[^1]} separated by commas, tabs, semicolons, \"::\", \"|\" or spaces",
            FieldParser.Show(lines[0]),
            $"give every {(columns.Length > PairColumns ? "rating" : "pair")} a line with these {(columns.Length > PairColumns ? "three" : "two")} columns");
    }

    private static Separator? FindSeparator(List<byte[]> lines, int least, ReadOptions options)
    {
        Separator? best = null;
        foreach (Separator candidate in Enum.GetValues<Separator>())
        {
            int count = FieldSplitter.Split(lines[0], candidate, []);
            if (count < least || count > MaxColumns || (candidate == Separator.Comma && options.DecimalComma))
            {
                continue;
            }

            if (lines.TrueForAll(line => FieldSplitter.Split(line, candidate, []) == count))
            {
                return candidate;
            }

            best ??= candidate;
        }

        return best;
    }

    private static LineLayout FromColumns(
        IReadOnlyList<string> columns, string[] first, List<byte[]> lines, Separator separator, string name, ReadOptions options)
    {
        ColumnRole[] named = [.. columns.Select(HeaderNames.RoleOf)];
        bool hasRatings = named.Contains(ColumnRole.Rating) || columns.Where((_, column) => named[column] == ColumnRole.Ignored).Any(column => column.Any(char.IsLetterOrDigit));
        RequireRoles(named, "--columns", string.Join(",", columns), hasRatings);
        if (named.Length > first.Length)
        {
            throw InputException.At($"{name}:1", $"the {named.Length} columns of --columns", $"{first.Length} separated by {LineLayout.Name(separator)}", "name as many columns as the file has, - for those to leave out");
        }

        var roles = new ColumnRole[first.Length];
        named.CopyTo(roles, 0);
        if (!hasRatings)
        {
            return new LineLayout(separator, roles, options.HasHeader ?? roles.Select((role, column) => role is not (ColumnRole.User or ColumnRole.Item) || HeaderNames.RoleOf(first[column]) == role).All(named => named));
        }

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
        bool isHeader = options.HasHeader ?? (byName.Contains(ColumnRole.User) && byName.Contains(ColumnRole.Item));
        if (isHeader)
        {
            RequireRoles(byName, $"{name}:1", string.Join(",", first), hasRatings: false);
            RefuseUnnamedNumbers(byName, first, lines, separator, name);
            return new LineLayout(separator, byName, HasHeader: true);
        }

        if (first.Length == PairColumns)
        {
            RefuseHalfNamed(byName, lines, name);
            return new LineLayout(separator, [ColumnRole.User, ColumnRole.Item], HasHeader: false);
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

    // Of numbers under a name that says nothing nobody knows whether they are ratings.
    private static void RefuseUnnamedNumbers(ColumnRole[] roles, string[] first, List<byte[]> lines, Separator separator, string name)
    {
        if (roles.Contains(ColumnRole.Rating))
        {
            return;
        }

        for (int column = 0; column < first.Length; column++)
        {
            string[] values = [.. lines.Skip(1).Select(line => Fields(line, separator)).Where(fields => column < fields.Length).Select(fields => fields[column])];
            if (roles[column] == ColumnRole.Ignored && !HeaderNames.IsId(first[column]) && values.Length > 0
                && values.All(value => FieldParser.TryRating(Encoding.UTF8.GetBytes(value), decimalComma: false, out _)))
            {
                string[] names = [.. roles.Select((role, other) => role != ColumnRole.Ignored ? $"{role}".ToLowerInvariant() : other == column ? "rating" : "-")];
                throw InputException.At(
                    $"{name}:1",
                    "a column named rating, count or plays, or none that could be one",
                    $"numbers under \"{first[column]}\"",
                    $"say what they are: --columns {string.Join(',', names)}, or - in the place of rating where every line counts 1");
            }
        }
    }

    private static void RequireRoles(ColumnRole[] roles, string place, string found, bool hasRatings)
    {
        foreach (ColumnRole role in new[] { ColumnRole.User, ColumnRole.Item, ColumnRole.Rating, ColumnRole.Timestamp, ColumnRole.Kind })
        {
            int count = roles.Count(other => other == role);
            if (count > 1 || (count == 0 && (role is ColumnRole.User or ColumnRole.Item || (role == ColumnRole.Rating && hasRatings))))
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
