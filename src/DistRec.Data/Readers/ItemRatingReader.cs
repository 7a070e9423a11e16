using System.Text;
using System.Text.Unicode;

namespace DistRec.Data;

/// <summary>A rating by a user that goes without saying.</summary>
/// <param name="Item">Id of the item.</param>
/// <param name="Rating">The rating.</param>
/// <param name="Place">Where it stands, for messages.</param>
public readonly record struct ItemRating(string Item, float Rating, string Place);

/// <summary>
/// Reads the ratings of one user: lines of item and rating, separated by tabs, semicolons or commas, with or without a line of names above, plain
/// or gzipped; or <c>item=rating</c> texts with commas between them. Meant for hundreds of ratings.
/// </summary>
public static class ItemRatingReader
{
    private static readonly Separator[] Separators = [Separator.Tab, Separator.Semicolon, Separator.Comma];

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="least">Smallest rating that is accepted.</param>
    /// <param name="missing">What an item without a rating is taken for; null where each needs one.</param>
    /// <exception cref="InputException">The file is not such a one; up to five wrong lines are named together.</exception>
    public static IReadOnlyList<ItemRating> ReadFile(string path, float least = -RatingLimits.Magnitude, float? missing = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string name = Path.GetFileName(path);
        byte[] text = InputFile.ReadAll(path);
        if (text.AsSpan().Contains((byte)0))
        {
            throw InputException.At(name, "UTF-8 text or gzip", "a binary file", "unpack or convert it first");
        }

        Lines lines = new(least, missing, "item and rating separated by a tab, a semicolon or a comma");
        Range[] fields = new Range[3];
        long number = 0;
        bool isFirst = true;
        for (int start = 0; start < text.Length;)
        {
            int length = text.AsSpan(start).IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = length < 0 ? text.AsSpan(start) : text.AsSpan(start, length);
            start += line.Length + 1;
            number++;
            line = line.EndsWith("\r"u8) ? line[..^1] : line;
            if (line.Trim(" \t"u8).IsEmpty)
            {
                continue;
            }

            int count = Split(line, fields);
            ReadOnlySpan<byte> item = FieldSplitter.Unquote(line[fields[0]]);
            ReadOnlySpan<byte> rating = count < 2 ? default : FieldSplitter.Unquote(line[fields[1]]);
            if (!(isFirst && IsHeader(item, rating)))
            {
                lines.Add($"{name}:{number}", line, count, item, rating);
            }

            isFirst = false;
        }

        return lines.ToList(name);
    }

    /// <summary>Reads a text such as <c>50=5,172=4</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="place">Where it stands, for messages.</param>
    /// <param name="least">Smallest rating that is accepted.</param>
    /// <param name="missing">What an item without a rating is taken for; null where each needs one.</param>
    /// <exception cref="InputException">The text is not such a one; up to five wrong ratings are named together.</exception>
    public static IReadOnlyList<ItemRating> ReadText(string text, string place, float least = -RatingLimits.Magnitude, float? missing = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        Lines lines = new(least, missing, "item=rating");
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            // An id may hold the sign too.
            int equals = part.LastIndexOf('=');
            byte[] item = Encoding.UTF8.GetBytes(equals < 0 ? part : part[..equals].TrimEnd());
            byte[] rating = Encoding.UTF8.GetBytes(equals < 0 ? "" : part[(equals + 1)..].TrimStart());
            lines.Add(place, Encoding.UTF8.GetBytes(part), equals < 0 ? 1 : 2, item, rating);
        }

        return lines.ToList(place);
    }

    private static int Split(ReadOnlySpan<byte> line, Range[] fields)
    {
        foreach (Separator separator in Separators)
        {
            int count = FieldSplitter.Split(line, separator, fields);
            if (count > 1)
            {
                return count;
            }
        }

        return FieldSplitter.Split(line, Separator.Tab, fields);
    }

    private static bool IsHeader(ReadOnlySpan<byte> item, ReadOnlySpan<byte> rating) =>
        !FieldParser.TryRating(rating, decimalComma: false, out _)
        && (HeaderNames.RoleOf(Encoding.UTF8.GetString(rating)) == ColumnRole.Rating
            || HeaderNames.RoleOf(Encoding.UTF8.GetString(item)) == ColumnRole.Item);

    /// <summary>Ratings so far, and what is wrong.</summary>
    private sealed class Lines(float least, float? missing, string form)
    {
        private readonly List<ItemRating> _ratings = [];
        private readonly Dictionary<string, string> _places = new(StringComparer.Ordinal);
        private readonly List<string> _errors = [];

        public void Add(string place, ReadOnlySpan<byte> line, int count, ReadOnlySpan<byte> item, ReadOnlySpan<byte> rating)
        {
            if (count > 2 || (count < 2 && missing is null))
            {
                Fail(place, form, $"{(count > 2 ? "more" : "one of them alone")} in {FieldParser.Show(line)}", count > 2 ? "leave other columns out" : "give each item its rating");
            }
            else if (item.IsEmpty || item.Length > IdTable.MaxTextLength || !Utf8.IsValid(item))
            {
                Fail(place, "an item id in UTF-8", item.IsEmpty ? "nothing" : FieldParser.Show(item), "write it as the ratings of the model had it");
            }
            else if (_places.TryGetValue(Encoding.UTF8.GetString(item), out string? before))
            {
                Fail(place, "each item once", $"{FieldParser.Show(item)} again{(before == place ? "" : $", which is in {before} already")}", "keep one of its ratings");
            }
            else if (TryRating(place, rating, count, out float value))
            {
                string id = Encoding.UTF8.GetString(item);
                _places.Add(id, place);
                _ratings.Add(new ItemRating(id, value, place));
            }
        }

        public List<ItemRating> ToList(string name) =>
            _errors.Count > 0 ? throw new InputException(
                string.Join(Environment.NewLine, _errors.Take(LineError.MaxReported)) + LineError.More(name, _errors.Count))
            : _ratings.Count > 0 ? _ratings
            : throw InputException.At(name, $"at least one rating as {form}", "none", "give some ratings");

        private bool TryRating(string place, ReadOnlySpan<byte> text, int count, out float value)
        {
            if (count < 2 && missing is { } fallback)
            {
                value = fallback;
                return true;
            }

            if (!FieldParser.TryRating(text, decimalComma: false, out value))
            {
                return Fail(
                    place, "a finite number as rating", text.IsEmpty ? "nothing" : FieldParser.Show(text),
                    FieldParser.TryRating(text, decimalComma: true, out _) ? "write it with a dot" : "correct the rating");
            }

            return (value >= least && value <= RatingLimits.Magnitude)
                || Fail(place, $"a rating from {least:#,0} to {RatingLimits.Magnitude:#,0} for this model", FieldParser.Show(text), "correct the rating");
        }

        private bool Fail(string place, string expected, string found, string advice)
        {
            _errors.Add(InputException.At(place, expected, found, advice).Message);
            return false;
        }
    }
}
