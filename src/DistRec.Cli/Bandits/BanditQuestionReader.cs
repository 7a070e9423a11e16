using DistRec.Evaluation.Bandits;
using DistRec.Evaluation.Bandits.OffPolicy;

namespace DistRec.Cli.Bandits;

/// <summary>Reads which policy is judged, by which log, and how.</summary>
internal static class BanditQuestionReader
{
    private const double UsualExploration = 0.1;

    private static readonly RewardModelOptions Model = new();
    private static readonly BanditReadOptions Reading = new();

    private static readonly (string Word, JudgedPolicy Value)[] Policies =
    [
        ("uniform", JudgedPolicy.Uniform),
        ("empirical", JudgedPolicy.Empirical),
        ("arm", JudgedPolicy.Arm),
        ("greedy", JudgedPolicy.Greedy),
        ("softmax", JudgedPolicy.Softmax),
        ("thompson", JudgedPolicy.Thompson),
        ("epsilon-greedy", JudgedPolicy.EpsilonGreedy),
        ("ucb", JudgedPolicy.Ucb),
    ];

    // What replay alone makes no use of.
    private static readonly string[] OfWeights =
        ["context", "reward-model", "smoothing", "folds", "largest-weight", "threshold", "shrinkage", "draws", "threads"];

    public static IReadOnlyList<OptionDefinition> Options { get; } =
    [
        new("log", "PATH", "Log to judge by: a file or folder of the Open Bandit Dataset, or events of an experiment")
        {
            IsPositional = true,
        },
        new("policy", "NAME", $"Policy to judge: {string.Join(", ", Policies.Select(policy => policy.Word))} [uniform]"),
        new(
            "policy-log",
            "PATH",
            "Log whose shares of arms by context are the empirical policy; or that greedy and softmax are learned from "
                + "[the log, without the rows that are judged]"),
        new("arm", "ID", "Of --policy arm: the one arm that it chooses"),
        new(
            "exploration",
            "E",
            $"Of greedy and epsilon-greedy: share of choices that are any arm [0; {UsualExploration} of epsilon-greedy]"),
        new("temperature", "T", "Of softmax: rewards that far apart have probabilities 2.7 times each other"),
        new("context", "LIST", "Columns that policies and the model of rewards look at, or none [position]"),
        new("experiment", "NAME", "Of events: the experiment to look at [the only one]"),
        new("goal", "KIND", $"Of events: what makes an answer's reward 1: click, view or conversion [{Reading.Goal}]"),
        new("reward-model", "NAME", "Smoothed means by arm-context or by arm, or none [arm-context]"),
        new("smoothing", "K", "How many rows the mean above a mean counts for [chosen by the data]"),
        new("folds", "K", $"Parts of the rows, each asked about what the others tell; 1 asks rows about themselves, too [{Model.Folds}]"),
        new("largest-weight", "W", "Clip weights to it [no clipping]"),
        new("threshold", "TAU", "Of Switch-DR: weights above it are left to the model [chosen by the data]"),
        new("shrinkage", "LAMBDA", "Of DRos [chosen by the data]"),
        new("confidence", "P", $"How often intervals are meant to cover [{RateEstimate.UsualConfidence}]"),
        new("draws", "N", $"Draws of the bootstrap, 0 for none [{OffPolicyOptions.UsualDraws}]"),
        new("seed", "N", "Seed of parts, draws and choices [0]"),
        new("threads", "N", "Threads; figures are the same for any number [as many as cores]"),
    ];

    /// <summary>The question.</summary>
    /// <exception cref="InputException">One line for each mistake.</exception>
    public static BanditQuestion Read(GivenOptions given, CliHost host)
    {
        const string Advice = "leave it out for the default";
        string path = given.Required("log", "a log to judge by", "give its file or folder");
        JudgedPolicy policy = given.OneOf("policy", "leave it out for uniform", Policies);
        string model = given.OneOf("reward-model", Advice, ("arm-context", "arm-context"), ("arm", "arm"), ("none", "none"));
        RefuseWhatHasNoEffect(given, policy, model);
        string? policyLog = given.ExistingPath("policy-log", "a log", "check the path");
        if (policy == JudgedPolicy.Empirical)
        {
            given.Required("policy-log", "the log of the policy to judge", "give its file or folder, or judge another policy");
        }

        if (policy == JudgedPolicy.Arm)
        {
            given.Required("arm", "the arm that the policy chooses", "write --arm ID");
        }

        ulong seed = given.Seed("seed", 0);
        BanditQuestion question = new()
        {
            LogPath = path.Length == 0 ? path : given.PathOf("log", path) ?? path,
            Policy = policy,
            PolicyLogPath = policyLog,
            Arm = given.Text("arm"),
            Exploration = given.Number(
                "exploration", policy == JudgedPolicy.EpsilonGreedy ? UsualExploration : 0, 0, 1, "0.1 explores with a tenth"),
            Temperature = ReadTemperature(given, policy),
            Reading = new BanditReadOptions
            {
                Context = given.Text("context") switch
                {
                    null => null,
                    "none" => [],
                    { } list => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
                },
                Experiment = given.Text("experiment"),
                Goal = given.OneOf("goal", Advice, ("click", "click"), ("view", "view"), ("conversion", "conversion")),
            },
            Model = new RewardModelOptions(
                model != "arm",
                given.Has("smoothing") ? given.Number("smoothing", 0, 0, 1e9, "leave it out to have it chosen") : null,
                given.Integer("folds", Model.Folds, 1, Advice, 1_000),
                seed),
            IsModelled = model != "none",
            Options = new OffPolicyOptions(
                given.Has("largest-weight") ? Above(given, "largest-weight", "leave it out for no clipping") : double.PositiveInfinity,
                ReadConfidence(given))
            {
                Threshold = given.Has("threshold") ? given.Number("threshold", 0, 0, 1e12, "leave it out to have it chosen") : null,
                Shrinkage = given.Has("shrinkage") ? given.Number("shrinkage", 0, 0, 1e24, "leave it out to have it chosen") : null,
                Draws = ReadDraws(given),
                Seed = seed,
                Threads = given.Integer("threads", host.Cores, 1, "give the number of cores", 1024),
            },
        };
        given.Mistakes.ThrowIfAny();
        return question;
    }

    private static void RefuseWhatHasNoEffect(GivenOptions given, JudgedPolicy policy, string model)
    {
        if (policy is not (JudgedPolicy.Empirical or JudgedPolicy.Greedy or JudgedPolicy.Softmax))
        {
            given.Refuse(
                ["policy-log"], "no other log, for this policy does not come from one", "leave it out, or judge --policy empirical");
        }

        if (policy != JudgedPolicy.Arm)
        {
            given.Refuse(["arm"], "--policy arm beside it", "leave it out, or add --policy arm");
        }

        if (policy is not (JudgedPolicy.Greedy or JudgedPolicy.EpsilonGreedy))
        {
            given.Refuse(["exploration"], "--policy greedy or epsilon-greedy beside it", "leave it out");
        }

        if (policy != JudgedPolicy.Softmax)
        {
            given.Refuse(["temperature"], "--policy softmax beside it", "leave it out");
        }

        if (policy is JudgedPolicy.Thompson or JudgedPolicy.EpsilonGreedy or JudgedPolicy.Ucb)
        {
            given.Refuse(OfWeights, "nothing, for a policy that learns is judged by replay alone", "leave it out");
        }

        if (model == "none")
        {
            given.Refuse(["threshold", "shrinkage"], "a model of rewards", "leave it out, or leave out --reward-model none");
            if (policy is not (JudgedPolicy.Greedy or JudgedPolicy.Softmax))
            {
                given.Refuse(["smoothing", "folds"], "a model of rewards", "leave it out, or leave out --reward-model none");
            }
        }
    }

    private static double ReadTemperature(GivenOptions given, JudgedPolicy policy)
    {
        if (policy != JudgedPolicy.Softmax)
        {
            return 1;
        }

        given.Required("temperature", "a number above 0", "a tenth of the usual reward is a start");
        return given.Has("temperature") ? Above(given, "temperature", "a tenth of the usual reward is a start") : 1;
    }

    private static double ReadConfidence(GivenOptions given)
    {
        double confidence = given.Share("confidence", RateEstimate.UsualConfidence);
        if (confidence > 0)
        {
            return confidence;
        }

        given.Mistakes.Add(
            given.PlaceOf("confidence"), "a number above 0 and below 1", GivenOptions.Quote(given.Text("confidence")!), "0.95 is usual");
        return RateEstimate.UsualConfidence;
    }

    private static int ReadDraws(GivenOptions given)
    {
        int draws = given.Integer("draws", OffPolicyOptions.UsualDraws, 0, "1000 are usual", 1_000_000);
        if (draws == 1)
        {
            given.Mistakes.Add(given.PlaceOf("draws"), "at least 2, or 0 for none", "\"1\"", "1000 are usual");
        }

        return draws;
    }

    private static double Above(GivenOptions given, string name, string advice)
    {
        double value = given.Finite(name) ?? 1;
        if (value <= 0)
        {
            given.Mistakes.Add(given.PlaceOf(name), "a number above 0", GivenOptions.Quote(given.Text(name)!), advice);
            return 1;
        }

        return value;
    }
}
