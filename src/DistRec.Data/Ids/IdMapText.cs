using System.Text;

namespace DistRec.Data;

/// <summary>The text form of an id map: one id a line, with \\, \n and \r for the characters that would break a line.</summary>
internal static class IdMapText
{
    public static void Save(IdMap map, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16, leaveOpen: true);
        foreach (string id in map.Ids)
        {
            writer.Write(NeedsEscape(id) ? Escape(id) : id);
            writer.Write('\n');
        }
    }

    public static IdMap Load(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var reader = new StreamReader(stream, new UTF8Encoding(false, throwOnInvalidBytes: true), false, 1 << 16, leaveOpen: true);
        var table = new IdTable();
        int line = 0;
        try
        {
            while (reader.ReadLine() is { } text)
            {
                line++;
                int next = table.Count;
                byte[] id = Encoding.UTF8.GetBytes(Unescape(text, line));
                if (id.Length > IdTable.MaxTextLength)
                {
                    throw InputException.At($"ids:{line}", $"an id of at most {IdTable.MaxTextLength:N0} bytes", $"{id.Length:N0} bytes", "restore the file from its source");
                }

                if (table.GetOrAdd(id) != next)
                {
                    throw InputException.At($"ids:{line}", "each id once", $"\"{text}\" again", "restore the file from its source");
                }
            }
        }
        catch (DecoderFallbackException error)
        {
            throw new InputException($"ids: expected UTF-8 text, found other bytes after line {line}; restore the file from its source", error);
        }

        return new IdMap(table);
    }

    private static bool NeedsEscape(string id) => id.AsSpan().IndexOfAny('\\', '\n', '\r') >= 0;

    private static string Escape(string id) => id.Replace("\\", "\\\\").Replace("\n", "\\n").Replace("\r", "\\r");

    private static string Unescape(string text, int line)
    {
        if (!text.Contains('\\'))
        {
            return text;
        }

        var result = new StringBuilder(text.Length);
        for (int index = 0; index < text.Length; index++)
        {
            if (text[index] != '\\')
            {
                result.Append(text[index]);
                continue;
            }

            index++;
            result.Append(index < text.Length ? text[index] switch
            {
                '\\' => '\\',
                'n' => '\n',
                'r' => '\r',
                _ => throw Bad(line, text),
            }
            : throw Bad(line, text));
        }

        return result.ToString();
    }

    private static InputException Bad(int line, string text) =>
        InputException.At($"ids:{line}", "\\\\, \\n or \\r after a backslash", $"\"{text}\"", "restore the file from its source");
}
