using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace DistRec.Models.Persistence;

/// <summary>
/// Attributes of items as JSON lines: line n is item n − 1, an object of lists of texts such as <c>{"genre":["Comedy","Drama"],"year":["1995"]}</c>, without
/// the attributes that it has none of.
/// </summary>
internal static class AttributesFile
{
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes all lines.</summary>
    public static void Write(Stream stream, ItemAttributes attributes)
    {
        using Utf8JsonWriter json = new(stream, Readable);
        for (int item = 0; item < attributes.ItemCount; item++)
        {
            json.WriteStartObject();
            foreach (ItemAttribute attribute in attributes.All.Where(attribute => attribute.Of(item).Length > 0))
            {
                json.WriteStartArray(attribute.Name);
                foreach (int code in attribute.Of(item))
                {
                    json.WriteStringValue(attribute.Texts[code]);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
            json.Flush();
            stream.Write("\n"u8);
            json.Reset();
        }
    }

    /// <summary>Reads exactly as many lines as there are items.</summary>
    /// <exception cref="InputException">A line is wrong, or there are more or fewer.</exception>
    public static ItemAttributes Read(Stream stream, string file, int itemCount)
    {
        const string Advice = "the file is damaged; copy or train the model again";
        using StreamReader reader = new(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        List<(int, string, string)> texts = [];
        int item = 0;
        for (; reader.ReadLine() is { } line; item++)
        {
            if (item == itemCount)
            {
                throw InputException.At(file, $"{itemCount} lines", "more", Advice);
            }

            try
            {
                using JsonDocument document = JsonDocument.Parse(line, new JsonDocumentOptions { AllowDuplicateProperties = false });
                foreach (JsonProperty property in document.RootElement.EnumerateObject())
                {
                    foreach (JsonElement value in property.Value.EnumerateArray())
                    {
                        texts.Add((item, property.Name, value.GetString() ?? throw new InvalidOperationException("null")));
                    }
                }
            }
            catch (Exception exception) when (exception is JsonException or InvalidOperationException)
            {
                string found = line.Length > 60 ? $"{line[..60]}…" : line;
                throw new InputException(InputException.At($"{file}:{item + 1}", """lists of texts by name, such as {"genre":["Drama"]}""", found, Advice).Message, exception);
            }
        }

        return item == itemCount
            ? ItemAttributes.Of(itemCount, texts)
            : throw InputException.At(file, $"{itemCount} lines", $"{item}", Advice);
    }
}
