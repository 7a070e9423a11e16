using System.Text.Json;

namespace DistRec.Models.Persistence;

/// <summary>Reads and checks a safetensors header; knows the file only by its name and its length.</summary>
internal static class SafeTensorsHeader
{
    private const string Damaged = "the file is damaged or was not written by DistRec; copy or train it again";

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    /// <summary>Turns the JSON text into entries ordered by their place in the file.</summary>
    /// <param name="file">Name for messages.</param>
    /// <param name="json">The header without its length.</param>
    /// <param name="dataLength">Bytes the file has behind its header.</param>
    /// <exception cref="InputException">The header is not valid, or the entries do not cover the data exactly.</exception>
    public static (IReadOnlyList<TensorInfo> Tensors, IReadOnlyDictionary<string, string> Metadata) Parse(
        string file,
        ReadOnlyMemory<byte> json,
        long dataLength)
    {
        using JsonDocument document = ParseJson(file, json);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw InputException.At(file, "a JSON object as header", document.RootElement.ValueKind.ToString(), Damaged);
        }

        var metadata = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var tensors = new List<TensorInfo>();
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            if (property.NameEquals(SafeTensorsFormat.MetadataKey))
            {
                ReadMetadata(file, property.Value, metadata);
            }
            else
            {
                tensors.Add(ReadTensor(file, property));
            }
        }

        // Empty tensors share their offset with the tensor that follows, so the end decides between equal beginnings.
        tensors.Sort((a, b) => (a.Begin, a.End).CompareTo((b.Begin, b.End)));
        CheckCover(file, tensors, dataLength);
        return (tensors, metadata);
    }

    private static JsonDocument ParseJson(string file, ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonDocument.Parse(json, Strict);
        }
        catch (JsonException exception)
        {
            throw new InputException(InputException.At(file, "a JSON header", exception.Message, Damaged).Message, exception);
        }
    }

    private static void ReadMetadata(string file, JsonElement element, SortedDictionary<string, string> metadata)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw InputException.At($"{file}: {SafeTensorsFormat.MetadataKey}", "an object of strings", element.ValueKind.ToString(), Damaged);
        }

        foreach (JsonProperty entry in element.EnumerateObject())
        {
            metadata[entry.Name] = entry.Value.ValueKind == JsonValueKind.String
                ? entry.Value.GetString()!
                : throw InputException.At($"{file}: {SafeTensorsFormat.MetadataKey}.{entry.Name}", "a string", entry.Value.ValueKind.ToString(), Damaged);
        }
    }

    private static TensorInfo ReadTensor(string file, JsonProperty property)
    {
        string place = $"{file}: tensor {property.Name}";
        JsonElement entry = property.Value;
        if (entry.ValueKind != JsonValueKind.Object)
        {
            throw InputException.At(place, "an object", entry.ValueKind.ToString(), Damaged);
        }

        string? typeName = entry.TryGetProperty(SafeTensorsFormat.TypeKey, out JsonElement typeElement) && typeElement.ValueKind == JsonValueKind.String
            ? typeElement.GetString()
            : null;
        if (!TensorTypes.TryParse(typeName, out TensorType type))
        {
            throw InputException.At(place, "dtype F32, I32, I64 or U8", typeName ?? "none", "convert the tensor to one of these");
        }

        long[] shape = ReadNumbers(place, entry, SafeTensorsFormat.ShapeKey);
        long[] offsets = ReadNumbers(place, entry, SafeTensorsFormat.OffsetsKey);
        if (offsets.Length != 2 || offsets[1] < offsets[0])
        {
            throw InputException.At(place, "data_offsets [begin, end] with begin ≤ end", TensorInfo.ShapeText(offsets), Damaged);
        }

        Int128 bytes = TensorTypes.SizeOf(type);
        foreach (long dimension in shape)
        {
            // Checked by hand: a product of hostile dimensions must not wrap to something small.
            bytes = bytes > long.MaxValue ? bytes : bytes * dimension;
        }

        if (shape.Contains(0))
        {
            bytes = 0;
        }

        return bytes == offsets[1] - offsets[0]
            ? new TensorInfo(property.Name, type, shape, offsets[0], offsets[1])
            : throw InputException.At(place, $"{bytes} bytes for {type} {TensorInfo.ShapeText(shape)}", $"{offsets[1] - offsets[0]} bytes", Damaged);
    }

    private static long[] ReadNumbers(string place, JsonElement entry, string key)
    {
        if (!entry.TryGetProperty(key, out JsonElement array) || array.ValueKind != JsonValueKind.Array)
        {
            throw InputException.At(place, $"an array \"{key}\"", "none", Damaged);
        }

        long[] numbers = new long[array.GetArrayLength()];
        for (int index = 0; index < numbers.Length; index++)
        {
            if (array[index].ValueKind != JsonValueKind.Number || !array[index].TryGetInt64(out numbers[index]) || numbers[index] < 0)
            {
                throw InputException.At(place, $"whole numbers ≥ 0 in \"{key}\"", array[index].GetRawText(), Damaged);
            }
        }

        return numbers;
    }

    private static void CheckCover(string file, List<TensorInfo> tensors, long dataLength)
    {
        long position = 0;
        string previous = "the header";
        foreach (TensorInfo tensor in tensors)
        {
            string place = $"{file}: tensor {tensor.Name}";
            if (tensor.Begin != position)
            {
                string what = tensor.Begin < position ? "an overlap" : "a gap";
                throw InputException.At(place, $"to begin at byte {position}, where {previous} ends", $"{what}: it begins at byte {tensor.Begin}", Damaged);
            }

            if (tensor.End > dataLength)
            {
                throw InputException.At(place, $"data up to byte {tensor.End}", $"a truncated file with {dataLength} bytes of data", Damaged);
            }

            position = tensor.End;
            previous = $"tensor {tensor.Name}";
        }

        if (position != dataLength)
        {
            throw InputException.At(file, $"the file to end with {previous}, {position} bytes behind the header", $"{dataLength} bytes", Damaged);
        }
    }
}
