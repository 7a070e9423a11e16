using DistRec.Serving.Hosting;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec retrain</c>: a model once more, by the same options, on the same data and what users rated since.</summary>
internal sealed class RetrainVerb : Verb
{
    public override string Name => "retrain";

    public override string Summary => "Trains a model again by its own options, on its data and what users rated since";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec retrain runs/als", "with what users rated a server that keeps it in distrec-data; the model takes the old one's place"),
        ("distrec retrain runs/als --activate --server http://127.0.0.1:7500 --as als", "and let the server answer with it"),
        ("distrec retrain runs/als --events postgresql://distrec@db/serving --rank 64 --out runs/als-64", "other options win over the model's own"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } = Of(ModelCatalogue.All);

    public override IReadOnlyList<OptionDefinition> UnderHeadings(ModelDefinition? model) => Of(model is null ? ModelCatalogue.All : [model]);

    public override Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        if (given.Text("from") is not { } folder || !ModelFolder.IsModel(folder))
        {
            given.Mistakes.Add("DIR", "the folder of a model", given.Text("from") is { } text ? $"none at {GivenOptions.Quote(text)}" : "nothing", "give the folder that distrec train saved to");
            given.Mistakes.ThrowIfAny();
            throw new InvalidOperationException();
        }

        Dictionary<string, GivenValue> values = new(StringComparer.Ordinal) { ["out"] = new GivenValue(folder, "--out") };
        foreach ((string name, string text) in CommandOf(folder))
        {
            values[name] = new GivenValue(text, $"--{name} of {folder}");
        }

        foreach ((string name, GivenValue value) in given.Values.Where(option => option.Key != "from"))
        {
            values[name] = value;
        }

        if (!given.Has("events"))
        {
            values.Remove("events-until");
            values["events"] = new GivenValue(ServerOptions.DefaultDataFolder, "--events");
        }

        return TrainVerb.TrainAsync(new GivenOptions(values, given.Mistakes), host);
    }

    private static IReadOnlyDictionary<string, string> CommandOf(string folder) => ModelFolder.Describe(folder).Command ?? throw InputException.At(
        folder, "a model that tells the options it was trained with", "one that does not", "train it once more with distrec train");

    private static IReadOnlyList<OptionDefinition> Of(IReadOnlyList<ModelDefinition> models) =>
    [
        new("from", "DIR", "Folder of the model that is trained again") { IsPositional = true, Heading = "Model" },
        .. TrainOptions.Of(models).Where(option => option.Name != "job").Select(option => option.Name switch
        {
            "out" => option with { Help = "Folder of the new model [that of the old one, whose place it takes]" },
            "events" => option with { Help = $"What users rated since: a server's --data-dir or --database, or a file of events [{ServerOptions.DefaultDataFolder}]" },
            _ => option,
        }),
    ];
}
