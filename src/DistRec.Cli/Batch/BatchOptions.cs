using DistRec.Cli.Queries;

namespace DistRec.Cli.Batch;

/// <summary>Where the answers to many questions go.</summary>
/// <param name="Path">The file; null for the standard output.</param>
/// <param name="Format">How they are written.</param>
/// <param name="Threads">Threads that answer.</param>
/// <param name="Quiet">Whether progress is not shown.</param>
/// <param name="Json">Whether figures of the run are printed as one JSON object.</param>
internal sealed record BatchOptions(string? Path, AnswerFormat Format, int Threads, bool Quiet, bool Json)
{
    /// <summary>The options, beside those that name the questions.</summary>
    public static IReadOnlyList<OptionDefinition> All { get; } =
    [
        new("out", "FILE", "Where many answers go, whole or not at all [the standard output]"),
        new("format", "HOW", "How they are written: csv, jsonl (an object a line) or parquet [as the name of --out ends, else csv]"),
        ModelFolderOptions.Threads,
        new("quiet", null, "No progress"),
    ];

    private static readonly (string Word, AnswerFormat Value)[] Words =
    [
        ("csv", AnswerFormat.Csv), ("jsonl", AnswerFormat.JsonLines), ("ndjson", AnswerFormat.JsonLines), ("parquet", AnswerFormat.Parquet),
    ];

    /// <summary>Reads them.</summary>
    public static BatchOptions Read(GivenOptions given, CliHost host)
    {
        string? path = given.Text("out");
        AnswerFormat format = given.Has("format") ? given.OneOf("format", "csv is the default", Words) : FormatOf(given, path);
        if (format == AnswerFormat.Parquet && path is null)
        {
            given.Mistakes.Add(given.PlaceOf("format"), "csv or jsonl on the standard output", "\"parquet\"", "give --out FILE");
        }

        if (given.Flag("json") && path is null)
        {
            given.Mistakes.Add(
                given.PlaceOf("json"), "--out beside it, since figures of the run take the standard output", "no --out",
                "give --out FILE, or --format jsonl for an object a line");
        }

        return new BatchOptions(path, format, ModelFolderOptions.ReadThreads(given, host), given.Flag("quiet"), given.Flag("json"));
    }

    /// <summary>What came of a run, as people read it.</summary>
    public string Summarize(long count, string noun, double seconds)
    {
        string speed = $"{Quantity.Of(count, noun)} answered in {Quantity.Duration(seconds)} ({Quantity.Rate(count / seconds)} a second)";
        return Path is null ? speed : $"{speed}, written to {Path}";
    }

    // A name without an ending, such as a device's, says nothing.
    private static AnswerFormat FormatOf(GivenOptions given, string? path)
    {
        string ending = System.IO.Path.GetExtension(path ?? "").TrimStart('.').ToLowerInvariant();
        int known = Array.FindIndex(Words, word => word.Word == ending);
        if (ending.Length > 0 && known < 0)
        {
            given.Mistakes.Add(
                given.PlaceOf("out"), "a name that ends in .csv, .jsonl or .parquet", GivenOptions.Quote(path!), "rename it, or give --format");
        }

        return known < 0 ? AnswerFormat.Csv : Words[known].Value;
    }
}
