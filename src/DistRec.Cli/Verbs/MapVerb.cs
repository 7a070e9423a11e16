using DistRec.Cli.Queries;
using DistRec.Evaluation.Maps;
using DistRec.Evaluation.Reports;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec map</c>: which items are near each other, as a picture?</summary>
internal sealed class MapVerb : Verb
{
    private const string DefaultFile = "map.svg";

    private static readonly ItemMapOptions Defaults = new();

    public override string Name => "map";

    public override string Summary => "Draws a map of a model's items, like ones near each other (t-SNE of the item factors)";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec map --model runs/als --out map.svg", "a picture that any browser shows, with titles when pointed at"),
        ("distrec map --model runs/als --items 20000 --perplexity 50 --json", "the coordinates of more items, for a script"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } =
    [
        ModelFolderOptions.Model,
        new("out", "FILE", $"Where the picture goes [{DefaultFile}; with --json none unless given]"),
        new("items", "N", $"Most items to show, those with the most ratings [{Defaults.Items}]"),
        new("perplexity", "P", $"About how many neighbours stay near, 1 to {TsneOptions.MaxPerplexity:0} [{Defaults.Tsne.Perplexity:0}]"),
        new("seed", "N", $"Seed; the same one gives the same map [{Defaults.Tsne.Seed}]"),
        ModelFolderOptions.Threads with { Help = "Threads; the map is the same for any number [as many as cores]" },
        new("quiet", null, "No progress"),
        Json,
    ];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        string path = ModelFolderOptions.ReadPath(given);
        bool isJson = given.Flag("json");
        bool isQuiet = given.Flag("quiet");
        string? output = given.Text("out") ?? (isJson ? null : DefaultFile);
        if (Directory.Exists(output))
        {
            given.Mistakes.Add(
                given.PlaceOf("out"),
                "a file, or a path where nothing is",
                $"a folder at {GivenOptions.Quote(output)}",
                $"give a file, such as {DefaultFile}");
        }

        ItemMapOptions options = ReadOptions(given, host);
        SavedModel saved = ModelFolderOptions.LoadForUsers(given, path);
        long start = host.Time.GetTimestamp();
        ItemMap map = await ProgressScope.RunAsync(
            host, isQuiet, stages => Task.Run(() => ItemMapper.Map(saved, options, new MapView(stages), host.Stop), host.Stop));
        TimeSpan elapsed = host.Time.GetElapsedTime(start);
        if (output is not null)
        {
            ItemMapSvg.Write(output, map);
        }

        if (isJson)
        {
            JsonOutput.Write(host.Output, map);
            return ExitCode.Success;
        }

        string method = map.Method == TsneMethod.Exact ? "all pairs" : "by the algorithm of Barnes and Hut";
        Screen.ForResults(host).Write(Screen.Pairs(
            ("map", $"{Quantity.Of(map.Items.Count, "item")}, {method}, in {Quantity.Duration(elapsed.TotalSeconds)}"),
            ("perplexity", $"{map.Perplexity:0.##}"),
            ("KL divergence", $"{map.KlDivergence:0.0000}"),
            ("written to", output!)));
        foreach (string note in map.Notes)
        {
            host.Error.WriteLine($"note: {note}");
        }

        return ExitCode.Success;
    }

    private static ItemMapOptions ReadOptions(GivenOptions given, CliHost host)
    {
        double perplexity = given.Finite("perplexity") ?? Defaults.Tsne.Perplexity;
        if (perplexity is < 1 or > TsneOptions.MaxPerplexity)
        {
            given.Mistakes.Add(
                given.PlaceOf("perplexity"),
                $"a number from 1 to {TsneOptions.MaxPerplexity:0}",
                GivenOptions.Quote(given.Text("perplexity")!),
                $"leave it out for {Defaults.Tsne.Perplexity:0}");
        }

        return new ItemMapOptions
        {
            Items = given.Integer("items", Defaults.Items, 1, $"leave it out for {Defaults.Items}", ItemMapOptions.MaxItems),
            Tsne = new TsneOptions
            {
                Perplexity = perplexity,
                Seed = given.Seed("seed", Defaults.Tsne.Seed),
                Threads = ModelFolderOptions.ReadThreads(given, host),
            },
        };
    }

    private sealed class MapView(IStageView stages) : IProgress<TsneProgress>
    {
        public void Report(TsneProgress value)
        {
            (string stage, string unit) = value.Stage == TsneStage.Neighbours ? ("finding neighbours", "item") : ("placing items", "step");
            stages.Show(stage, (double)value.Done / value.Total, $"{Quantity.Count(value.Done)} of {Quantity.Of(value.Total, unit)}");
        }
    }
}
