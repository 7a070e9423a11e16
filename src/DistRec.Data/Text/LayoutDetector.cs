using System.Buffers;
using System.Text;

namespace DistRec.Data;

/// <summary>Finds out how the lines of a file are laid out from its first ones.</summary>
internal static class LayoutDetector
{
    private const int MaxColumns = 1024;
    private const int PairColumns = 2;

    private static readonly string[] MissingNumbers = ["nan", "na", "n/a", "null", "none", "inf", "infinity"];

    private static readonly SearchValues<byte> SeparatorBytes = SearchValues.Create(":,\t;| "u8);

    /// <summary>The layout of a file of ratings, or of pairs or events, which count 1 each.</summary>
    /// <exception cref="InputException">It is none.</exception>
    public static LineLayout Detect(string path, ReadOptions options)
    {
        TextSample sample = TextSample.Read(path, "user, item and rating");
        if (IsHeading(sample.Lines[0]))
        {
            return LineLayout.Netflix;
        }

        LineLayout layout = JsonLines.IsSample(sample) ? OfJson(sample, options) : OfText(sample, options);
        RequireWhatOptionsAreAbout(layout, sample.Name, options);
        return About(layout, sample);
    }

    private static LineLayout About(LineLayout layout, TextSample sample) => layout with
    {
        HasComments = sample.HasComments,
        CommentsAbove = layout.HeaderLines > 0 ? sample.CommentsAbove : 0,
        IsParquet = sample.IsParquet,
    };

    /// <summary>
    /// The layout of a file of pairs of user and item: by their names in the first line or in the options, or the first two columns; under headings of the
    /// Netflix Prize the first one. Other columns are not read.
    /// </summary>
    /// <exception cref="InputException">It is none.</exception>
    public static LineLayout DetectPairs(string path, ReadOptions options)
    {
        TextSample sample = TextSample.Read(path, "user and item");
        if (IsHeading(sample.Lines[0]))
        {
            int columns = sample.Lines.Count > 1 ? FieldSplitter.Split(sample.Lines[1], Separator.Comma, []) : 1;
            return LineLayout.Netflix with { Roles = [ColumnRole.User, .. Enumerable.Repeat(ColumnRole.Ignored, columns - 1)] };
        }

        if (JsonLines.IsSample(sample))
        {
            LineLayout json = OfJson(sample, options);
            return json with { Roles = PairsAlone(json.Roles) };
        }

        Separator separator = FindSeparator(sample, ["user", "item"], options);
        string[] first = Fields(sample.Lines[0], separator);
        ColumnRole[] named = PairsAlone(FirstOfEach([.. first.Select(HeaderNames.RoleOf)]));
        bool isNamed = named.Contains(ColumnRole.User) && named.Contains(ColumnRole.Item);
        int headerLines = isNamed ? sample.FirstNumber : 0;
        if (options.Columns is { } given)
        {
            ColumnRole[] roles = new ColumnRole[first.Length];
            RolesOf(given, first.Length, sample, $"separated by {LineLayout.Name(separator)}").CopyTo(roles, 0);
            return About(new LineLayout(separator, PairsAlone(roles), headerLines), sample);
        }

        RefuseHalfNamed(named, sample);
        ColumnRole[] inOrder = [ColumnRole.User, ColumnRole.Item, .. named.Skip(PairColumns).Select(_ => ColumnRole.Ignored)];
        return About(new LineLayout(separator, isNamed ? named : inOrder, headerLines), sample);
    }

    private static bool IsHeading(byte[] line) => line.Length > 1 && line[^1] == ':' && !line.AsSpan(..^1).ContainsAny(SeparatorBytes);

    private static ColumnRole[] PairsAlone(ColumnRole[] roles) =>
        [.. roles.Select(role => role is ColumnRole.User or ColumnRole.Item ? role : ColumnRole.Ignored)];

    private static LineLayout OfText(TextSample sample, ReadOptions options)
    {
        Separator separator = FindSeparator(sample, ["user", "item", "rating"], options);
        string[][] lines = [.. sample.Lines.Select(line => Fields(line, separator))];
        LineLayout layout = options.Columns is { } columns
            ? FromColumns(columns, lines, separator, sample, options)
            : FromFirstLine(lines, separator, sample, options);
        return layout with { TimeForm = TimeFormOf(layout.Roles, layout.HeaderLines > 0 ? lines[1..] : lines) };
    }

    private static LineLayout OfJson(TextSample sample, ReadOptions options)
    {
        (string[] names, string[][] lines) = JsonLines.Read(sample);
        ColumnRole[] roles = FirstOfEach([.. names.Select(HeaderNames.RoleOf)]);
        if (options.Columns is { } columns)
        {
            roles = new ColumnRole[names.Length];
            RolesOf(columns, names.Length, sample, "properties").CopyTo(roles, 0);
        }
        else
        {
            RequireRoles(roles, sample.Place, string.Join(",", names), hasRatings: false);
            RefuseUnnamedNumbers(roles, names, lines, sample);
        }

        return new LineLayout(Separator.Comma, roles, HeaderLines: 0)
        {
            Properties = [.. names.Select(Encoding.UTF8.GetBytes)],
            TimeForm = TimeFormOf(roles, lines),
        };
    }

    private static TimeForm TimeFormOf(ColumnRole[] roles, IReadOnlyList<string[]> lines)
    {
        int column = Array.IndexOf(roles, ColumnRole.Timestamp);
        return column < 0 ? TimeForm.Seconds : TimeForms.Of([.. lines.Where(fields => column < fields.Length).Select(fields => fields[column])]);
    }

    private static void RequireWhatOptionsAreAbout(LineLayout layout, string name, ReadOptions options)
    {
        if (options.FeedbackTypes.Count > 0 && !layout.HasKinds)
        {
            throw InputException.At(
                name, "a column feedback_type, event or action, which --feedback-type is about", "none",
                "leave the option out, or name the column with --columns");
        }

        if ((options.MinRating is not null || options.MaxRating is not null) && !layout.HasRatings)
        {
            throw InputException.At(name, "ratings, which --min-rating and --max-rating are about", "lines of user and item alone", "leave them out");
        }
    }

    private static void RefuseHalfNamed(ColumnRole[] named, TextSample sample)
    {
        if (named.Contains(ColumnRole.User) != named.Contains(ColumnRole.Item))
        {
            throw InputException.At(
                sample.Place, "a pair, or names of which one is user and one is item", FieldParser.Show(sample.Lines[0]),
                "name both columns, or leave the line of names out");
        }
    }

    private static Separator FindSeparator(TextSample sample, string[] columns, ReadOptions options) =>
        FindSeparator(sample.Lines, columns.Length, options) ?? FindSeparator(sample.Lines, PairColumns, options) ?? throw InputException.At(
            sample.Place,
            $"{string.Join(", ", columns.SkipLast(1))} and {columns[^1]} separated by commas, tabs, semicolons, \"::\", \"|\" or spaces",
            FieldParser.Show(sample.Lines[0]),
            $"give every {(columns.Length > PairColumns ? "rating" : "pair")} a line with these {(columns.Length > PairColumns ? "three" : "two")} columns");

    private static Separator? FindSeparator(IReadOnlyList<byte[]> lines, int least, ReadOptions options)
    {
        Separator? best = null;
        foreach (Separator candidate in Enum.GetValues<Separator>())
        {
            int count = FieldSplitter.Split(lines[0], candidate, []);
            if (count < least || count > MaxColumns || (candidate == Separator.Comma && options.DecimalComma))
            {
                continue;
            }

            if (lines.All(line => FieldSplitter.Split(line, candidate, []) == count))
            {
                return candidate;
            }

            best ??= candidate;
        }

        return best;
    }

    private static ColumnRole[] RolesOf(IReadOnlyList<string> columns, int found, TextSample sample, string what)
    {
        ColumnRole[] named = [.. columns.Select(HeaderNames.RoleOf)];
        bool hasRatings = named.Contains(ColumnRole.Rating)
            || columns.Where((_, column) => named[column] == ColumnRole.Ignored).Any(column => column.Any(char.IsLetterOrDigit));
        RequireRoles(named, "--columns", string.Join(",", columns), hasRatings);
        return named.Length <= found
            ? named
            : throw InputException.At(
                sample.Place, $"the {named.Length} columns of --columns", $"{found} {what}",
                "name as many columns as the file has, - for those to leave out");
    }

    private static LineLayout FromColumns(IReadOnlyList<string> columns, string[][] lines, Separator separator, TextSample sample, ReadOptions options)
    {
        string[] first = lines[0];
        var roles = new ColumnRole[first.Length];
        RolesOf(columns, first.Length, sample, $"separated by {LineLayout.Name(separator)}").CopyTo(roles, 0);
        return new LineLayout(separator, roles, options.HasHeader ?? LooksLikeHeader(roles, lines, options) ? sample.FirstNumber : 0);
    }

    private static bool LooksLikeHeader(ColumnRole[] roles, string[][] lines, ReadOptions options)
    {
        string[] first = lines[0];
        string Of(ColumnRole role) => first[Array.IndexOf(roles, role)];
        if (!roles.Contains(ColumnRole.Rating))
        {
            return HeaderNames.RoleOf(Of(ColumnRole.User)) == ColumnRole.User && HeaderNames.RoleOf(Of(ColumnRole.Item)) == ColumnRole.Item;
        }

        return !IsNumber(first, roles, options)
            && (first.Any(field => HeaderNames.RoleOf(field) != ColumnRole.Ignored)
                || (lines.Length > 1 && IsNumber(lines[1], roles, options) && IsWord(Of(ColumnRole.Rating))
                    && !StartsWithDigit(Of(ColumnRole.User)) && !StartsWithDigit(Of(ColumnRole.Item))));
    }

    private static LineLayout FromFirstLine(string[][] lines, Separator separator, TextSample sample, ReadOptions options)
    {
        string[] first = lines[0];
        ColumnRole[] byName = FirstOfEach([.. first.Select(HeaderNames.RoleOf)]);
        bool isHeader = options.HasHeader ?? (byName.Contains(ColumnRole.User) && byName.Contains(ColumnRole.Item));
        if (isHeader)
        {
            RequireRoles(byName, sample.Place, string.Join(",", first), hasRatings: false);
            RefuseUnnamedNumbers(byName, first, lines[1..], sample);
            return new LineLayout(separator, byName, sample.FirstNumber);
        }

        if (first.Length == PairColumns)
        {
            RefuseHalfNamed(byName, sample);
            return new LineLayout(separator, [ColumnRole.User, ColumnRole.Item], HeaderLines: 0);
        }

        if (first.Length > 4)
        {
            throw InputException.At(
                sample.Place, "three or four columns, or a line of names such as user,item,rating", $"{first.Length} columns",
                "name them with --columns, for instance --columns -,user,item,rating,-");
        }

        ColumnRole[] roles = [ColumnRole.User, ColumnRole.Item, ColumnRole.Rating];
        if (first.Length == 4)
        {
            bool isTime = FieldParser.TryTimestamp(Encoding.UTF8.GetBytes(first[3]), out _);
            roles = [.. roles, isTime ? ColumnRole.Timestamp : ColumnRole.Ignored];
        }

        if (!IsNumber(first, roles, options) && lines.Length > 1 && IsNumber(lines[1], roles, options) && !StartsWithDigit(first[2]))
        {
            throw InputException.At(
                sample.Place,
                "a rating, or names such as user,item,rating,timestamp",
                FieldParser.Show(sample.Lines[0]),
                "name the columns with --columns user,item,rating, or mend the line");
        }

        return new LineLayout(separator, roles, HeaderLines: 0);
    }

    /// <summary>Keeps each role's first column, so that <c>user_id … user_name</c>-like repetitions do no harm.</summary>
    private static ColumnRole[] FirstOfEach(ColumnRole[] roles) =>
        [.. roles.Select((role, index) => Array.IndexOf(roles, role) == index ? role : ColumnRole.Ignored)];

    // Of numbers under a name that says nothing nobody knows whether they are ratings.
    private static void RefuseUnnamedNumbers(ColumnRole[] roles, string[] names, string[][] lines, TextSample sample)
    {
        for (int column = 0; column < names.Length && !roles.Contains(ColumnRole.Rating); column++)
        {
            string[] values = [.. lines.Where(fields => column < fields.Length).Select(fields => fields[column])];
            if (roles[column] == ColumnRole.Ignored && !HeaderNames.IsId(names[column]) && values.Length > 0
                && values.All(value => FieldParser.TryRating(Encoding.UTF8.GetBytes(value), decimalComma: false, out _)))
            {
                string[] columns =
                    [.. roles.Select((role, other) => role != ColumnRole.Ignored ? $"{role}".ToLowerInvariant() : other == column ? "rating" : "-")];
                throw InputException.At(
                    sample.Place,
                    "a column named rating, count or plays, or none that could be one",
                    $"numbers under \"{names[column]}\"",
                    $"say what they are: --columns {string.Join(',', columns)}, or - in the place of rating where every line counts 1");
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
}
