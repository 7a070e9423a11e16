using DistRec.Cli.Bench;
using DistRec.Cli.Verbs;

namespace DistRec.Cli;

/// <summary>Everything that can be typed after <c>distrec</c>. A new command is a line here.</summary>
internal static class CommandList
{
    public static IReadOnlyList<ICliCommand> All { get; } =
    [
        new TrainVerb(),
        new RetrainVerb(),
        new SubmitVerb(),
        new JobsVerb(),
        new WatchVerb(),
        new CancelVerb(),
        new RemoveVerb(),
        new VerbGroup("cluster", "Looks at a cluster", new ClusterStatusVerb()),
        new EvaluateVerb(),
        new CvVerb(),
        new CompareVerb(),
        new TuneVerb(),
        new ReproduceVerb(),
        new PredictVerb(),
        new RecommendVerb(),
        new SimilarVerb(),
        new MapVerb(),
        new ExplainVerb(),
        new VerbGroup("bandit", "Judges policies of choosing by logs, and plays them on simulated arms", new BanditEvaluateVerb(), new BanditSimulateVerb()),
        new ServeVerb(),
        new VerbGroup("keys", "Makes and revokes the keys that a server asks for", new KeysCreateVerb(), new KeysListVerb(), new KeysRevokeVerb()),
        new VerbGroup("data", "Looks at, generates, downloads and encodes rating data", new DataInfoVerb(), new DataGenerateVerb(), new DataDownloadVerb(), new DataEncodeVerb()),
        new InspectVerb(),
        new NodeVerb(),
        new HealthVerb(),
        new VerbGroup(
            "bench",
            "Times training, reading, kernels, ranking and serving beside the machine's peaks, and shows what memory training takes",
            new BenchAlsVerb(), new BenchImplicitVerb(), new BenchBpmfVerb(), new BenchMfVerb(), new BenchFeedbackVerb(), new BenchFmVerb(),
            new BenchFmMcmcVerb(), new BenchScalingVerb(), new BenchReadVerb(), new BenchMemoryVerb(), new BenchKernelsVerb(), new BenchTopVerb(), new BenchRankingVerb(),
            new BenchServeVerb(), new BenchLoadVerb()),
    ];

    /// <summary>A first walk, for <c>distrec</c> alone.</summary>
    public static IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec train", "train on generated ratings: takes seconds, needs nothing"),
        ("distrec train --data ratings.csv --model als --out runs/als", "train on a file of user, item, rating"),
        ("distrec recommend --model runs/als --user 42 --n 10", "ten items for a user"),
        ("distrec evaluate --model runs/als --data new-ratings.csv", "how well the model does on other ratings"),
    ];
}
