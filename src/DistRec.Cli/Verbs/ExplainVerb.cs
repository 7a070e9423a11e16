using DistRec.Cli.Queries;
using DistRec.Models.Queries;
using Spectre.Console;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec explain</c>: why this prediction?</summary>
internal sealed class ExplainVerb : Verb
{
    private const int DefaultCount = 10;

    public override string Name => "explain";

    public override string Summary => "Explains a prediction by its parts and by the user's own ratings";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
        [("distrec explain --model runs/als --user 42 --item 318", "why the user is predicted to like it")];

    public override IReadOnlyList<OptionDefinition> Options { get; } =
        [ModelOptions.Model, .. QueryUser.Options, ModelOptions.Item, new("n", "N", $"How many of the user's ratings to list [{DefaultCount}]"), Json];

    public override Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        string path = ModelOptions.ReadPath(given);
        QueryUser.Check(given);
        string item = ModelOptions.ReadItem(given);
        int count = given.Integer("n", DefaultCount, 0, "ask for none or more");
        SavedModel saved = ModelOptions.LoadForUsers(given, path);
        var asker = QueryUser.Of(given, saved);
        var explainer = new Explainer(saved);
        Explanation why = asker.Folded is { } folded ? explainer.Explain(folded, item, count) : explainer.Explain(asker.Id!, item, count);
        string? title = saved.Items.TryGetIndex(item, out int index) ? saved.TitleOf(index) : null;
        string basis = AnswerText.Describe(why.Prediction.Answer, asker, saved, index);
        if (given.Flag("json"))
        {
            JsonOutput.Write(host.Output, new
            {
                user = asker.Id,
                item,
                title,
                prediction = why.Prediction.Value,
                meaning = AnswerText.NameOf(saved.Model),
                answer = why.Prediction.Answer,
                basis,
                unclipped = why.Unclipped,
                globalMean = why.GlobalMean,
                userBias = why.UserBias,
                itemBias = why.ItemBias,
                factorPart = why.FactorPart,
                method = why.Method,
                contributions = why.Contributions.Select(one => new { item = one.ItemId, title = one.Title, rating = one.Rating, weight = one.Weight, value = one.Value }),
                otherContributions = why.OtherContributions,
                residual = why.Residual,
                foldIn = asker.ToJson(),
            });
            return Task.FromResult(ExitCode.Success);
        }

        IAnsiConsole console = Screen.ForResults(host);
        console.WriteLine($"user {asker.Name}, item {item}{(title is null ? "" : $", {title}")}: {AnswerText.NameOf(saved.Model)} {AnswerText.Show(saved.Model, why.Prediction.Value)} ({basis})");
        bool isMachine = saved.Model.Machine is not null;
        Table parts = Screen.TableOf("part", "value>");
        parts.AddTexts(isMachine ? "intercept" : "mean of all ratings", Signed(why.GlobalMean));
        parts.AddTexts(isMachine ? "what tells of the user alone" : "user bias", Signed(why.UserBias));
        parts.AddTexts(isMachine ? "what tells of the item alone" : "item bias", Signed(why.ItemBias));
        parts.AddTexts(isMachine ? "both together (factors)" : "taste (factors)", Signed(why.FactorPart));
        parts.AddTexts(AnswerText.IsProbability(saved.Model) ? "score, before the link" : "sum, before clipping", Signed(why.Unclipped));
        console.Write(parts);
        if (why.Contributions.Count > 0)
        {
            WriteContributions(console, why);
        }

        asker.WriteNotes(host.Error);

        return Task.FromResult(ExitCode.Success);
    }

    private static void WriteContributions(IAnsiConsole console, Explanation why)
    {
        Table table = Screen.TableOf("rated item", "rating>", "adds>", "title");
        foreach (Contribution one in why.Contributions)
        {
            table.AddTexts(one.ItemId, $"{one.Rating:0.##}", Signed(one.Value), one.Title ?? "");
        }

        table.AddTexts("other ratings", "", Signed(why.OtherContributions), "");
        table.AddTexts("unexplained", "", Signed(why.Residual), "");
        console.WriteLine(why.Method == ContributionMethod.RowSolve ? "What the user's own ratings add to the taste:" : "What the user's own ratings add to the taste, approximately:");
        console.Write(table);
    }

    private static string Signed(double value) => value.ToString("+0.000;-0.000;0.000");
}
