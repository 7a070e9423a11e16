using System.Net;
using System.Text.Json;
using DistRec.Cli.Queries;
using DistRec.Numerics.Linear;
using DistRec.Numerics.Random;
using DistRec.Serving.Hosting;
using DistRec.Serving.Registry;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Cli.Bench;

/// <summary><c>distrec bench serve</c>: a server on a large model, and the load of a second process on the same cores.</summary>
internal sealed class BenchServeVerb : Verb
{
    public override string Name => "serve";

    public override string Summary => "Times a server under the load of a second process, beside an endpoint that does nothing";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
        [("distrec bench serve --users 138000 --items 27000 --rank 64 --json", "requests a second and latencies, on a model of generated factors")];

    public override IReadOnlyList<OptionDefinition> Options =>
    [
        .. BenchShape.Options.Where(option => option.Name is "ratings" or "users" or "items" or "rank"),
        ModelFolderOptions.Model,
        new("connections", "N", "Connections of the load, each with a request at a time [32]"),
        new("seconds", "S", "How long each question is asked [5]"),
        new("rate", "R", "Requests a second of the second load of each question [half of what the first one was answered]"),
        new("questions", "LIST", $"Some of {string.Join(",", BenchLoadVerb.Questions)} [all]"),
        Json,
    ];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        const string Advice = "leave it out for the default";
        BenchShape shape = BenchShape.Read(given, host);
        int connections = given.Integer("connections", 32, 1, Advice, 10_000);
        int seconds = given.Integer("seconds", 5, 1, Advice, 3600);
        int rate = given.Integer("rate", 0, 1, Advice);
        string[] questions = (given.Text("questions") ?? string.Join(',', BenchLoadVerb.Questions)).Split(',');
        foreach (string question in questions.Except(BenchLoadVerb.Questions))
        {
            given.Mistakes.Add(given.PlaceOf("questions"), string.Join(", ", BenchLoadVerb.Questions), GivenOptions.Quote(question), "name some of them");
        }

        string? path = given.Has("model") ? ModelFolderOptions.ReadPath(given) : null;
        given.Mistakes.ThrowIfAny();
        SavedModel saved = path is null ? BenchModel.Generate(shape, host) : ModelFolderOptions.LoadForUsers(given, path);
        string folder = Directory.CreateTempSubdirectory("distrec-bench-").FullName;
        try
        {
            ServerOptions options = new()
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0), DataFolder = folder, Cluster = ServerOptions.Alone(folder, host.Time), Bare = true,
            };
            CollectorMode.ForLatency();
            await using RecommendationServer server = await RecommendationServer.StartAsync(options, NullLoggerFactory.Instance, host.Stop);
            ServingModel model = new(saved, "bench", 1);
            server.Node.Models = new ActiveModels(new Dictionary<string, ServingModel>(StringComparer.Ordinal) { [model.Name] = model }, model);
            Dictionary<string, object> results = [];
            foreach (string question in questions)
            {
                string[] asked =
                [
                    "bench", "load", "--url", server.Address.ToString(), "--question", question, "--users", $"{saved.Users.Count}", "--items", $"{saved.Items.Count}",
                    "--connections", $"{connections}", "--json",
                ];
                await OwnProgram.JsonAsync([.. asked, "--seconds", "2"], host);
                JsonElement full = await OwnProgram.JsonAsync([.. asked, "--seconds", $"{seconds}"], host);
                int asks = rate > 0 ? rate : (int)Math.Max(1, full.GetProperty("perSecond").GetDouble() / 2);
                JsonElement relaxed = await OwnProgram.JsonAsync([.. asked, "--seconds", $"{seconds}", "--rate", $"{asks}"], host);
                results[question] = new { full, atRate = relaxed };
            }

            BenchTrainingVerb.Report(given, host, new
            {
                benchmark = Name,
                users = saved.Users.Count,
                items = saved.Items.Count,
                rank = saved.Model.Rank,
                connections,
                cores = host.Cores,
                results,
                peakMemoryMiB = PeakMemory.MiB(),
            });
            return ExitCode.Success;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
