using DistRec.Cli.Queries;
using Spectre.Console;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec similar</c>: which items are like this one?</summary>
internal sealed class SimilarVerb : Verb
{
    private const int DefaultCount = 10;

    public override string Name => "similar";

    public override string Summary => "Finds items like another, by the angle between their factors";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
        [("distrec similar --model runs/als --item 318 --n 10", "ten items like one")];

    public override IReadOnlyList<OptionDefinition> Options { get; } =
        [ModelOptions.Model, ModelOptions.Item, new("n", "N", $"How many items [{DefaultCount}]"), Json];

    public override Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        string path = ModelOptions.ReadPath(given);
        string item = ModelOptions.ReadItem(given);
        int count = given.Integer("n", DefaultCount, 1, "ask for one or more");
        SimilarItemsAnswer answer = ModelQueries.Similar(new ServingModel(ModelOptions.LoadForUsers(given, path)), item, count);
        if (given.Flag("json"))
        {
            JsonOutput.Write(host.Output, answer);
            return Task.FromResult(ExitCode.Success);
        }

        IAnsiConsole console = Screen.ForResults(host);
        console.WriteLine(answer.Title is null ? $"item {item}: {answer.Basis}" : $"item {item}, {answer.Title}: {answer.Basis}");
        if (answer.Items.Count > 0)
        {
            Table table = Screen.TableOf("rank>", "item", "similarity>", "title");
            foreach (SimilarItemAnswer one in answer.Items)
            {
                table.AddTexts($"{one.Rank}", one.Item, $"{one.Similarity:0.000}", one.Title ?? "");
            }

            console.Write(table);
        }

        return Task.FromResult(ExitCode.Success);
    }
}
