using DistRec.Cli.Queries;
using Spectre.Console;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec similar</c>: which items are like this one, or which users?</summary>
internal sealed class SimilarVerb : Verb
{
    private const int DefaultCount = 10;

    public override string Name => "similar";

    public override string Summary => "Finds items or users like another, by the angle between their factors";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec similar --model runs/als --item 318 --n 10", "ten items like one"),
        ("distrec similar --model runs/als --user 42", "ten users like one"),
        ("distrec similar --model runs/als --ratings mine.csv", "ten users like a new one, by ratings of its own"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } =
        [.. AnswersOptions.All, ModelFolderOptions.Item, .. AskerOptions.All, new("n", "N", $"How many items or users [{DefaultCount}]"), Json];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        int count = given.Integer("n", DefaultCount, 1, "ask for one or more");
        if (given.Has("item"))
        {
            given.Refuse(["user", "ratings", "rated", "attributes"], "an item or a user to compare with", "leave one of the two out");
            string item = ModelFolderOptions.ReadItem(given);
            using IAnswers answers = AnswersOptions.Open(given, host);
            Write(given, host, await answers.SimilarItemsAsync(item, count, host.Stop));
            return ExitCode.Success;
        }

        if (!AskerOptions.IsGiven(given))
        {
            given.Mistakes.Add("--item", "the id of an item, or of a user", "nothing", "write --item ID or --user ID");
            given.Mistakes.ThrowIfAny();
        }

        GivenAsker asker = AskerOptions.Read(given);
        using IAnswers ofUsers = AnswersOptions.Open(given, host);
        Write(given, host, await ofUsers.SimilarUsersAsync(asker, count, host.Stop));
        return ExitCode.Success;
    }

    private static void Write(GivenOptions given, CliHost host, SimilarItemsAnswer answer)
    {
        if (given.Flag("json"))
        {
            JsonOutput.Write(host.Output, answer);
            return;
        }

        IAnsiConsole console = Screen.ForResults(host);
        console.WriteLine(answer.Title is null ? $"item {answer.Item}: {answer.Basis}" : $"item {answer.Item}, {answer.Title}: {answer.Basis}");
        if (answer.Items.Count > 0)
        {
            Table table = Screen.TableOf("rank>", "item", "similarity>", "title");
            foreach (SimilarItemAnswer one in answer.Items)
            {
                table.AddTexts($"{one.Rank}", one.Item, $"{one.Similarity:0.000}", one.Title ?? "");
            }

            console.Write(table);
        }
    }

    private static void Write(GivenOptions given, CliHost host, SimilarUsersAnswer answer)
    {
        if (given.Flag("json"))
        {
            JsonOutput.Write(host.Output, answer);
            return;
        }

        IAnsiConsole console = Screen.ForResults(host);
        console.WriteLine($"user {GivenAsker.NameOf(answer.User)}: {answer.Basis}");
        if (answer.Users.Count > 0)
        {
            Table table = Screen.TableOf("rank>", "user", "similarity>");
            foreach (SimilarUserAnswer one in answer.Users)
            {
                table.AddTexts($"{one.Rank}", one.User, $"{one.Similarity:0.000}");
            }

            console.Write(table);
        }

        AskerOptions.WriteNotes(answer.FoldIn, answer.Attributes, host.Error);
    }
}
