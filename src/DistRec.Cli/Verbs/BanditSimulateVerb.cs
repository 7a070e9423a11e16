using System.Globalization;
using DistRec.Evaluation.Bandits;
using DistRec.Evaluation.Reports;
using Spectre.Console;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec bandit simulate</c>: how much does a policy lose until it knows the best arm?</summary>
internal sealed class BanditSimulateVerb : Verb
{
    private const string DefaultFile = "regret.html";
    private const string UsualRates = "0.03,0.05,0.08";
    private const int UsualRounds = 10_000;
    private const int UsualRuns = 20;
    private const double UsualExploration = 0.1;

    private static readonly string[] Known = ["thompson", "epsilon-greedy", "ucb", "uniform"];

    public override string Name => "simulate";

    public override string Summary => "Plays bandit policies on arms whose rates are known, and draws their regret";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec bandit simulate", "three arms of 3, 5 and 8 %, 20 runs of each policy, and a page of curves"),
        ("distrec bandit simulate --rates 0.05,0.06 --rounds 100000 --policies thompson,uniform --json", "arms that are hard to tell apart"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } =
    [
        new("rates", "LIST", $"Rates of the arms, from 0 to 1 [{UsualRates}]"),
        new("policies", "LIST", $"Some of {string.Join(", ", Known)} [all]"),
        new("exploration", "E", $"Of epsilon-greedy: share of rounds with any arm [{UsualExploration}]"),
        new("rounds", "N", $"Rounds of a run [{UsualRounds}]"),
        new("runs", "N", $"Runs of each policy [{UsualRuns}]"),
        new("seed", "N", "Seed of the first run; the next ones have the next seeds [0]"),
        new("out", "FILE", $"Where the page goes [{DefaultFile}; with --json none unless given]"),
        new("threads", "N", "Threads; figures are the same for any number [as many as cores]"),
        Json,
    ];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        const string Advice = "leave it out for the default";
        bool isJson = given.Flag("json");
        string? output = given.Text("out") ?? (isJson ? null : DefaultFile);
        if (Directory.Exists(output))
        {
            given.Mistakes.Add(
                given.PlaceOf("out"),
                "a file, or a path where nothing is",
                $"a folder at {GivenOptions.Quote(output)}",
                $"give a file, such as {DefaultFile}");
        }

        double[] rates = ReadRates(given);
        (string Name, IArmPolicy Policy)[] policies = ReadPolicies(given, Math.Max(1, rates.Length));
        int rounds = given.Integer("rounds", UsualRounds, 1, Advice, 10_000_000);
        int runs = given.Integer("runs", UsualRuns, 1, Advice, 100_000);
        ulong seed = given.Seed("seed", 0);
        int threads = given.Integer("threads", host.Cores, 1, "give the number of cores", 1024);
        given.Mistakes.ThrowIfAny();
        RegretStudy study = await Task.Run(() => RegretStudy.Play(policies, rates, rounds, runs, seed, threads, host.Stop), host.Stop);
        if (output is not null)
        {
            RegretReport.Write(output, study);
        }

        if (isJson)
        {
            JsonOutput.Write(host.Output, study);
        }
        else
        {
            Write(Screen.ForResults(host), study, output!);
        }

        return ExitCode.Success;
    }

    private static void Write(IAnsiConsole console, RegretStudy study, string output)
    {
        Table table = Screen.TableOf("policy", "mean regret>", "standard deviation>", "lowest>", "highest>", "best arm>");
        foreach (PolicyRegret policy in study.Policies)
        {
            table.AddTexts(
                policy.Policy,
                Figure(policy.Final.Mean),
                policy.Final.Deviation is { } deviation ? Figure(deviation) : "–",
                Figure(policy.Lowest),
                Figure(policy.Highest),
                policy.BestArmShare.ToString("0.0%", CultureInfo.InvariantCulture));
        }

        console.Write(table);
        console.Write(Screen.Pairs(
            ("arms", string.Join(", ", study.Rates.Select(rate => rate.ToString("0.####", CultureInfo.InvariantCulture)))),
            ("played", $"{Quantity.Of(study.Runs, "run")} of {Quantity.Of(study.Rounds, "round")}"),
            ("regret", "what choosing the best arm alone would have earned more"),
            ("written to", output)));
    }

    private static string Figure(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    private static double[] ReadRates(GivenOptions given)
    {
        string[] texts = Split(given.Text("rates") ?? UsualRates);
        List<double> rates = [];
        foreach (string text in texts)
        {
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double rate) && rate is >= 0 and <= 1)
            {
                rates.Add(rate);
            }
            else
            {
                given.Mistakes.Add(given.PlaceOf("rates"), "rates from 0 to 1", GivenOptions.Quote(text), $"write them as {UsualRates}");
            }
        }

        if (texts.Length == 0)
        {
            given.Mistakes.Add(given.PlaceOf("rates"), "at least one rate", "none", $"write them as {UsualRates}");
        }

        return [.. rates];
    }

    private static (string Name, IArmPolicy Policy)[] ReadPolicies(GivenOptions given, int arms)
    {
        string[] names = given.Text("policies") is { } list ? Split(list) : Known;
        double exploration = given.Number("exploration", UsualExploration, 0, 1, "0.1 explores with a tenth");
        if (!names.Contains("epsilon-greedy"))
        {
            given.Refuse(["exploration"], "epsilon-greedy among the policies", "leave it out");
        }

        foreach (string name in names.Where(name => !Known.Contains(name)))
        {
            given.Mistakes.Add(
                given.PlaceOf("policies"),
                $"some of {string.Join(", ", Known)}",
                GivenOptions.Quote(name),
                Spelling.Advise(name, Known) ?? "leave it out for all");
        }

        if (names.Length == 0 || names.Distinct().Count() < names.Length)
        {
            given.Mistakes.Add(
                given.PlaceOf("policies"), "policies, each once", GivenOptions.Quote(given.Text("policies")!), "leave it out for all");
        }

        return
        [
            .. names.Where(Known.Contains).Select(name => (name, (IArmPolicy)(name switch
            {
                "thompson" => new ThompsonPolicy(),
                "epsilon-greedy" => new EpsilonGreedyPolicy(exploration),
                "ucb" => new UcbPolicy(),
                _ => new FixedSplitPolicy([.. Enumerable.Repeat(1.0, arms)]),
            }))),
        ];
    }

    private static string[] Split(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
