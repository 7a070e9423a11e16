using DistRec.Cluster.Hosting;
using Microsoft.Extensions.Logging;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec node</c>: this machine becomes a node of a cluster until it is told to stop.</summary>
internal sealed class NodeVerb : Verb
{
    private static readonly TimeSpan PauseBeforeAnotherStart = TimeSpan.FromSeconds(1);

    public override string Name => "node";

    public override string Summary => "Runs a node of a cluster";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
    [
        ("distrec node --role coordinator", "the coordinator of a cluster on this machine"),
        ("distrec node --role worker --join 127.0.0.1:7400", "a worker beside it; as many as wanted"),
        ("distrec node --role coordinator,worker --join 10.0.0.1:7400,10.0.0.2:7400", "one of two coordinators, which trains too"),
        ("distrec node --config cluster-config/worker.json --join coordinator.example:7400", "settings of a file, one of them replaced"),
    ];

    public override IReadOnlyList<OptionDefinition> Options => [NodeOptions.Config, .. NodeOptions.Settings];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        GivenOptions gathered = NodeOptions.Gather(given, host);
        ClusterNodeOptions options = NodeOptions.Read(gathered, host);
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
        for (bool wasMember = false; !host.Stop.IsCancellationRequested; wasMember = true)
        {
            string? ended = await RunAsync(options, loggers, wasMember, host);
            if (ended is null)
            {
                return ExitCode.Success;
            }

            // Others have taken over what it had; a fresh start knows nothing and joins as any node does.
            await host.Error.WriteLineAsync($"{ended}; the node starts again");
            await Task.Delay(PauseBeforeAnotherStart, host.Time, host.Stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return ExitCode.Success;
    }

    /// <summary>Runs a node until it is told to stop.</summary>
    /// <returns>Null when it was; otherwise why it ended.</returns>
    private static async Task<string?> RunAsync(ClusterNodeOptions options, ILoggerFactory loggers, bool wasMember, CliHost host)
    {
        ClusterNode node;
        try
        {
            node = await ClusterNode.StartAsync(options, loggers, host.Stop);
        }
        catch (ClusterJoinException exception) when (wasMember && exception.MayPass)
        {
            return exception.Reason;
        }
        catch (Exception exception) when (exception is ArgumentException or IOException)
        {
            throw new InputException(exception.Message, exception);
        }

        await using (node)
        {
            await host.Output.WriteLineAsync($"{string.Join(',', options.Roles)} is ready on {node.Address}");
            TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
            using CancellationTokenRegistration stop = host.Stop.Register(stopped.SetResult);
            if (await Task.WhenAny(stopped.Task, node.Ended) == node.Ended)
            {
                return await node.Ended;
            }

            await LeaveAsync(node, host);
            return null;
        }
    }

    private static async Task LeaveAsync(ClusterNode node, CliHost host)
    {
        try
        {
            await node.LeaveAsync();
        }
        catch (TimeoutException exception)
        {
            await host.Error.WriteLineAsync($"left without handing over: {exception.Message}");
        }
    }
}
