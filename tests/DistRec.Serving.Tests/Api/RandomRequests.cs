using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DistRec.Numerics.Random;

namespace DistRec.Serving.Tests.Api;

/// <summary>Requests made by chance from the API's own document: mostly of the form that it asks for, sometimes of another.</summary>
internal static class RandomRequests
{
    private static readonly string[] Texts =
    [
        "u1", "i1", "small", "", " ", "0", "-1", "10", "1001", "2147483648", "1e400", "NaN", "null", "true", "a,b,,c", "%", "%2F", "../../etc/passwd", "\u0000", "\uFFFF",
        "Zoë", "💥", "'; DROP TABLE jobs; --", "<script>", "{\"a\":1}", new string('x', 600), new string('é', 5000),
    ];

    /// <summary>Makes one for an operation, and tells it to a person.</summary>
    public static HttpRequestMessage Make(JsonElement document, string path, JsonProperty operation, ref EntityRandom random, out string told)
    {
        StringBuilder query = new();
        if (operation.Value.TryGetProperty("parameters", out JsonElement parameters))
        {
            foreach (JsonElement parameter in parameters.EnumerateArray())
            {
                string name = parameter.GetProperty("name").GetString()!;
                string value = Text(ref random);
                if (parameter.GetProperty("in").GetString() == "path")
                {
                    path = path.Replace($"{{{name}}}", Uri.EscapeDataString(value.Length == 0 ? "u1" : value), StringComparison.Ordinal);
                }
                else if (random.NextInt(3) > 0)
                {
                    query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
                }
            }
        }

        HttpRequestMessage request = new(new HttpMethod(operation.Name.ToUpperInvariant()), path + query);
        told = $"{operation.Name} {path}{query}";
        if (operation.Value.TryGetProperty("requestBody", out JsonElement described))
        {
            string type = described.GetProperty("content").EnumerateObject().First().Name;
            JsonElement schema = described.GetProperty("content").EnumerateObject().First().Value.GetProperty("schema");
            string body = Value(document, schema, ref random, 0)?.ToJsonString() ?? "null";
            body = random.NextInt(8) == 0 ? body[..random.NextInt(body.Length + 1)] : body;
            request.Content = new StringContent(body, Encoding.UTF8, random.NextInt(12) == 0 ? "text/plain" : type);
            told += $"\n{(body.Length > 500 ? body[..500] : body)}";
        }

        return request;
    }

    // Mostly of the schema's form, sometimes of another.
    private static JsonNode? Value(JsonElement document, JsonElement schema, ref EntityRandom random, int depth)
    {
        if (schema.TryGetProperty("$ref", out JsonElement reference))
        {
            return Value(document, document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]), ref random, depth);
        }

        if (random.NextInt(12) == 0 || depth > 6)
        {
            return Wrong(ref random);
        }

        foreach (string choice in new[] { "anyOf", "oneOf" })
        {
            if (schema.TryGetProperty(choice, out JsonElement choices))
            {
                return Value(document, choices[random.NextInt(choices.GetArrayLength())], ref random, depth + 1);
            }
        }

        if (schema.TryGetProperty("enum", out JsonElement words))
        {
            return JsonValue.Create(words[random.NextInt(words.GetArrayLength())].GetString());
        }

        if (schema.TryGetProperty("properties", out JsonElement properties))
        {
            JsonObject made = [];
            foreach (JsonProperty property in properties.EnumerateObject())
            {
                if (random.NextInt(6) > 0)
                {
                    made[property.Name] = Value(document, property.Value, ref random, depth + 1);
                }
            }

            return made;
        }

        string kind = !schema.TryGetProperty("type", out JsonElement type) ? "" : type.ValueKind == JsonValueKind.Array ? type[type.GetArrayLength() - 1].GetString()! : type.GetString()!;
        switch (kind)
        {
            case "array":
                JsonArray list = [];
                for (int left = random.NextInt(4); left > 0; left--)
                {
                    list.Add(Value(document, schema.GetProperty("items"), ref random, depth + 1));
                }

                return list;
            case "integer":
                return JsonValue.Create(random.NextInt(4) == 0 ? random.NextInt(int.MaxValue) : 1 + random.NextInt(20));
            case "number":
                return JsonValue.Create(random.NextInt(4) == 0 ? 1e30 : 1 + random.NextInt(5));
            case "boolean":
                return JsonValue.Create(random.NextInt(2) == 0);
            default:
                return JsonValue.Create(Text(ref random));
        }
    }

    private static JsonNode? Wrong(ref EntityRandom random) => random.NextInt(5) switch
    {
        0 => null,
        1 => JsonValue.Create("text"),
        2 => JsonValue.Create(1e308),
        3 => new JsonArray(),
        _ => new JsonObject { ["unexpected"] = 1 },
    };

    private static string Text(ref EntityRandom random) => random.NextInt(3) > 0
        ? string.Create(CultureInfo.InvariantCulture, $"{"ui"[random.NextInt(2)]}{random.NextInt(30)}")
        : Texts[random.NextInt(Texts.Length)];
}
