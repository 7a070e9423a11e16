using System.Net;
using DistRec.Cli.Queries;
using DistRec.Serving.Hosting;
using Microsoft.Extensions.Logging;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec serve</c>: this machine answers queries over HTTP until it is told to stop.</summary>
internal sealed class ServeVerb : Verb
{
    public override string Name => "serve";

    public override string Summary => "Answers queries over HTTP";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
        [("distrec serve --model runs/als", "on this machine, at http://127.0.0.1:7500")];

    public override IReadOnlyList<OptionDefinition> Options { get; } =
    [
        new("model", "DIR", "Folder of a model to serve"),
        new("data-dir", "DIR", "Folder of what the server keeps [distrec-data]"),
        new("listen", "HOST:PORT", $"Where the server listens [{ServerOptions.DefaultListen}]"),
    ];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        string path = ModelOptions.ReadPath(given);
        IPEndPoint listen = ServerOptions.DefaultListen;
        if (given.Text("listen") is { } text && !IPEndPoint.TryParse(text, out listen!))
        {
            given.Mistakes.Add(given.PlaceOf("listen"), "an address and a port", GivenOptions.Quote(text), "write 127.0.0.1:7500");
        }

        SavedModel saved = ModelOptions.LoadForUsers(given, path);
        using ILoggerFactory loggers = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Warning)
            .AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss.fff ")));
        string folder = given.Text("data-dir") ?? "distrec-data";
        Directory.CreateDirectory(folder);
        await using RecommendationServer server = await RecommendationServer.StartAsync(
            new ServerOptions { Listen = listen, DataFolder = folder, Cluster = ServerOptions.Alone(folder, host.Time), Time = host.Time }, loggers, host.Stop);
        var model = new ServingModel(saved, Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))), 1);
        server.Node.Models = new ActiveModels(new Dictionary<string, ServingModel>(StringComparer.Ordinal) { [model.Name] = model }, model);
        await host.Output.WriteLineAsync($"answers at {server.Address}");
        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration stop = host.Stop.Register(stopped.SetResult);
        await stopped.Task;
        return ExitCode.Success;
    }
}
