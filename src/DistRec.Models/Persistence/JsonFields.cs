using System.Text.Json;

namespace DistRec.Models.Persistence;

/// <summary>Reads the fields of one JSON object, and names file, field, expected and found where one does not fit.</summary>
internal sealed class JsonFields
{
    private readonly string _place;
    private readonly JsonElement _element;

    public JsonFields(string place, JsonElement element)
    {
        _place = place;
        _element = element.ValueKind == JsonValueKind.Object
            ? element
            : throw InputException.At(place, "an object", Describe(element), Advice);
    }

    private static string Advice => "restore the file or train the model again";

    public IEnumerable<JsonProperty> All() => _element.EnumerateObject();

    public JsonFields Object(string name) => new($"{_place}: {name}", Get(name));

    public string Text(string name) => TextOrNull(name) ?? throw Wrong(name, "text");

    public string? TextOrNull(string name) => Get(name) switch
    {
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        { ValueKind: JsonValueKind.Null } => null,
        _ => throw Wrong(name, "text"),
    };

    public bool Boolean(string name) => Get(name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(name, "true or false"),
    };

    public int Int32(string name) =>
        Int64(name) is >= 0 and <= int.MaxValue and long number ? (int)number : throw Wrong(name, "a whole number from 0 to 2³¹ − 1");

    public long Int64(string name) =>
        Get(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long number) && number >= 0
            ? number
            : throw Wrong(name, "a whole number ≥ 0");

    public double Double(string name) =>
        Get(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out double number) && double.IsFinite(number)
            ? number
            : throw Wrong(name, "a finite number");

    public float Single(string name) =>
        Get(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetSingle(out float number) && float.IsFinite(number)
            ? number
            : throw Wrong(name, "a finite number");

    public DateTimeOffset Time(string name) =>
        Get(name) is { ValueKind: JsonValueKind.String } value && value.TryGetDateTimeOffset(out DateTimeOffset time)
            ? time
            : throw Wrong(name, "a time such as 2026-01-31T12:00:00+00:00");

    private JsonElement Get(string name) =>
        _element.TryGetProperty(name, out JsonElement value)
            ? value
            : throw InputException.At($"{_place}: {name}", "a value", "none", Advice);

    private InputException Wrong(string name, string expected) => InputException.At($"{_place}: {name}", expected, Describe(Get(name)), Advice);

    private static string Describe(JsonElement element)
    {
        string text = element.GetRawText();
        return text.Length <= 60 ? text : $"{text[..60]}…";
    }
}
