using DistRec.Cli.Queries;
using DistRec.Models.Queries;
using Spectre.Console;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec recommend</c>: what should this user see?</summary>
internal sealed class RecommendVerb : Verb
{
    private const int DefaultCount = 10;

    public override string Name => "recommend";

    public override string Summary => "Recommends items to a user";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec recommend --model runs/als --user 42 --n 10", "ten items that the user has not rated"),
        ("distrec recommend --model runs/als --user 42 --allow in-stock.txt --deny banned.txt --json", "from a list, for a script"),
        ("distrec recommend --model runs/als --ratings mine.csv", "to a new user, by ratings of its own: lines of item,rating"),
        ("distrec recommend --model runs/als --rated 50=5,172=4", "the same without a file"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } =
    [
        ModelOptions.Model,
        .. QueryUser.Options,
        new("n", "N", $"How many items [{DefaultCount}]"),
        new("allow", "FILE", "Only these items: a file of ids, one a line"),
        new("deny", "FILE", "Never these items, even if allowed: a file of ids, one a line"),
        new("include-seen", null, "Also items that the user has rated"),
        Json,
    ];

    public override Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        string path = ModelOptions.ReadPath(given);
        QueryUser.Check(given);
        int count = given.Integer("n", DefaultCount, 1, "ask for one or more");
        IReadOnlyCollection<string>? allow = ModelOptions.ReadItems(given, "allow");
        IReadOnlyCollection<string>? deny = ModelOptions.ReadItems(given, "deny");
        SavedModel saved = ModelOptions.LoadForUsers(given, path);
        var asker = QueryUser.Of(given, saved);
        bool includeSeen = given.Flag("include-seen");
        var recommender = new Recommender(saved);
        Recommendations found = asker.Folded is { } folded
            ? recommender.Recommend(folded, asker.Name, count, allow, deny, includeSeen)
            : recommender.Recommend(asker.Id!, count, allow, deny, includeSeen);
        saved.Users.TryGetIndex(asker.Id ?? "", out int user);
        string who = asker.Basis is { } folding ? $"{folding}: " : new Predictor(saved).IsColdUser(user) ? "the user has no training ratings and is told by its features: " : "";
        string basis = found.RankedBy switch
        {
            RankedBy.Prediction => $"{who}ranked by the user's predicted {AnswerText.NamesOf(saved.Model)}",
            RankedBy.Popularity => "the user has no training interactions: ranked by how many each item has",
            _ => "the user has no training ratings: ranked by the items' damped mean ratings",
        };
        if (given.Flag("json"))
        {
            JsonOutput.Write(host.Output, new
            {
                user = asker.Id,
                rankedBy = found.RankedBy,
                basis,
                meaning = AnswerText.NameOf(saved.Model),
                items = found.Items.Select((item, index) => new { rank = index + 1, item = item.ItemId, title = item.Title, prediction = item.Prediction, score = item.Score }),
                unknownIds = found.UnknownIds,
                foldIn = asker.ToJson(),
            });
            return Task.FromResult(ExitCode.Success);
        }

        IAnsiConsole console = Screen.ForResults(host);
        console.WriteLine($"user {asker.Name}: {basis}");
        Table table = Screen.TableOf("rank>", "item", $"{AnswerText.NameOf(saved.Model)}>", "title");
        for (int index = 0; index < found.Items.Count; index++)
        {
            Recommendation item = found.Items[index];
            table.AddTexts($"{index + 1}", item.ItemId, AnswerText.Show(saved.Model, item.Prediction), item.Title ?? "");
        }

        console.Write(table);
        asker.WriteNotes(host.Error);
        if (found.Items.Count < count)
        {
            host.Error.WriteLine($"note: {Quantity.Of(found.Items.Count, "item")} left after the filters, {count} asked for");
        }

        if (found.UnknownIds.Count > 0)
        {
            host.Error.WriteLine($"note: the model does not know {Quantity.Of(found.UnknownIds.Count, "id")} of the lists, such as \"{found.UnknownIds[0]}\"");
        }

        return Task.FromResult(ExitCode.Success);
    }
}
