using Spectre.Console;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec data info</c>: what is in this data set?</summary>
internal sealed class DataInfoVerb : Verb
{
    private const int BarWidth = 40;

    public override string Name => "info";

    public override string Summary => "Summarizes rating data: counts, scale, histogram, activity";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
        [("distrec data info ratings.csv", "what is in a file")];

    public override IReadOnlyList<OptionDefinition> Options { get; } =
    [
        new("data", "PATH|NAME", "Ratings to look at") { IsPositional = true },
        .. TrainOptions.All.Where(option => DataChoiceReader.ReaderOptions.Contains(option.Name)),
        new("threads", "N", "Threads for reading [as many as cores]"),
        Json,
    ];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        string name = given.Required("data", "ratings to look at", "give a file or folder");
        int threads = given.Integer("threads", host.Cores, 1, "give the number of cores", 1024);
        ReadOptions how = DataChoiceReader.ReadHow(given, threads);
        DataChoice choice = name.Length == 0 ? new DataChoice.AtPath(name) : DataChoiceReader.ReadOne(given, name);
        given.Mistakes.ThrowIfAny();
        var summary = DataSummary.Of(await DataSource.ReadAsync(choice, how, host, new SilentView()));
        if (given.Flag("json"))
        {
            JsonOutput.Write(host.Output, summary);
        }
        else
        {
            Write(Screen.ForResults(host), summary);
        }

        return ExitCode.Success;
    }

    private static void Write(IAnsiConsole console, DataSummary summary)
    {
        string step = summary.Step is { } width ? $" in steps of {width:0.##}" : "";
        console.Write(Screen.Pairs(
            ("name", summary.Name),
            ("format", summary.Format),
            ("ratings", Quantity.Count(summary.RatingCount)),
            ("users", $"{Quantity.Count(summary.UserCount)}, {Describe(summary.PerUser)}"),
            ("items", $"{Quantity.Count(summary.ItemCount)}, {Describe(summary.PerItem)}"),
            ("density", $"{summary.Density:0.000%}"),
            ("scale", !summary.HasRatings ? "none" : $"{summary.Minimum:0.##} to {summary.Maximum:0.##}{step}, mean {summary.Mean:0.0000}, standard deviation {summary.Deviation:0.0000}"),
            ("times", summary.Earliest is { } earliest ? $"{earliest:yyyy-MM-dd} to {summary.Latest:yyyy-MM-dd}" : "none"),
            ("titles", Quantity.Count(summary.TitleCount)),
            ("duplicates", Quantity.Count(summary.DuplicateCount)),
            ("fingerprint", summary.Fingerprint)));
        foreach (string note in summary.Notes)
        {
            console.WriteLine($"note: {note}");
        }

        long highest = summary.Histogram.Max(bin => bin.Count);
        Table table = Screen.TableOf("rating>", "count>", "share");
        foreach (RatingBin bin in summary.Histogram)
        {
            table.AddTexts(
                bin.From == bin.To ? $"{bin.From:0.##}" : $"{bin.From:0.##} – {bin.To:0.##}",
                Quantity.Count(bin.Count),
                new string('█', (int)Math.Round((double)bin.Count / highest * BarWidth)));
        }

        console.Write(table);
    }

    private static string Describe(CountQuantiles counts) =>
        $"with {counts.Minimum} to {Quantity.Count(counts.Maximum)} ratings each, median {counts.Median}, mean {counts.Mean:0.0}";
}
