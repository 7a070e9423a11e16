using System.Text.Json;
using Spectre.Console;

namespace DistRec.Cli.Queries;

/// <summary>Describes a checkpoint, or any other file of tables.</summary>
internal static class CheckpointText
{
    private const string Suffix = ".safetensors";

    /// <summary>The file itself, or the newest of a folder and those in it; null where there is none.</summary>
    public static string? Find(string path)
    {
        if (File.Exists(path))
        {
            return path.EndsWith(Suffix, StringComparison.Ordinal) ? path : null;
        }

        // A checkpoint's name has its epoch in six digits, so the newest is the last by name.
        return Directory.Exists(path)
            ? Directory.EnumerateFiles(path, $"*{Suffix}", new EnumerationOptions { MaxRecursionDepth = 1, RecurseSubdirectories = true })
                .OrderBy(Path.GetFileName, StringComparer.Ordinal)
                .LastOrDefault()
            : null;
    }

    /// <summary>Prints what is in it.</summary>
    public static void Write(CliHost host, string file, bool isJson)
    {
        using SafeTensorsReader reader = SafeTensorsReader.Open(file);
        IReadOnlyList<TableShape> tables = TableShape.Of(reader);
        if (isJson)
        {
            JsonOutput.Write(host.Output, new { path = Path.GetFullPath(file), metadata = reader.Metadata.ToDictionary(entry => entry.Key, entry => Parse(entry.Value)), tables });
            return;
        }

        IAnsiConsole console = Screen.ForResults(host);
        console.Write(Screen.Pairs([("file", file), .. reader.Metadata.Select(entry => (entry.Key, Shorten(entry.Value)))]));
        console.Write(TableOf(tables));
    }

    /// <summary>Tables as people read them.</summary>
    public static Table TableOf(IReadOnlyList<TableShape> shapes)
    {
        Table table = Screen.TableOf("table", "shape", "norm>", "largest>", "zero rows>");
        foreach (TableShape shape in shapes)
        {
            table.AddTexts(shape.Name, $"[{string.Join(", ", shape.Shape)}]", $"{shape.Norm:0.####}", $"{shape.Largest:0.####}", Quantity.Count(shape.ZeroRows));
        }

        return table;
    }

    // Metadata is text that often is JSON itself.
    private static JsonElement Parse(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return JsonOutput.ToElement(text);
        }
    }

    private static string Shorten(string text) => text.Length > 400 ? text[..400] + "…" : text;
}
