using DistRec.Cli.Arguments;
using DistRec.Cli.Output;
using DistRec.Cli.Queries;
using DistRec.Models.Persistence;
using DistRec.Models.Queries;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec predict</c>: what would this user rate this item?</summary>
internal sealed class PredictVerb : Verb
{
    public override string Name => "predict";

    public override string Summary => "Predicts what a user would rate an item";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec predict --model runs/als --user 42 --item 318", "one rating"),
        ("distrec predict --model runs/als --ratings mine.csv --item 318", "the rating of a new user, who is folded in by its own ratings"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } = [ModelOptions.Model, .. Asker.Options, ModelOptions.Item, Json];

    public override Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        string path = ModelOptions.ReadPath(given);
        Asker.Check(given);
        string item = ModelOptions.ReadItem(given);
        SavedModel saved = ModelOptions.Load(given, path);
        var asker = Asker.Of(given, saved);
        string? title = saved.Items.TryGetIndex(item, out int index) ? saved.TitleOf(index) : null;
        var predictor = new Predictor(saved);
        Prediction prediction = asker.Folded is { } folded ? predictor.Predict(folded, index) : predictor.Predict(asker.Id!, item);
        string basis = AnswerText.Describe(prediction.Answer, asker);
        if (given.Flag("json"))
        {
            JsonOutput.Write(host.Output, new
            {
                user = asker.Id,
                item,
                title,
                prediction = prediction.Value,
                deviation = prediction.Deviation,
                answer = prediction.Answer,
                basis,
                foldIn = asker.ToJson(),
            });
        }
        else
        {
            Screen.ForResults(host).Write(Screen.Pairs(
                ("user", asker.Name),
                ("item", title is null ? item : $"{item}, {title}"),
                ("prediction", prediction.Deviation is { } deviation ? $"{prediction.Value:0.00}, give or take {deviation:0.00} (one standard deviation)" : $"{prediction.Value:0.00}"),
                ("basis", basis)));
            asker.WriteNotes(host.Error);
        }

        return Task.FromResult(ExitCode.Success);
    }
}
