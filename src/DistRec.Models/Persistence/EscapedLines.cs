using System.Text;

namespace DistRec.Models.Persistence;

/// <summary>
/// Texts as UTF-8 lines, one a line, each ended by a line feed. A line feed, a carriage return and a backslash inside a text
/// are written <c>\n</c>, <c>\r</c> and <c>\\</c>; a missing text is <c>\N</c>, which no text can look like.
/// </summary>
internal static class EscapedLines
{
    private const string Missing = @"\N";

    // Refuses what has no UTF-8 form instead of replacing it: two ids must not become one.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes all texts.</summary>
    /// <exception cref="InputException">A text is not valid Unicode.</exception>
    public static void Write(Stream stream, string file, IEnumerable<string?> texts)
    {
        using var writer = new StreamWriter(stream, Strict, bufferSize: 1 << 16, leaveOpen: true) { NewLine = "\n" };
        long line = 0;
        foreach (string? text in texts)
        {
            line++;
            if (text is not null && !IsUnicode(text))
            {
                throw InputException.At($"{file}:{line}", "valid Unicode", "half of a surrogate pair", "mend the id or title in the data");
            }

            writer.WriteLine(text is null ? Missing : Escape(text));
        }
    }

    /// <summary>Reads exactly as many texts as expected.</summary>
    /// <exception cref="InputException">There are more or fewer lines, an unknown escape or bytes that are not UTF-8.</exception>
    public static List<string?> Read(Stream stream, string file, int expected)
    {
        const string Advice = "the file is damaged; copy or train the model again";
        using var reader = new StreamReader(stream, Strict, detectEncodingFromByteOrderMarks: false, bufferSize: 1 << 16, leaveOpen: true);
        var texts = new List<string?>();
        try
        {
            while (reader.ReadLine() is { } line)
            {
                texts.Add(line == Missing ? null : Unescape(line) ?? throw InputException.At($"{file}:{texts.Count + 1}", @"\n, \r or \\ behind a backslash", line, Advice));
            }
        }
        catch (DecoderFallbackException exception)
        {
            throw new InputException(InputException.At($"{file}:{texts.Count + 1}", "UTF-8", exception.Message, Advice).Message, exception);
        }

        return texts.Count == expected ? texts : throw InputException.At(file, $"{expected} lines", $"{texts.Count}", Advice);
    }

    private static string Escape(string text) =>
        text.AsSpan().IndexOfAny('\\', '\n', '\r') < 0
            ? text
            : text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\n", @"\n", StringComparison.Ordinal).Replace("\r", @"\r", StringComparison.Ordinal);

    private static string? Unescape(string line)
    {
        if (!line.Contains('\\', StringComparison.Ordinal))
        {
            return line;
        }

        var text = new StringBuilder(line.Length);
        for (int index = 0; index < line.Length; index++)
        {
            if (line[index] != '\\')
            {
                text.Append(line[index]);
                continue;
            }

            index++;
            switch (index < line.Length ? line[index] : '\0')
            {
                case 'n': text.Append('\n'); break;
                case 'r': text.Append('\r'); break;
                case '\\': text.Append('\\'); break;
                default: return null;
            }
        }

        return text.ToString();
    }

    private static bool IsUnicode(string text)
    {
        for (int index = 0; index < text.Length; index++)
        {
            if (char.IsSurrogate(text[index]))
            {
                if (index + 1 == text.Length || !char.IsSurrogatePair(text[index], text[index + 1]))
                {
                    return false;
                }

                index++;
            }
        }

        return true;
    }
}
