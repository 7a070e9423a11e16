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
        IPEndPoint listen = ServerOptions.DefaultListen;
        if (given.Text("listen") is { } text && !IPEndPoint.TryParse(text, out listen!))
        {
            given.Mistakes.Add(given.PlaceOf("listen"), "an address and a port", GivenOptions.Quote(text), "write 127.0.0.1:7500");
        }

        string? folder = given.Has("model") ? ModelOptions.ReadPath(given) : null;
        string data = given.Text("data-dir") ?? "distrec-data";
        given.Mistakes.ThrowIfAny();
        using ILoggerFactory loggers = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Warning)
            .AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss.fff ")));
        await using RecommendationServer server = await StartAsync(
            new ServerOptions { Listen = listen, DataFolder = data, ModelFolder = folder ?? NewestRun(data, host), Cluster = ServerOptions.Alone(data, host.Time), Time = host.Time },
            loggers, host);
        await host.Output.WriteLineAsync(server.Node.Models.Default is { } model
            ? $"{model.Name} {model.Version} ({model.Saved.Description.Kind}, {Quantity.Ratings(model.Saved.Description.RatingCount, model.Saved.Items.Count, model.Saved.Users.Count)}) answers at {server.Address}"
            : $"no model is active: train one, or register one; the server is at {server.Address}");
        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration stop = host.Stop.Register(stopped.SetResult);
        if (await Task.WhenAny(stopped.Task, server.Ended) == server.Ended)
        {
            await host.Error.WriteLineAsync($"error: {await server.Ended}");
            return ExitCode.Failure;
        }

        return ExitCode.Success;
    }

    private static async Task<RecommendationServer> StartAsync(ServerOptions options, ILoggerFactory loggers, CliHost host)
    {
        try
        {
            return await RecommendationServer.StartAsync(options, loggers, host.Stop);
        }
        catch (Exception exception) when (exception is ArgumentException or IOException)
        {
            throw new InputException(exception.Message, exception);
        }
    }

    // Whoever has just trained a model wants to see what it says.
    private static string? NewestRun(string data, CliHost host)
    {
        if (File.Exists(Path.Combine(data, ServerOptions.DatabaseFile)) || !Directory.Exists(OutFolder.Root))
        {
            return null;
        }

        string? newest = Directory.EnumerateDirectories(OutFolder.Root).Where(ModelFolder.IsModel).OrderByDescending(Directory.GetLastWriteTimeUtc).FirstOrDefault();
        if (newest is not null)
        {
            host.Error.WriteLine($"note: no --model was given; {newest} is the newest of this folder");
        }

        return newest;
    }
}
