using DistRec.Cli.Queries;
using Spectre.Console;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec inspect</c>: what is this model, and is it whole?</summary>
internal sealed class InspectVerb : Verb
{
    public override string Name => "inspect";

    public override string Summary => "Describes a saved model, or the newest checkpoint of a job, and checks its files";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec inspect --model runs/als", "settings, figures, tables and hashes"),
        ("distrec inspect runs/als.work", "the newest checkpoint of a job that was stopped"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } =
        [ModelFolderOptions.Model with { Help = "Folder of the model, or of a job's checkpoints", IsPositional = true }, Json];

    public override Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        if (given.Text("model") is { } folder && !ModelFolder.IsModel(folder) && CheckpointText.Find(folder) is { } checkpoint)
        {
            bool isJson = given.Flag("json");
            given.Mistakes.ThrowIfAny();
            CheckpointText.Write(host, checkpoint, isJson);
            return Task.FromResult(ExitCode.Success);
        }

        string path = ModelFolderOptions.ReadPath(given);

        // Loading compares every file with its hash, and the tables with the model's.
        SavedModel saved = ModelFolderOptions.Load(given, path);
        ModelDescription about = saved.Description;
        IReadOnlyList<TableShape> tables = TableShape.Of(saved.Model);
        if (given.Flag("json"))
        {
            JsonOutput.Write(host.Output, new
            {
                path = Path.GetFullPath(path),
                kind = about.Kind,
                rank = about.Rank,
                users = about.UserCount,
                items = about.ItemCount,
                trainingRatings = about.RatingCount,
                globalMean = saved.Model.GlobalMean,
                minimumRating = saved.Model.Scale.Minimum,
                maximumRating = saved.Model.Scale.Maximum,
                dataName = about.DataName,
                dataFingerprint = about.DataFingerprint,
                modelSha256 = about.ModelSha256,
                hashesMatch = true,
                created = about.Created,
                version = about.DistRecVersion,
                commit = about.GitCommit,
                formatVersion = about.FormatVersion,
                attributes = saved.Attributes.All.Select(attribute => attribute.Name),
                metrics = about.Metrics,
                options = about.Options,
                machine = saved.Model.Machine is not { } machine ? null : new
                {
                    features = machine.Space.Count,
                    rank = machine.Shape.Rank,
                    order = machine.Shape.Order,
                    answers = AnswerText.NameOf(saved.Model),
                    link = machine.Link,
                    groups = machine.Space.Groups.Select(group => new { name = group.Name, first = group.First, count = group.Count }),
                },
                tables,
            });
        }
        else
        {
            Write(Screen.ForResults(host), path, saved, tables);
        }

        return Task.FromResult(ExitCode.Success);
    }

    private static void Write(IAnsiConsole console, string path, SavedModel saved, IReadOnlyList<TableShape> shapes)
    {
        ModelDescription about = saved.Description;
        console.Write(Screen.Pairs(
            ("folder", path),
            ("model", saved.Model.Machine is { } machine ? Describe(about.Kind, machine) : about.Rank > 0 ? $"{about.Kind}, rank {about.Rank}" : about.Kind),
            ("answers", AnswerText.NamesOf(saved.Model)),
            ("data", about.UserCount == 0
                ? $"{about.DataName}: rows of features"
                : $"{about.DataName}: {Quantity.Count(about.UserCount)} users, {Quantity.Count(about.ItemCount)} items, {Quantity.Count(about.RatingCount)} training ratings"),
            ("knows of items", saved.Attributes.All.Count == 0 ? "nothing that filters could ask for" : string.Join(", ", saved.Attributes.All.Select(attribute => attribute.Name))),
            ("scale", saved.Model.Link == FmLink.Preference ? $"none: preferences only order items, intercept {saved.Model.GlobalMean:0.0000}" : $"{saved.Model.Scale.Minimum:0.##} to {saved.Model.Scale.Maximum:0.##}, {(saved.Model.Machine is null ? "mean" : "intercept")} {saved.Model.GlobalMean:0.0000}"),
            ("trained", $"{about.Created:yyyy-MM-dd HH:mm} UTC by DistRec {about.DistRecVersion}"),
            ("figures", string.Join(", ", about.Metrics.Select(metric => $"{metric.Key} {metric.Value:0.####}"))),
            ("settings", string.Join(", ", about.Options.Where(option => option.Value.ValueKind != System.Text.Json.JsonValueKind.Null).Select(option => $"{option.Key} {JsonOutput.ToText(option.Value)}"))),
            ("fingerprint", about.DataFingerprint),
            ("sha256", $"{about.ModelSha256}, as the tables have it"),
            ("files", "whole: every length and hash is as it was saved")));
        if (saved.Model.Machine is { } ofFeatures)
        {
            Table groups = Screen.TableOf("feature group", "first>", "features>");
            foreach (FeatureGroup group in ofFeatures.Space.Groups)
            {
                groups.AddTexts(group.Name, $"{group.First}", Quantity.Count(group.Count));
            }

            console.Write(groups);
        }

        console.Write(CheckpointText.TableOf(shapes));
    }

    private static string Describe(string kind, FmMachine machine) =>
        $"{kind}, rank {machine.Shape.Rank}, order {machine.Shape.Order}, {Quantity.Of(machine.Space.Count, "feature")}";
}
