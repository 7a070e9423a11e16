using DistRec.Actors;
using DistRec.Actors.Cluster;
using DistRec.Cli.Arguments;
using DistRec.Cli.Cluster;
using DistRec.Data;
using DistRec.Node.Hosting;
using Microsoft.Extensions.Logging;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec node</c>: this machine becomes a node of a cluster until it is told to stop.</summary>
internal sealed class NodeVerb : Verb
{
    public override string Name => "node";

    public override string Summary => "Runs a node of a cluster";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec node --role seed", "the seed of a cluster on this machine"),
        ("distrec node --role worker --join 127.0.0.1:7400", "a worker beside it; as many as wanted"),
        ("distrec node --role worker --engine akka --akka-config cluster-config/akka-worker.conf", "a worker of a cluster on Akka.NET"),
        ("distrec node --config cluster-config/worker.json --join seed.example:7400", "settings of a file, one of them replaced"),
    ];

    public override IReadOnlyList<OptionDefinition> Options => [NodeOptions.Config, .. NodeOptions.Settings];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        GivenOptions gathered = NodeOptions.Gather(given, host);
        TrainingNodeOptions options = NodeOptions.Read(gathered, host);
        string form = gathered.Text("log") ?? "text";
        if (form is not ("text" or "json"))
        {
            gathered.Mistakes.Add(gathered.PlaceOf("log"), "text or json", $"\"{form}\"", "leave it out for text");
        }

        LogLevel level = gathered.OneOf(
            "log-level", "information is usual", ("information", LogLevel.Information), ("debug", LogLevel.Debug), ("warning", LogLevel.Warning));
        gathered.Mistakes.ThrowIfAny();
        using ILoggerFactory loggers = LoggerFactory.Create(builder =>
        {
            builder.SetMinimumLevel(level).AddFilter("Microsoft", LogLevel.Warning);
            _ = form == "json"
                ? builder.AddJsonConsole(console => (console.UseUtcTimestamp, console.IncludeScopes) = (true, true))
                : builder.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat) = (true, "HH:mm:ss.fff "));
        });
        using TelemetryExport? telemetry = TelemetryExport.Start(host.Variable);
        TrainingNode node = await StartAsync(options, loggers, host.Stop);
        await using (node)
        {
            await host.Output.WriteLineAsync($"{options.Role} is ready on {node.Address}");
            TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
            using CancellationTokenRegistration stop = host.Stop.Register(stopped.SetResult);
            if (await Task.WhenAny(stopped.Task, node.Removed) == node.Removed)
            {
                await host.Error.WriteLineAsync("the cluster goes on without this node, which it could not reach; start it again to join it");
                return ExitCode.Failure;
            }

            await LeaveAsync(node, host);
        }

        return ExitCode.Success;
    }

    private static async Task<TrainingNode> StartAsync(TrainingNodeOptions options, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        try
        {
            return await TrainingNode.StartAsync(options, loggers, cancellationToken);
        }
        catch (Exception exception) when (exception is ArgumentException or NodeRefusedException or IOException)
        {
            throw new InputException(exception.Message, exception);
        }
    }

    private static async Task LeaveAsync(TrainingNode node, CliHost host)
    {
        try
        {
            await node.LeaveAsync();
        }
        catch (Exception exception) when (exception is TimeoutException or ActorException)
        {
            await host.Error.WriteLineAsync($"left without handing over: {exception.Message}");
        }
    }
}
