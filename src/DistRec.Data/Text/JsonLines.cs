using System.Text.Json;

namespace DistRec.Data;

/// <summary>Lines that are JSON objects, one a rating. Their properties are columns by their names; objects and lists in them are passed over.</summary>
internal static class JsonLines
{
    /// <summary>Whether a sample looks like this.</summary>
    /// <exception cref="InputException">It is one JSON document.</exception>
    public static bool IsSample(TextSample sample)
    {
        byte[] first = sample.Lines[0].AsSpan().Trim(" \t"u8).ToArray();
        if (first is [(byte)'[', ..] or [(byte)'{'])
        {
            throw InputException.At(
                sample.Place, "one JSON object a line", "a document over several lines or a list", "write a line an object, for instance with jq -c '.[]'");
        }

        return first is [(byte)'{', .., (byte)'}'];
    }

    /// <summary>The properties of the lines of a sample, in order of first appearance, and what the lines have of them.</summary>
    public static (string[] Names, string[][] Lines) Read(TextSample sample)
    {
        List<string> names = [];
        List<Dictionary<string, string>> lines = [];
        foreach (byte[] line in sample.Lines)
        {
            Dictionary<string, string> values = new(StringComparer.Ordinal);
            try
            {
                using JsonDocument document = JsonDocument.Parse(line);
                foreach (JsonProperty property in document.RootElement.EnumerateObject())
                {
                    if (property.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
                    {
                        continue;
                    }

                    values[property.Name] = property.Value.ToString();
                    if (!names.Contains(property.Name))
                    {
                        names.Add(property.Name);
                    }
                }
            }
            catch (Exception error) when (error is JsonException or InvalidOperationException)
            {
                continue; // the parser names the line
            }

            lines.Add(values);
        }

        return ([.. names], [.. lines.Select(values => names.Select(name => values.GetValueOrDefault(name, "")).ToArray())]);
    }

    /// <summary>Reads the properties of a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="properties">Their names.</param>
    /// <param name="texts">Receives where each is in <paramref name="scratch"/>; nothing where the line has it not.</param>
    /// <param name="scratch">At least as long as the line; receives the texts.</param>
    /// <returns>Whether the line is an object.</returns>
    public static bool TryRead(ReadOnlySpan<byte> line, byte[][] properties, Span<Range> texts, Span<byte> scratch)
    {
        texts.Clear();
        try
        {
            Utf8JsonReader reader = new(line);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            int used = 0;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                int property = IndexOf(ref reader, properties);
                reader.Read();
                if (property >= 0 && reader.TokenType is JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False)
                {
                    int length = Copy(ref reader, scratch[used..]);
                    texts[property] = used..(used + length);
                    used += length;
                }

                reader.Skip();
            }

            return !reader.Read();
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static int IndexOf(ref Utf8JsonReader reader, byte[][] properties)
    {
        for (int index = 0; index < properties.Length; index++)
        {
            if (reader.ValueTextEquals(properties[index]))
            {
                return index;
            }
        }

        return -1;
    }

    private static int Copy(ref Utf8JsonReader reader, Span<byte> target)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.CopyString(target);
        }

        reader.ValueSpan.CopyTo(target);
        return reader.ValueSpan.Length;
    }
}
