using System.Buffers;
using System.Text;

namespace DistRec.Models.Queries.Lists;

/// <summary>
/// Reads the text of an <see cref="AttributeFilter"/>: conditions with commas between them, each a name, one of =, !=, &lt;, &lt;=, &gt; and &gt;=, and a value or,
/// after = and !=, several with bars between them. Spaces around each part are none of it.
/// </summary>
/// <param name="text">The text.</param>
/// <param name="place">Where it was given, for messages.</param>
internal sealed class FilterReader(string text, string place)
{
    private static readonly SearchValues<char> NameEnds = SearchValues.Create("=!<>,|\"");
    private static readonly SearchValues<char> ValueEnds = SearchValues.Create(",|");

    private static readonly (string Sign, FilterComparison Comparison)[] Signs =
    [
        ("!=", FilterComparison.NotEqual), ("<=", FilterComparison.AtMost), (">=", FilterComparison.AtLeast), ("=", FilterComparison.Equal),
        ("<", FilterComparison.Less), (">", FilterComparison.Greater),
    ];

    private int _next;

    /// <summary>Reads all of it.</summary>
    /// <exception cref="InputException">It is no filter.</exception>
    public IReadOnlyList<FilterCondition> Read()
    {
        List<FilterCondition> conditions = [ReadCondition()];
        while (_next < text.Length)
        {
            _next++; // a comma: nothing else ends a condition
            conditions.Add(ReadCondition());
        }

        return conditions;
    }

    private FilterCondition ReadCondition()
    {
        SkipSpaces();
        string here = Here;
        string name = ReadUntil(NameEnds);
        if (name.Length == 0)
        {
            throw Wrong("the name of an attribute", "write conditions such as genre=Drama,year>=1990");
        }

        FilterComparison comparison = ReadComparison();
        if (comparison is FilterComparison.Equal or FilterComparison.NotEqual)
        {
            List<string> values = [ReadValue()];
            while (_next < text.Length && text[_next] == '|')
            {
                _next++;
                values.Add(ReadValue());
            }

            return new FilterCondition(name, comparison, values, 0, here);
        }

        SkipSpaces();
        int start = _next;
        string value = ReadValue();
        if (!FilterCondition.TryNumber(value, out double number) || (_next < text.Length && text[_next] == '|'))
        {
            _next = start;
            throw Wrong("one finite number", "compare texts, and several values, by = or !=");
        }

        return new FilterCondition(name, comparison, [value], number, here);
    }

    private FilterComparison ReadComparison()
    {
        foreach ((string sign, FilterComparison comparison) in Signs)
        {
            if (text.AsSpan(_next).StartsWith(sign, StringComparison.Ordinal))
            {
                _next += sign.Length;
                return comparison;
            }
        }

        throw Wrong("=, !=, <, <=, > or >= behind the name", "write conditions such as genre=Drama,year>=1990");
    }

    private string ReadValue()
    {
        SkipSpaces();
        if (_next < text.Length && text[_next] == '"')
        {
            return ReadQuoted();
        }

        int start = _next;
        string value = ReadUntil(ValueEnds);
        if (value.Length > 0 && value[0] is not ('=' or '!' or '<' or '>') && !value.Contains('"', StringComparison.Ordinal))
        {
            return value;
        }

        _next = start;
        throw Wrong(
            value.Length == 0 ? "a value" : "a value, in quotes where it begins with a sign or has a quote in it",
            "write \"a, b\" for a value with a comma, and \"\" for a quote in it");
    }

    private string ReadQuoted()
    {
        StringBuilder value = new();
        int start = _next++;
        while (true)
        {
            int length = text.AsSpan(_next).IndexOf('"');
            if (length < 0)
            {
                _next = start;
                throw Wrong("a quote at the end of the value, too", "close it");
            }

            value.Append(text, _next, length);
            _next += length + 1;
            if (_next == text.Length || text[_next] != '"')
            {
                break;
            }

            value.Append('"');
            _next++;
        }

        SkipSpaces();
        return _next == text.Length || text[_next] is ',' or '|'
            ? value.ToString()
            : throw Wrong("a comma, a bar or the end behind the value", "put the whole value into quotes");
    }

    private string ReadUntil(SearchValues<char> ends)
    {
        int length = text.AsSpan(_next).IndexOfAny(ends);
        string part = length < 0 ? text[_next..] : text.Substring(_next, length);
        _next += part.Length;
        return part.Trim();
    }

    private void SkipSpaces()
    {
        while (_next < text.Length && text[_next] == ' ')
        {
            _next++;
        }
    }

    private string Here => $"{place}, character {_next + 1}";

    private InputException Wrong(string expected, string advice)
    {
        string rest = text[_next..];
        return InputException.At(Here, expected, rest.Length == 0 ? "the end" : $"\"{(rest.Length > 30 ? $"{rest[..30]}…" : rest)}\"", advice);
    }
}
