using System.Net;
using System.Text;
using DistRec.Numerics.Random;

namespace DistRec.Cli.Bench;

/// <summary><c>distrec bench load</c>: questions to a server, from a process of their own.</summary>
internal sealed class BenchLoadVerb : Verb
{
    private const int Seed = 7;

    // Made before the clock runs, and sent again and again.
    private const int Prepared = 8192;

    /// <summary>What can be asked.</summary>
    public static IReadOnlyList<string> Questions { get; } = ["bare", "predict", "recommend", "batch", "new-user", "rate"];

    public override string Name => "load";

    public override string Summary => "Sends questions to a server and tells how many it answers, and how fast";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec bench load --url http://127.0.0.1:7500 --question recommend --users 1000 --seconds 5", "as many as are answered"),
        ("distrec bench load --url http://127.0.0.1:7500 --question predict --users 1000 --items 500 --rate 2000", "latencies at a given rate"),
    ];

    public override IReadOnlyList<OptionDefinition> Options { get; } =
    [
        new("url", "URL", "The server, by its address and port"),
        new("question", "WHAT", $"{string.Join(", ", Questions)}; bare is what bench serve answers without looking at anything"),
        new("users", "N", "Users are asked about by the numbers below this [1000]"),
        new("items", "N", "Items likewise [1000]"),
        new("n", "N", "How many items to recommend [10]"),
        new("batch", "N", "batch: users of one request [256]"),
        new("connections", "N", "Connections, each with a request at a time [16]"),
        new("seconds", "S", "How long [5]"),
        new("rate", "R", "Requests a second, whether the server keeps up or not [as many as it answers]"),
        Json,
    ];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        const string Advice = "leave it out for the default";
        string question = given.OneOf("question", Advice, [.. Questions.Select(name => (name, name))]);
        int users = given.Integer("users", 1000, 1, Advice);
        int items = given.Integer("items", 1000, 1, Advice);
        int n = given.Integer("n", 10, 1, Advice, 1000);
        int batch = given.Integer("batch", 256, 1, Advice, 10_000);
        int connections = given.Integer("connections", 16, 1, Advice, 10_000);
        double seconds = given.Integer("seconds", 5, 1, Advice, 3600);
        int rate = given.Integer("rate", 0, 0, Advice);
        string url = given.Required("url", "the address of a server", "write http://127.0.0.1:7500");
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? server) || server.Scheme != Uri.UriSchemeHttp || !IPAddress.TryParse(server.Host, out IPAddress? address))
        {
            given.Mistakes.Add(given.PlaceOf("url"), "http://, an IP address and a port", GivenOptions.Quote(url), "write http://127.0.0.1:7500");
            given.Mistakes.ThrowIfAny();
            return ExitCode.BadInput;
        }

        given.Mistakes.ThrowIfAny();
        ReadOnlyMemory<byte>[] requests = [.. Enumerable.Range(0, Prepared).Select(number => RequestOf(question, number, server.Authority, users, items, n, batch))];
        IPEndPoint endpoint = new(address, server.Port);
        ReadOnlyMemory<byte> At(long number) => requests[number % Prepared];
        TimeSpan duration = TimeSpan.FromSeconds(seconds);
        LoadFigures figures = rate > 0
            ? await LoadRun.OpenAsync(endpoint, connections, duration, rate, At, host.Stop)
            : await LoadRun.ClosedAsync(endpoint, connections, duration, At, host.Stop);
        BenchTrainingVerb.Report(given, host, new
        {
            benchmark = Name,
            question,
            connections,
            rate = rate > 0 ? rate : (int?)null,
            requests = figures.Requests,
            failed = figures.Failed,
            seconds = figures.Seconds,
            perSecond = figures.PerSecond,
            p50Milliseconds = figures.P50Milliseconds,
            p99Milliseconds = figures.P99Milliseconds,
            maximumMilliseconds = figures.MaximumMilliseconds,
        });
        return ExitCode.Success;
    }

    private static ReadOnlyMemory<byte> RequestOf(string question, int number, string host, int users, int items, int n, int batch)
    {
        EntityRandom random = new(Seed, RandomPurpose.SyntheticRating, number);
        int user = random.NextInt(users);
        int item = random.NextInt(items);
        (string method, string path, string body) = question switch
        {
            "bare" => ("GET", "/bare", ""),
            "predict" => ("GET", $"/v1/predict?user={user}&item={item}", ""),
            "recommend" => ("GET", $"/v1/users/{user}/recommendations?n={n}", ""),
            "batch" => ("POST", "/v1/recommendations/batch", $$"""{"n":{{n}},"users":[{{Join(batch, () => $"\"{random.NextInt(users)}\"")}}]}"""),
            "new-user" => ("POST", "/v1/recommendations", $$"""{"n":{{n}},"ratings":[{{Ratings(ref random, items, 10)}}]}"""),
            _ => ("POST", $"/v1/users/{user}/ratings", $$"""{"item":"{{item}}","rating":{{1 + random.NextInt(5)}}}"""),
        };
        string head = body.Length == 0 ? "" : $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n";
        return Encoding.ASCII.GetBytes($"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{head}\r\n{body}");
    }

    private static string Ratings(ref EntityRandom random, int items, int count)
    {
        SortedSet<int> rated = [];
        while (rated.Count < Math.Min(count, items))
        {
            rated.Add(random.NextInt(items));
        }

        List<string> texts = [];
        foreach (int item in rated)
        {
            texts.Add($$"""{"item":"{{item}}","rating":{{1 + random.NextInt(5)}}}""");
        }

        return string.Join(',', texts);
    }

    private static string Join(int count, Func<string> make) => string.Join(',', Enumerable.Range(0, count).Select(_ => make()));
}
