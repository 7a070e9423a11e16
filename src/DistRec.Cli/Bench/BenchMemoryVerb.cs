using System.Globalization;
using System.Text.Json;
using DistRec.Models.Settings;

namespace DistRec.Cli.Bench;

/// <summary><c>distrec bench memory</c>: what training each model takes, beside what it is said to take beforehand.</summary>
internal sealed class BenchMemoryVerb : Verb
{
    private const string Advice = "leave it out for the default";

    // Every model of ratings, by what is typed to train it.
    private static readonly (string Name, string[] Typed, ModelOptions Options)[] s_models =
    [
        .. ModelCatalogue.All.Where(model => !model.Defaults.IsImplicit && model.Name != ModelKinds.PolySvm)
            .Select(model => (model.Name, (string[])["--model", model.Name], model.Defaults)),
        ("fm-sgd", ["--model", ModelKinds.Fm, "--learner", "sgd"], FmOptions.For(FmTask.Regression, FmLearner.Sgd)),
    ];

    private static string Names => string.Join(", ", s_models.Select(model => model.Name));

    public override string Name => "memory";

    public override string Summary => "Shows the peak memory of training each model on generated ratings of many items, each in a process of its own";

    public override IReadOnlyList<OptionDefinition> Options { get; } =
    [
        new("ratings", "N", "Generated ratings [730000]"),
        new("users", "N", "Users [22000]"),
        new("items", "N", "Items [255000]"),
        new("epochs", "N", "Epochs of each model, where it takes so many [12]"),
        new("models", "LIST", $"Which of {Names} [all]"),
        new("threads", "T", "Threads for arithmetic [as many as cores]"),
        Json,
    ];

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
        [("distrec bench memory --models asvd,svd++ --json", "two models, each with a row for every one of 255,000 items")];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        int ratings = given.Integer("ratings", 730_000, 1, Advice);
        int users = given.Integer("users", 22_000, 1, Advice);
        int items = given.Integer("items", 255_000, 1, Advice);
        int epochs = given.Integer("epochs", 12, 1, Advice, 100_000);
        int threads = given.Integer("threads", host.Cores, 1, Advice, 1024);
        string[] chosen = given.Text("models")?.Split(',', StringSplitOptions.TrimEntries) ?? [.. s_models.Select(model => model.Name)];
        foreach (string name in chosen.Where(name => s_models.All(model => model.Name != name)))
        {
            given.Mistakes.Add(given.PlaceOf("models"), $"names among {Names}", name, Advice);
        }

        given.Mistakes.ThrowIfAny();
        string folder = Directory.CreateTempSubdirectory("distrec-bench-").FullName;
        List<Peak> peaks = [];
        try
        {
            foreach ((string name, string[] typed, ModelOptions options) in s_models.Where(model => chosen.Contains(model.Name)))
            {
                JsonElement trained = await OwnProgram.JsonAsync(
                    [
                        "train", .. typed, .. Counts(("ratings", ratings), ("users", users), ("items", items), ("epochs", Math.Min(epochs, options.UsualEpochs)), ("threads", threads)),
                        "--quiet", "--json", "--out", Path.Combine(folder, name),
                    ],
                    host);
                JobMemory said = JobMemory.Of(new TrainingSettings { Model = options, Threads = threads }, ratings, users, items);
                Peak peak = new(name, trained.GetProperty("peakMemoryMiB").GetDouble(), Math.Round(said.Total / (double)(1 << 20), 1));
                peaks.Add(peak);
                if (!given.Flag("json"))
                {
                    host.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-16} {peak.PeakMemoryMiB,8:F0} MiB, estimated {peak.EstimatedMiB:F0}"));
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        if (given.Flag("json"))
        {
            JsonOutput.Write(host.Output, new { benchmark = Name, ratings, users, items, epochs, threads, models = peaks });
        }

        return ExitCode.Success;
    }

    private static IEnumerable<string> Counts(params (string Option, int Count)[] counts) =>
        counts.SelectMany(count => (string[])[$"--{count.Option}", count.Count.ToString(CultureInfo.InvariantCulture)]);

    /// <summary>What training one model took, and what it was expected to.</summary>
    private sealed record Peak(string Model, double PeakMemoryMiB, double EstimatedMiB);
}
