using System.Text.Json;
using DistRec.Serving.Api;

namespace DistRec.Cli.Jobs;

/// <summary>
/// Reads a job that a server is asked for as <c>submit</c> reads one that is typed: the same options, the same mistakes in the same words. Paths
/// are of the server's folder of data.
/// </summary>
internal static class JobRequestReader
{
    private const string Verb = "submit";

    private static readonly Dictionary<string, OptionDefinition> Known = SubmitOptions.All.ToDictionary(option => option.Name, StringComparer.Ordinal);

    /// <param name="request">The request.</param>
    /// <param name="output">Folder of the model.</param>
    /// <param name="root">Where data is read.</param>
    /// <param name="host">The world around.</param>
    /// <exception cref="InputException">One line for each mistake.</exception>
    public static TrainJob Read(JobRequest request, string output, DataRoot root, CliHost host)
    {
        Dictionary<string, GivenValue> values = new(StringComparer.Ordinal) { ["out"] = new GivenValue(output, "--out") };
        Mistakes mistakes = new();
        foreach ((string name, JsonElement value) in request.Options ?? new Dictionary<string, JsonElement>())
        {
            ReadOption(name, value, values, mistakes);
        }

        ReadText("model", request.Model, values, mistakes);
        ReadText("data", request.Data, values, mistakes);
        return TrainJobReader.ReadForCluster(new GivenOptions(values, mistakes) { Root = root }, host);
    }

    private static void ReadText(string name, string? text, Dictionary<string, GivenValue> values, Mistakes mistakes)
    {
        if (text is null)
        {
            return;
        }

        if (values.ContainsKey(name))
        {
            mistakes.Add($"--{name}", "each option once", "it beside the options and among them", "keep one of them");
        }

        Take(Known[name], text, values, mistakes);
    }

    private static void ReadOption(string name, JsonElement value, Dictionary<string, GivenValue> values, Mistakes mistakes)
    {
        string place = $"--{name}";
        if (!Known.TryGetValue(name, out OptionDefinition? option))
        {
            TokenReader.AddUnknown(place, Verb, [.. Known.Keys.Select(known => $"--{known}")], mistakes);
        }
        else if (SubmitOptions.OfTheCommand.Contains(name))
        {
            // Its value is not repeated: it may be a secret.
            mistakes.Add(place, "nothing, since the server submits the job itself", "a value", "leave it out");
        }
        else if (TextOf(value) is { } text)
        {
            Take(option, text, values, mistakes);
        }
        else if (value.ValueKind != JsonValueKind.Null)
        {
            mistakes.Add(place, "a value", "something nested", $"write \"{name}\": value");
        }
    }

    private static void Take(OptionDefinition option, string text, Dictionary<string, GivenValue> values, Mistakes mistakes)
    {
        string place = $"--{option.Name}";
        if (text.Length == 0)
        {
            string value = option.Value ?? "true or false";
            mistakes.Add(place, $"one {value}", "nothing", $"write {place} {value}");
            return;
        }

        values[option.Name] = new GivenValue(text, place);
    }

    // A plain value, or a list of them as a job file has it; null for nothing and for anything deeper.
    private static string? TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Array when value.EnumerateArray().All(one => one.ValueKind is JsonValueKind.String or JsonValueKind.Number) =>
            string.Join(',', value.EnumerateArray().Select(TextOf)),
        _ => null,
    };
}
