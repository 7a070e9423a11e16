using DistRec.Cli.Keys;
using DistRec.Cli.Queries;
using DistRec.Cluster.Hosting;
using DistRec.Serving.Hosting;
using DistRec.Serving.Telemetry;
using Microsoft.Extensions.Logging;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec serve</c>: this machine answers queries over HTTP until it is told to stop.</summary>
internal sealed class ServeVerb : Verb
{
    public override string Name => "serve";

    public override string Summary => "Answers queries over HTTP, and trains";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec serve --model runs/als", "on this machine, at http://127.0.0.1:7500"),
        ("distrec serve --data-root /srv/ratings", "no model yet: POST /v1/jobs trains one on data of that folder"),
        ("distrec serve --listen 0.0.0.0:7500 --api-tls-certificate api.pem --api-tls-key api.key", "for other machines; distrec keys create makes the keys that it asks for"),
        ("distrec serve --join 10.0.0.1:7400 --advertise http://10.0.0.7:7600 --secret-file cluster.secret --database postgresql://distrec@db/serving --model-store s3://bucket/models", "a server in a cluster; it trains on the cluster's workers"),
    ];

    public override IReadOnlyList<OptionDefinition> Options => ServeOptions.All;

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        GivenOptions gathered = ServeOptions.Gather(given, host);
        ServerOptions options = ServeOptions.Read(gathered, host);
        string? folder = gathered.Has("model") ? ModelFolderOptions.ReadPath(gathered) : null;
        gathered.Mistakes.ThrowIfAny();
        return await ServeAsync(options with { ModelFolder = folder ?? NewestRun(options.DataFolder, host) }, host, host.Output);
    }

    /// <summary>Answers until the host asks to stop.</summary>
    /// <param name="options">How.</param>
    /// <param name="host">The world around.</param>
    /// <param name="output">Is told where it answers.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="InputException">It cannot be started.</exception>
    public static async Task<int> ServeAsync(ServerOptions options, CliHost host, TextWriter output)
    {
        using ILoggerFactory loggers = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Warning)
            // What keeps it from starting is told in a line.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None)
            .AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss.fff ")));
        CollectorMode.ForLatency();
        using TelemetryExport? telemetry = TelemetryExport.Start(host.Variable, ServingTelemetry.Name);
        await using RecommendationServer server = await StartAsync(options, loggers, host);
        await output.WriteLineAsync(server.Node.Models.Default is { } model
            ? $"{model.Name} {model.Version} ({model.Saved.Description.Kind}, {Quantity.Ratings(model.Saved.Description.RatingCount, model.Saved.Items.Count, model.Saved.Users.Count)}) answers at {server.Address}"
            : $"no model is active: train one, or register one; the server is at {server.Address}");
        if (server is { AsksForKeys: true, HasAdminKey: false })
        {
            await host.Error.WriteLineAsync(
                $"note: no key of the API is valid that may administrate; make one with: distrec keys create --name operator --scope admin{KeyOptions.Of(options)}");
        }

        TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration stop = host.Stop.Register(stopped.SetResult);
        if (await Task.WhenAny(stopped.Task, server.Ended) == server.Ended)
        {
            await host.Error.WriteLineAsync($"error: {await server.Ended}; start the server again");
            return ExitCode.Failure;
        }

        try
        {
            await server.LeaveAsync();
        }
        catch (TimeoutException exception)
        {
            await host.Error.WriteLineAsync($"left without handing over: {exception.Message}");
        }

        return ExitCode.Success;
    }

    private static async Task<RecommendationServer> StartAsync(ServerOptions options, ILoggerFactory loggers, CliHost host)
    {
        try
        {
            return await RecommendationServer.StartAsync(options, loggers, host.Stop);
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or UnauthorizedAccessException)
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
