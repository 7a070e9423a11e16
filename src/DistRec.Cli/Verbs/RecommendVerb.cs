using DistRec.Cli.Batch;
using DistRec.Cli.Queries;
using DistRec.Models.Queries.Lists;
using Spectre.Console;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec recommend</c>: what should this user see, or these users?</summary>
internal sealed class RecommendVerb : Verb
{
    private const int DefaultCount = 10;

    public override string Name => "recommend";

    public override string Summary => "Recommends items to a user, or to many";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec recommend --model runs/als --user 42 --n 10", "ten items that the user has not rated"),
        ("distrec recommend --model runs/als --user 42 --allow in-stock.txt --deny banned.txt --json", "from a list, for a script"),
        ("distrec recommend --model runs/als --ratings mine.csv", "to a new user, by ratings of its own: lines of item,rating"),
        ("distrec recommend --model runs/als --user 42 --filter \"genre=Drama,year>=1990\"", "dramas that are not old"),
        ("distrec recommend --model runs/als --user 42 --diversity 0.3", "items that differ more from each other"),
        ("distrec recommend --model runs/als --rated 50=5,172=4", "the same without a file"),
        ("distrec recommend --model runs/als --users all --n 10 --out lists.csv", "to all users of the model at once"),
        ("distrec recommend --server http://127.0.0.1:7500 --user 42", "by a server, which knows what the user has rated since"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } =
    [
        .. AnswersOptions.All,
        .. AskerOptions.All,
        UserAnswers.Users,
        new("n", "N", $"How many items [{DefaultCount}]"),
        new("allow", "FILE", "Only these items: a file of ids, one a line"),
        new("deny", "FILE", "Never these items, even if allowed: a file of ids, one a line"),
        new("filter", "CONDITIONS", "Only items that are so, such as genre=Drama|Comedy,year>=1990"),
        new("include-seen", null, "Also items that the user has rated"),
        new("diversity", "D", "How much it counts that the items differ, from 0 (not at all) to 1 [0]"),
        new("explore", "K", "Standard deviations that are added to each rating before it is ranked, for bpmf [0]"),
        new("after", "CURSOR", "Go on behind an earlier list: the \"next\" of its answer"),
        .. BatchOptions.All,
        Json,
    ];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        int count = given.Integer("n", DefaultCount, 1, "ask for one or more");
        var query = new RecommendQuery
        {
            N = count,
            Allow = ModelFolderOptions.ReadItems(given, "allow"),
            Deny = ModelFolderOptions.ReadItems(given, "deny"),
            Filter = Read(given, "filter", AttributeFilter.Parse),
            IncludeSeen = given.Flag("include-seen"),
            Diversity = given.Number("diversity", 0, 0, 1, "0 leaves the ranking as it is"),
            After = Read(given, "after", ListCursor.Parse),
            Explore = given.Number("explore", 0, 0, RecommendQuery.MostExplore, "0 leaves the ranking as it is"),
        };
        if (given.Has("users"))
        {
            return await UserAnswers.RunAsync(given, host, query);
        }

        given.Refuse(BatchOptions.All.Select(option => option.Name).ToArray(), "nothing without --users", "leave it out, or ask for many users");
        GivenAsker asker = AskerOptions.Read(given);
        using IAnswers answers = AnswersOptions.Open(given, host);
        RecommendAnswer answer = await answers.RecommendAsync(asker, query, host.Stop);
        if (given.Flag("json"))
        {
            JsonOutput.Write(host.Output, answer);
            return ExitCode.Success;
        }

        IAnsiConsole console = Screen.ForResults(host);
        console.WriteLine($"user {GivenAsker.NameOf(answer.User)}: {answer.Basis}");
        Table table = Screen.TableOf("rank>", "item", $"{answer.Meaning}>", "title");
        foreach (RecommendedItem item in answer.Items)
        {
            string prediction = AnswerText.Show(answer.Meaning, item.Prediction);
            table.AddTexts($"{item.Rank}", item.Item, item.Deviation is { } deviation ? $"{prediction} ± {deviation:0.00}" : prediction, item.Title ?? "");
        }

        console.Write(table);
        if (answer.Diversity is { } diversity)
        {
            console.WriteLine($"diversity {diversity:0.000}: the mean distance of two items, 1 − cosine of their factors");
        }

        if (answer.Next is { } next)
        {
            host.Output.WriteLine($"more with --after {next}");
        }

        AskerOptions.WriteNotes(answer.FoldIn, answer.Attributes, host.Error);
        if (answer.Shortage is { } shortage)
        {
            host.Error.WriteLine($"note: {shortage}");
        }

        WriteUnknown(answer.UnknownIds, host.Error);
        return ExitCode.Success;
    }

    /// <summary>Tells a person of ids in lists that were not used.</summary>
    public static void WriteUnknown(IReadOnlyList<string> ids, TextWriter error)
    {
        if (ids.Count > 0)
        {
            error.WriteLine($"note: the model does not know {Quantity.Of(ids.Count, "id")} of the lists, such as {GivenOptions.Quote(ids[0])}");
        }
    }

    private static T? Read<T>(GivenOptions given, string name, Func<string, string, T> parse)
        where T : class
    {
        if (given.Text(name) is not { } text)
        {
            return null;
        }

        try
        {
            return parse(text, given.PlaceOf(name));
        }
        catch (InputException exception)
        {
            given.Mistakes.Add(exception.Message);
            return null;
        }
    }
}
