using System.Globalization;
using DistRec.Cli.Bandits;
using DistRec.Evaluation.Bandits.OffPolicy;
using Spectre.Console;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec bandit evaluate</c>: what would another policy have earned where this log was written?</summary>
internal sealed class BanditEvaluateVerb : Verb
{
    public override string Name => "evaluate";

    public override string Summary => "Tells from a log of choices what another policy would have earned";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec bandit evaluate bts/men", "what all items alike would have earned, by a log of Thompson sampling"),
        ("distrec bandit evaluate random/men --policy empirical --policy-log bts/men", "what the policy of another log would have"),
        ("distrec bandit evaluate random/men --policy thompson", "a policy that learns, by replay"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } = [.. BanditQuestionReader.Options, Json];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        BanditQuestion question = BanditQuestionReader.Read(given, host);
        BanditJudgement judgement = await Task.Run(() => BanditJudging.Judge(question, host.Stop), host.Stop);
        if (given.Flag("json"))
        {
            JsonOutput.Write(host.Output, judgement);
            return ExitCode.Success;
        }

        Write(Screen.ForResults(host), judgement);
        foreach (string warning in judgement.Warnings)
        {
            host.Error.WriteLine($"warning: {warning}");
        }

        foreach (string note in judgement.Notes)
        {
            host.Error.WriteLine($"note: {note}");
        }

        return ExitCode.Success;
    }

    private static void Write(IAnsiConsole console, BanditJudgement judgement)
    {
        string level = string.Create(CultureInfo.InvariantCulture, $"{judgement.Confidence * 100:0.##} %");
        bool isDrawn = judgement.Draws > 0;
        Table table = Screen.TableOf(
            ["estimate", "mean reward>", "standard error>", $"{level} interval>", .. isDrawn ? (string[])["bootstrap>"] : []]);
        foreach (OffPolicyEstimate one in judgement.Estimates)
        {
            AddRow(NameOf(one.Estimator), one.Value, one.StandardError, one.Lower, one.Upper, one.Bootstrap);
        }

        if (judgement.Replay is { } replay)
        {
            AddRow("replay", replay.Value, replay.StandardError, replay.Lower, replay.Upper);
        }

        OffPolicyEstimate own = judgement.OfLog;
        AddRow("the log's own policy", own.Value, own.StandardError, own.Lower, own.Upper);
        console.Write(table);
        string size = $"{Quantity.Of(judgement.Rows, "row")} of {Quantity.Of(judgement.Arms, "arm")}";
        List<(string, string)> facts = [("log", $"{judgement.Log}: {size} in {Quantity.Of(judgement.Contexts, "context")}")];
        if (judgement is { EffectiveSampleSize: { } effective, MeanWeight: { } mean, LargestWeight: { } largest })
        {
            string clipped = judgement.ClippedRows is > 0 and { } rows ? $", {Quantity.Of(rows, "row")} clipped" : "";
            facts.Add(("effective sample size", $"{effective:0} rows of the policy's own would tell as much"));
            facts.Add(("weights", $"mean {mean:0.###}, largest {largest:0.#}{clipped}"));
        }

        if (judgement is { Threshold: { } threshold, Shrinkage: { } shrinkage })
        {
            facts.Add(("settings", $"τ of Switch-DR {threshold:G4}, λ of DRos {shrinkage:G4}"));
        }

        if (judgement.Replay is { } played)
        {
            facts.Add(("replay", $"{Quantity.Of(played.Matched, "row")} where both chose the same arm"));
        }

        console.Write(Screen.Pairs(facts));

        void AddRow(string name, double value, double error, double lower, double upper, BootstrapInterval? drawn = null) => table.AddTexts(
        [
            name,
            Figure(value),
            Figure(error),
            Interval(lower, upper),
            .. isDrawn ? (string[])[drawn is { } ends ? Interval(ends.Lower, ends.Upper) : ""] : [],
        ]);
    }

    private static string NameOf(OffPolicyEstimator estimator) => estimator switch
    {
        OffPolicyEstimator.SwitchDr => "Switch-DR",
        OffPolicyEstimator.DrOs => "DRos",
        _ => $"{estimator}".ToUpperInvariant(),
    };

    private static string Figure(double value) => value.ToString("0.000000", CultureInfo.InvariantCulture);

    private static string Interval(double lower, double upper) => $"{Figure(lower)} to {Figure(upper)}";
}
