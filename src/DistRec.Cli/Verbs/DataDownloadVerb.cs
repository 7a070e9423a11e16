using Spectre.Console;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec data download</c>: fetches a published data set, or lists them.</summary>
internal sealed class DataDownloadVerb : Verb
{
    public override string Name => "download";

    public override string Summary => "Downloads a published data set and checks it; without a name, lists them";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec data download", "what there is"),
        ("distrec data download ml-latest-small", "a small one, into the cache that train --data NAME looks in"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } =
    [
        new("name", "NAME", "The data set") { IsPositional = true },
        new("out", "DIR", $"Folder for data sets [that of {DataCache.Variable}, or distrec/data in the user's cache]"),
        Json,
    ];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        string? name = given.Text("name");
        if (name is not null && !DataNames.IsKnown(name))
        {
            given.Mistakes.Add("data download", $"one of {string.Join(", ", DataNames.All)}", GivenOptions.Quote(name), Spelling.Advise(name, DataNames.All) ?? "give the path of your own data to train instead");
        }

        bool isJson = given.Flag("json");
        given.Mistakes.ThrowIfAny();
        if (name is null)
        {
            List(host, isJson);
            return ExitCode.Success;
        }

        PublicDataSet set = DataSetCatalogue.Find(name);
        string folder = given.Text("out") ?? DataCache.PathOf(host);
        string path = await ProgressScope.RunAsync(host, isJson, stages => DataSource.DownloadAsync(set.Name, folder, host, stages));
        if (isJson)
        {
            JsonOutput.Write(host.Output, new { name = set.Name, path, licence = set.Licence });
        }
        else
        {
            host.Output.WriteLine($"{set.Name} is in {path}");
            host.Output.WriteLine($"licence: {set.Licence} ({set.Page})");
            host.Output.WriteLine("Next:");
            host.Output.WriteLine($"  distrec train --data {(given.Has("out") ? ShellText.Quote(path) : set.Name)}");
        }

        return ExitCode.Success;
    }

    private static void List(CliHost host, bool isJson)
    {
        if (isJson)
        {
            JsonOutput.Write(host.Output, new { dataSets = DataSetCatalogue.All.Select(set => new { name = set.Name, description = set.Description, licence = set.Licence, page = set.Page }) });
            return;
        }

        Table table = Screen.TableOf("name", "what", "licence");
        foreach (PublicDataSet set in DataSetCatalogue.All)
        {
            table.AddTexts(set.Name, set.Description, set.Licence);
        }

        Screen.ForResults(host).Write(table);
    }
}
