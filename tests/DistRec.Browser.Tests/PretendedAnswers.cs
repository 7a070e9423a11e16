namespace DistRec.Browser.Tests;

/// <summary>Answers in the shapes of the API.</summary>
internal static class PretendedAnswers
{
    private const string Made = "2026-11-28T10:03:21Z";

    public static object Models => new
    {
        models = new object[]
        {
            new
            {
                name = "films",
                active = 2,
                isDefault = true,
                versions = new[] { Version(3, "registered", 0.8391), Version(2, "active", 0.8462), Version(1, "retired", 0.8733) },
            },
        },
        fault = (string?)null,
    };

    public static object Activations => new
    {
        activations = new object[] { new { action = "activate", version = 2, at = Made, by = "operator", reason = "better on the same split" } },
    };

    public static object Map => new
    {
        items = Enumerable.Range(0, 60).Select(index => new
        {
            item = $"i{index}",
            title = $"Title {index}",
            x = (index % 10) + (index / 10 % 2 * 0.4),
            y = index / 10,
            ratings = 100 - index,
        }),
        klDivergence = 1.25,
        perplexity = 30,
        seed = 42,
    };

    public static object[] Jobs =>
    [
        JobSummary("job-1", "training", 3), JobSummary("job-2", "completed", 15), JobSummary("job-3", "failed", 2),
    ];

    public static object Cluster => new
    {
        version = "0.1.0",
        nodes = new object[]
        {
            Node("coordinator-1", "coordinator", "up"), Node("worker-1", "worker", "unreachable", "users 0", "items 1"),
        },
        partitions = new { count = 64, hosted = new[] { new { node = "serve-1", count = 60 } } },
    };

    public static object NoCluster => new
    {
        version = "0.1.0",
        nodes = Array.Empty<object>(),
        partitions = new { count = 4, hosted = Array.Empty<object>() },
    };

    public static object Experiment => new
    {
        name = "bpmf against als",
        model = "films",
        policy = "split",
        goal = "click",
        state = "running",
        created = Made,
        ended = (string?)null,
        why = (string?)null,
        arms = new[] { Arm("als", 2, 451, 11_000, 35.2), Arm("bpmf", 3, 1_386, 30_000, 0) },
        sequential = new { decision = "continue", worseEValue = 0.1, notWorseEValue = 7.4, alpha = 0.05, margin = 0.0, users = 40_120 },
        sampleRatio = new { pValue = 0.41, isMismatch = false },
        shadow = (object?)null,
        changes = new[] { new { action = "create", at = Made, by = "operator", reason = "" } },
    };

    public static object Catalogue => new
    {
        models = new[]
        {
            new { name = "als", summary = "exact alternating least squares", settings = Array.Empty<object>() },
            new { name = "of-tomorrow", summary = "a model that the dashboard has never heard of", settings = Array.Empty<object>() },
        },
    };

    public static object Overview(object? model) => new
    {
        version = "0.1.0",
        uptimeSeconds = 93_784,
        requests = new { total = 1_284_093, perSecond = 412.6, failed = 17, p50Milliseconds = 0.41, p99Milliseconds = 3.27 },
        model,
        users = 610,
        items = 9_724,
        ratings = 86_214,
        newRatings = 1_289,
        jobsRunning = 1,
    };

    public static object Version(int version, string state, double rmse) => new
    {
        name = "films",
        version,
        state,
        kind = "als",
        modelSha256 = new string((char)('a' + version), 64),
        metrics = new { trainRmse = rmse - 0.25, testRmse = rmse },
        dataName = "ml-latest-small",
        dataFingerprint = "abc123",
        options = new { rank = 64, seed = version },
        job = version > 1 ? $"job-{version}" : null,
        users = state == "active" ? 610 : (int?)null,
        items = state == "active" ? 9_724 : (int?)null,
        ratings = state == "active" ? 86_214 : (int?)null,
        rank = state == "active" ? 64 : (int?)null,
        ratingScale = state == "active" ? new { minimum = 0.5, maximum = 5.0 } : null,
        created = Made,
        activated = state == "registered" ? null : Made,
        notes = "",
    };

    public static object Job(string id, string state, object[] curve) => new
    {
        id,
        name = "nightly",
        model = "als",
        state,
        reason = "",
        submitted = Made,
        started = Made,
        ended = state == "training" ? null : "2026-11-28T10:05:00Z",
        epochs = 15,
        epoch = curve.Length,
        validationRmse = 0.85,
        curve,
    };

    public static object Epoch(int epoch) =>
        new { epoch, trainRmse = 0.9 - (0.05 * epoch), validationRmse = 0.88 - (0.01 * epoch), seconds = 1.5 };

    private static object Node(string id, string role, string state, params string[] shards) =>
        new { id, role, state, address = "10.0.0.1:7400", threads = 8, version = "0.1.0", shards };

    private static object JobSummary(string id, string state, int epoch) => new
    {
        id,
        name = "",
        model = "als",
        state,
        reason = state == "failed" ? "the connection between two workers was lost" : "",
        submitted = Made,
        started = Made,
        ended = state == "training" ? null : "2026-11-28T10:05:00Z",
        epochs = 15,
        epoch,
        validationRmse = 0.85,
    };

    private static object Arm(string name, int version, int clicks, int impressions, double regret) => new
    {
        name,
        model = "films",
        version,
        isControl = version == 2,
        weight = 0.5,
        propensity = 0.5,
        impressions,
        users = impressions,
        clicks,
        views = impressions / 2,
        conversions = clicks / 5,
        ctr = Interval((double)clicks / impressions),
        cvr = Interval(0.2),
        vtr = Interval(0.5),
        share = impressions / 41_000.0,
        regret,
        test = version == 2 ? null : new { difference = 0.0052, low = 0.0008, high = 0.0095, z = 2.3, pValue = 0.021 },
    };

    private static object Interval(double value) => new { value, low = value * 0.9, high = value * 1.1 };
}
