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
        [.. AnswersOptions.All, .. AskerOptions.All, ModelFolderOptions.Item, new("n", "N", $"How many of the user's ratings to list [{DefaultCount}]"), Json];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        GivenAsker asker = AskerOptions.Read(given);
        string item = ModelFolderOptions.ReadItem(given);
        int count = given.Integer("n", DefaultCount, 0, "ask for none or more");
        using IAnswers answers = AnswersOptions.Open(given, host);
        ExplainAnswer why = await answers.ExplainAsync(asker, item, count, host.Stop);
        if (given.Flag("json"))
        {
            JsonOutput.Write(host.Output, why);
            return ExitCode.Success;
        }

        IAnsiConsole console = Screen.ForResults(host);
        console.WriteLine(
            $"user {GivenAsker.NameOf(why.User)}, item {item}{(why.Title is null ? "" : $", {why.Title}")}: {why.Meaning} {AnswerText.Show(why.Meaning, why.Prediction)} ({why.Basis})");
        bool isMachine = ModelKinds.HasFeatures(why.Kind), isParted = isMachine || why.Kind == ModelKinds.Mlp;
        Table parts = Screen.TableOf("part", "value>");
        parts.AddTexts(isMachine ? "intercept" : isParted ? "the mean user and item" : "mean of all ratings", Signed(why.GlobalMean));
        parts.AddTexts(isParted ? "what tells of the user alone" : "user bias", Signed(why.UserBias));
        parts.AddTexts(isParted ? "what tells of the item alone" : "item bias", Signed(why.ItemBias));
        parts.AddTexts(isParted ? "both together (factors)" : "taste (factors)", Signed(why.FactorPart));
        parts.AddTexts(why.Meaning == AnswerText.Probability ? "score, before the link" : "sum, before clipping", Signed(why.Unclipped));
        console.Write(parts);
        if (why.Contributions.Count > 0)
        {
            WriteContributions(console, why);
        }

        AskerOptions.WriteNotes(why.FoldIn, why.Attributes, host.Error);
        return ExitCode.Success;
    }

    private static void WriteContributions(IAnsiConsole console, ExplainAnswer why)
    {
        Table table = Screen.TableOf("rated item", "rating>", "adds>", "title");
        foreach (ContributionAnswer one in why.Contributions)
        {
            table.AddTexts(one.Item, $"{one.Rating:0.##}", Signed(one.Value), one.Title ?? "");
        }

        table.AddTexts("other ratings", "", Signed(why.OtherContributions), "");
        table.AddTexts("unexplained", "", Signed(why.Residual), "");
        console.WriteLine(why.Method == ContributionMethod.Neighbors ? "What the user's own ratings of like items add:" : why.Method == ContributionMethod.RowSolve ? "What the user's own ratings add to the taste:" : "What the user's own ratings add to the taste, approximately:");
        console.Write(table);
    }

    private static string Signed(double value) => value.ToString("+0.000;-0.000;0.000");
}
