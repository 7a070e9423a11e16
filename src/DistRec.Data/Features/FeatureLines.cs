using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace DistRec.Data;

/// <summary>Parses lines <c>target index:value …</c>, which may end in a comment after <c>#</c>.</summary>
internal sealed class FeatureLines
{
    private const int MaxQuickDigits = 7;

    private static readonly float[] PowersOfTen = [1f, 1e1f, 1e2f, 1e3f, 1e4f, 1e5f, 1e6f, 1e7f];

    private readonly List<float> _targets = [];
    private readonly List<long> _starts = [0];
    private readonly List<int> _features = [];
    private readonly List<float> _values = [];

    private int _highest = -1;

    /// <summary>y of each row.</summary>
    public float[] Targets => [.. _targets];

    /// <summary>Parses a whole file.</summary>
    /// <exception cref="InputException">Lines are wrong.</exception>
    public static FeatureLines Read(string path, FeatureReadOptions options, CancellationToken cancellation)
    {
        var lines = new FeatureLines();
        using var reader = new BlockReader([path], headerLines: 0, options.BlockSize);
        byte[] buffer = new byte[reader.BufferLength];
        long line = 0, wrong = 0;
        List<string> errors = [];
        while (reader.Read(buffer) is { } block)
        {
            cancellation.ThrowIfCancellationRequested();
            ReadOnlySpan<byte> text = buffer.AsSpan(block.Text);
            while (!text.IsEmpty)
            {
                int length = text.IndexOf((byte)'\n');
                line++;
                if (!lines.TryAdd(text[..length], out LineError error) && wrong++ < LineError.MaxReported)
                {
                    errors.Add(InputException.At($"{block.FileName}:{line}", error.Expected, error.Found, error.Advice).Message);
                }

                text = text[(length + 1)..];
            }
        }

        return wrong > 0 ? throw new InputException(string.Join(Environment.NewLine, errors) + LineError.More(Path.GetFileName(path), wrong))
            : lines._targets.Count > 0 ? lines
            : throw InputException.At(Path.GetFileName(path), "lines of a target and index:value pairs", "none", "check that the file was written to its end");
    }

    /// <summary>Rows whose columns are the numbers of features.</summary>
    public RatingMatrix Rows() => new(_highest + 1, [.. _starts], [.. _features], [.. _values]);

    /// <summary>Parses a line without its line feed; blank ones and comments say nothing.</summary>
    public bool TryAdd(ReadOnlySpan<byte> line, out LineError error)
    {
        error = default;
        line = WithoutComment(line);
        ReadOnlySpan<byte> target = Next(ref line);
        if (target.IsEmpty)
        {
            return true;
        }

        if (!TryValue(target, out float y))
        {
            error = new LineError(0, "a finite number as target", FieldParser.Show(target), "begin every line with its target");
            return false;
        }

        int start = _features.Count;
        bool ascends = true;
        for (ReadOnlySpan<byte> pair = Next(ref line); !pair.IsEmpty; pair = Next(ref line))
        {
            if (!TryPair(pair, out int index, out float value, out error))
            {
                return false;
            }

            ascends &= _features.Count == start || _features[^1] < index;
            _features.Add(index);
            _values.Add(value);
        }

        if (!ascends && !TrySort(start, out error))
        {
            return false;
        }

        if (_features.Count > start)
        {
            _highest = Math.Max(_highest, _features[^1]);
        }

        _targets.Add(y);
        _starts.Add(_features.Count);
        return true;
    }

    /// <summary>
    /// How many pairs that begin as pairs do a line has that looks like a number and pairs with one colon each, whatever is wrong with these; none in blank
    /// lines and comments. Null for a line of another kind.
    /// </summary>
    public static int? CountPairs(ReadOnlySpan<byte> line)
    {
        line = WithoutComment(line);
        ReadOnlySpan<byte> target = Next(ref line).TrimStart((byte)'+');
        if (!target.IsEmpty && !(Utf8Parser.TryParse(target, out double _, out int read) && read == target.Length))
        {
            return null;
        }

        int pairs = 0;
        for (ReadOnlySpan<byte> pair = Next(ref line); !pair.IsEmpty; pair = Next(ref line))
        {
            int colon = pair.IndexOf((byte)':');
            if (colon <= 0 || colon == pair.Length - 1 || colon != pair.LastIndexOf((byte)':'))
            {
                return null;
            }

            pairs += pair[..colon].SequenceEqual("qid"u8) || !pair[..colon].ContainsAnyExceptInRange((byte)'0', (byte)'9') ? 1 : 0;
        }

        return pairs;
    }

    private static ReadOnlySpan<byte> WithoutComment(ReadOnlySpan<byte> line)
    {
        int comment = line.IndexOf((byte)'#');
        return comment < 0 ? line : line[..comment];
    }

    private static ReadOnlySpan<byte> Next(ref ReadOnlySpan<byte> line)
    {
        int start = line.IndexOfAnyExcept(" \t\r"u8);
        if (start < 0)
        {
            return [];
        }

        line = line[start..];
        int end = line.IndexOfAny(" \t\r"u8);
        ReadOnlySpan<byte> token = end < 0 ? line : line[..end];
        line = line[token.Length..];
        return token;
    }

    private static bool TryPair(ReadOnlySpan<byte> pair, out int index, out float value, out LineError error)
    {
        index = 0;
        value = 0;
        error = default;
        int colon = pair.IndexOf((byte)':');
        if (colon > 0 && pair[..colon].SequenceEqual("qid"u8))
        {
            error = new LineError(0, "features alone", FieldParser.Show(pair), "remove the query ids: rankings are learned from ratings");
            return false;
        }

        if (colon <= 0 || !TryIndex(pair[..colon], out index))
        {
            error = new LineError(0, $"index:value with an index of 0 to {int.MaxValue - 1:N0}", FieldParser.Show(pair), "write features as 7:0.5, separated by spaces");
            return false;
        }

        if (!TryValue(pair[(colon + 1)..], out value))
        {
            error = new LineError(0, "a finite number after the colon", FieldParser.Show(pair), "write features as 7:0.5, separated by spaces");
            return false;
        }

        return true;
    }

    private static bool TryIndex(ReadOnlySpan<byte> text, out int index)
    {
        long number = 0;
        index = 0;
        foreach (byte character in text)
        {
            uint digit = (uint)(character - '0');
            number = (number * 10) + digit;
            if (digit > 9 || number >= int.MaxValue)
            {
                return false;
            }
        }

        index = (int)number;
        return true;
    }

    // Few digits and a power of ten are exact in single precision, so that one division rounds correctly; other forms are rare.
    private static bool TryValue(ReadOnlySpan<byte> text, out float value)
    {
        uint mantissa = 0;
        int digits = 0;
        int point = -1;
        foreach (byte character in text)
        {
            uint digit = (uint)(character - '0');
            if (digit <= 9 && digits < MaxQuickDigits)
            {
                mantissa = (mantissa * 10) + digit;
                digits++;
            }
            else if (character == '.' && point < 0)
            {
                point = digits;
            }
            else
            {
                return FieldParser.TryRating(text, decimalComma: false, out value);
            }
        }

        value = point < 0 ? mantissa : mantissa / PowersOfTen[digits - point];
        return digits > 0;
    }

    private bool TrySort(int start, out LineError error)
    {
        Span<int> features = CollectionsMarshal.AsSpan(_features)[start..];
        features.Sort(CollectionsMarshal.AsSpan(_values)[start..]);
        for (int t = 1; t < features.Length; t++)
        {
            if (features[t] == features[t - 1])
            {
                error = new LineError(0, "each feature once", $"{features[t]} again", "keep one of them");
                return false;
            }
        }

        error = default;
        return true;
    }
}
