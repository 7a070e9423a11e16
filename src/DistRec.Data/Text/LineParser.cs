using System.Buffers.Text;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace DistRec.Data;

/// <summary>
/// Parses blocks of lines. A quick path takes numeric lines in one pass over their bytes; whatever it does not understand —
/// text ids, quotes, spaces, exponents, mistakes — is parsed again by the careful path, which also words the errors.
/// </summary>
internal sealed unsafe class LineParser
{
    private const int MaxKindLength = 200;

    private readonly LineLayout _layout;
    private readonly ColumnRole[] _roles;
    private readonly byte _separator;
    private readonly int _separatorWidth;
    private readonly bool _isQuick;
    private readonly bool _keepTimestamps;
    private readonly bool _decimalComma;
    private readonly float _lowest;
    private readonly float _highest;
    private readonly Range[] _fields;
    private readonly byte[][] _kinds;

    private byte[] _texts = [];
    private ParsedBlock _block = null!;
    private byte[]? _heading;
    private int _openItem;

    public LineParser(LineLayout layout, ReadOptions options)
    {
        _layout = layout;
        _roles = layout.Roles;
        _separator = layout.SeparatorByte;
        _separatorWidth = layout.Separator == Separator.DoubleColon ? 2 : 1;
        _isQuick = layout is { Properties: null, HasKinds: false };
        _keepTimestamps = options.KeepTimestamps && layout.HasTimestamps;
        _decimalComma = options.DecimalComma;
        _lowest = options.LowestRating;
        _highest = options.HighestRating;
        _fields = new Range[_roles.Length];
        _kinds = [.. options.FeedbackTypes.Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>Parses whole lines, each ended by a line feed.</summary>
    /// <param name="text">The lines.</param>
    /// <param name="block">Where the ratings go.</param>
    /// <param name="endsUnterminated">Whether the last line had no line feed in the file.</param>
    public void Parse(ReadOnlySpan<byte> text, ParsedBlock block, bool endsUnterminated)
    {
        _block = block;
        _heading = null;
        _openItem = ParsedBlock.InheritedItem;
        fixed (byte* start = text)
        {
            byte* position = start;
            byte* end = start + text.Length;
            while (position < end)
            {
                block.LineCount++;
                if (_isQuick && TryQuickLine(ref position))
                {
                    continue;
                }

                int length = new ReadOnlySpan<byte>(position, (int)(end - position)).IndexOf((byte)'\n');
                var line = new ReadOnlySpan<byte>(position, length);
                position += length + 1;
                ParseCarefully(line.EndsWith("\r"u8) ? line[..^1] : line, endsUnterminated && position == end);
            }
        }

        block.OpenItem = _heading;
    }

    /// <summary>Takes a line of canonical numbers and moves past it; otherwise leaves everything as it was.</summary>
    private bool TryQuickLine(ref byte* position)
    {
        byte* next = position;
        ulong user = 0;
        ulong item = 0;
        ulong timestamp = 0;
        float value = 1;
        ColumnRole[] roles = _roles;
        for (int field = 0; field < roles.Length; field++)
        {
            if (field > 0 && !TrySeparator(ref next))
            {
                return false;
            }

            bool read = roles[field] switch
            {
                ColumnRole.User => QuickNumber.TryInteger(ref next, out user),
                ColumnRole.Item => QuickNumber.TryInteger(ref next, out item),
                ColumnRole.Rating => QuickNumber.TryDecimal(ref next, out value),
                ColumnRole.Timestamp => QuickNumber.TryTime(ref next, out timestamp),
                _ => TrySkip(ref next),
            };
            if (!read)
            {
                return false;
            }
        }

        if (*next == '\r')
        {
            next++;
        }

        if (*next != '\n' || !(value >= _lowest && value <= _highest))
        {
            return false;
        }

        long seconds = (long)timestamp;
        if (_keepTimestamps && _layout.TimeForm != TimeForm.Seconds && !TimeForms.TryConvert(_layout.TimeForm, timestamp, out seconds))
        {
            return false;
        }

        position = next + 1;
        int userIndex = _block.Users.GetOrAddNumber(user);
        int itemIndex = _layout.ItemHeadings ? OpenItemIndex() : _block.Items.GetOrAddNumber(item);
        if (_keepTimestamps)
        {
            _block.Add(userIndex, itemIndex, value, seconds);
        }
        else
        {
            _block.Add(userIndex, itemIndex, value);
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TrySeparator(ref byte* next)
    {
        if (*next != _separator)
        {
            return false;
        }

        next++;
        if (_separatorWidth == 2)
        {
            return *next++ == _separator;
        }

        if (_separator == ' ')
        {
            while (*next == ' ')
            {
                next++;
            }
        }

        return true;
    }

    private bool TrySkip(ref byte* next)
    {
        while (*next != _separator && *next is not ((byte)'\r' or (byte)'\n' or (byte)'"'))
        {
            next++;
        }

        return *next != '"';
    }

    private int OpenItemIndex()
    {
        if (_heading is not null && _openItem == ParsedBlock.InheritedItem)
        {
            _openItem = _block.Items.GetOrAdd(_heading);
        }

        return _openItem;
    }

    private void ParseCarefully(ReadOnlySpan<byte> line, bool isCutOff)
    {
        if (line.Trim(" \t"u8).IsEmpty)
        {
            return;
        }

        if (_layout.ItemHeadings && line[^1] == ':')
        {
            OpenItem(line[..^1]);
            return;
        }

        if (TextSample.IsMarked(line) && (_layout.HasComments || !IsLine(line)))
        {
            _block.CommentCount++;
            return;
        }

        if (_layout.Properties is not null)
        {
            ParseJson(line, isCutOff);
            return;
        }

        int count = FieldSplitter.Split(line, _layout.Separator, _fields);
        if (count != _roles.Length)
        {
            Fail(
                $"{_roles.Length} columns separated by {_layout.SeparatorName}",
                $"{count} in {FieldParser.Show(line)}",
                isCutOff ? "the file ends inside this line: get a complete copy" : LineAdvice.OnColumnCount(line, _layout));
            return;
        }

        LineFields fields = default;
        for (int field = 0; field < count; field++)
        {
            fields.Set(_roles[field], FieldSplitter.Unquote(line[_fields[field]]));
        }

        Add(fields, isCutOff);
    }

    private void ParseJson(ReadOnlySpan<byte> line, bool isCutOff)
    {
        if (_texts.Length < line.Length)
        {
            _texts = new byte[2 * line.Length];
        }

        if (!JsonLines.TryRead(line, _layout.Properties!, _fields, _texts))
        {
            Fail("a JSON object", FieldParser.Show(line), isCutOff ? "the file ends inside this line: get a complete copy" : "write one object a line");
            return;
        }

        LineFields fields = default;
        for (int field = 0; field < _roles.Length; field++)
        {
            fields.Set(_roles[field], _texts.AsSpan(_fields[field]));
        }

        Add(fields, isCutOff);
    }

    // Whether a line that begins as comments do has what a line needs: ids may begin so.
    private bool IsLine(ReadOnlySpan<byte> line)
    {
        if (_layout.Properties is not null || FieldSplitter.Split(line, _layout.Separator, _fields) != _roles.Length)
        {
            return false;
        }

        int rating = Array.IndexOf(_roles, ColumnRole.Rating);
        return rating < 0 || FieldParser.TryRating(FieldSplitter.Unquote(line[_fields[rating]]), _decimalComma, out _);
    }

    private void Add(LineFields fields, bool isCutOff)
    {
        float value = 1;
        long timestamp = 0;
        if (!IsId(fields.User, "user") || (!_layout.ItemHeadings && !IsId(fields.Item, "item"))
            || (_layout.HasRatings && !IsRating(fields.Rating, isCutOff, out value))
            || (_keepTimestamps && !IsTimestamp(fields.Timestamp, out timestamp))
            || (_layout.HasKinds && !IsWanted(fields.Kind)))
        {
            return;
        }

        int userIndex = _block.Users.GetOrAdd(fields.User);
        int itemIndex = _layout.ItemHeadings ? OpenItemIndex() : _block.Items.GetOrAdd(fields.Item);
        if (_keepTimestamps)
        {
            _block.Add(userIndex, itemIndex, value, timestamp);
        }
        else
        {
            _block.Add(userIndex, itemIndex, value);
        }
    }

    private bool IsWanted(ReadOnlySpan<byte> kind)
    {
        if (kind.Length > MaxKindLength || !Utf8.IsValid(kind))
        {
            return Fail(
                $"a kind of feedback of at most {MaxKindLength} bytes of UTF-8", FieldParser.Show(kind),
                "mend the line, or leave the column out with --columns");
        }

        _block.CountKind(kind);
        return _kinds.Length == 0 || IsChosen(kind);
    }

    private bool IsChosen(ReadOnlySpan<byte> kind)
    {
        foreach (byte[] chosen in _kinds)
        {
            if (kind.SequenceEqual(chosen))
            {
                return true;
            }
        }

        return false;
    }

    private void OpenItem(ReadOnlySpan<byte> heading)
    {
        heading = heading.Trim((byte)' ');
        if (IsId(heading, "item"))
        {
            _heading = heading.ToArray();
            _openItem = ParsedBlock.InheritedItem;
        }
    }

    private bool IsId(ReadOnlySpan<byte> text, string side)
    {
        if (text.IsEmpty)
        {
            return Fail($"{(side == "item" ? "an" : "a")} {side} id", "nothing", "give every rating a user and an item");
        }

        if (text.Length > IdTable.MaxTextLength)
        {
            return Fail($"{side} ids of at most {IdTable.MaxTextLength:N0} bytes", $"{text.Length:N0} bytes", "check the separators and quotes");
        }

        return Utf8.IsValid(text)
            || Fail($"a {side} id in UTF-8", $"{FieldParser.Show(text)} with other bytes", "convert the file, for instance with iconv -f latin1 -t utf-8");
    }

    private bool IsRating(ReadOnlySpan<byte> text, bool isCutOff, out float value)
    {
        if (!FieldParser.TryRating(text, _decimalComma, out value))
        {
            return Fail("a finite number as rating", FieldParser.Show(text), isCutOff ? "the file ends inside this line: get a complete copy" : LineAdvice.OnRating(text));
        }

        if (Math.Abs(value) > RatingLimits.Magnitude)
        {
            return Fail($"a rating between {-RatingLimits.Magnitude:#,0} and {RatingLimits.Magnitude:#,0}", FieldParser.Show(text), "check which column is the rating, or name the columns with --columns");
        }

        return (value >= _lowest && value <= _highest)
            || Fail($"a rating between {_lowest} and {_highest}", FieldParser.Show(text), "correct the rating or widen --min-rating and --max-rating");
    }

    private bool IsTimestamp(ReadOnlySpan<byte> text, out long timestamp)
    {
        if (_layout.TimeForm != TimeForm.Seconds && Utf8Parser.TryParse(text, out ulong number, out int used) && used == text.Length)
        {
            return TimeForms.TryConvert(_layout.TimeForm, number, out timestamp)
                || Fail(
                    $"a time as {TimeForms.Name(_layout.TimeForm)}, as the first lines have it", FieldParser.Show(text),
                    "write all times alike, or leave the column out with --columns user,item,rating,-");
        }

        return FieldParser.TryTimestamp(text, out timestamp)
            || Fail("a time as seconds since 1970 or as yyyy-mm-dd", FieldParser.Show(text), "correct it, or leave the column out with --columns user,item,rating,-");
    }

    private bool Fail(string expected, string found, string advice)
    {
        if (_block.ErrorCount++ < LineError.MaxReported)
        {
            _block.Errors.Add(new LineError(_block.LineCount, expected, found, advice));
        }

        return false;
    }
}
