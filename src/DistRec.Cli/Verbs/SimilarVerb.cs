using DistRec.Cli.Queries;
using DistRec.Models.Queries;
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
        SavedModel saved = ModelOptions.LoadForUsers(given, path);
        var similar = new SimilarItems(saved);

        // An item that nobody rated has no direction: nothing is like it, which is an answer and no mistake.
        bool isCold = similar.IsCold(saved.Items.TryGetIndex(item, out int index) ? index : -1);
        IReadOnlyList<SimilarItem> found = isCold ? [] : similar.Find(item, count);
        string basis = isCold ? "the item has no training ratings: nothing is known to be like it" : "by the cosine of the item factors";
        string? title = index >= 0 ? saved.TitleOf(index) : null;
        if (given.Flag("json"))
        {
            JsonOutput.Write(host.Output, new
            {
                item,
                title,
                cold = isCold,
                basis,
                items = found.Select((one, rank) => new { rank = rank + 1, item = one.ItemId, title = one.Title, similarity = one.Similarity }),
            });
            return Task.FromResult(ExitCode.Success);
        }

        IAnsiConsole console = Screen.ForResults(host);
        console.WriteLine(title is null ? $"item {item}: {basis}" : $"item {item}, {title}: {basis}");
        if (found.Count > 0)
        {
            Table table = Screen.TableOf("rank>", "item", "similarity>", "title");
            for (int rank = 0; rank < found.Count; rank++)
            {
                table.AddTexts($"{rank + 1}", found[rank].ItemId, $"{found[rank].Similarity:0.000}", found[rank].Title ?? "");
            }

            console.Write(table);
        }

        return Task.FromResult(ExitCode.Success);
    }
}
