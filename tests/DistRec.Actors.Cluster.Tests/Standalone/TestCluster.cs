using DistRec.Contracts;
using Microsoft.Extensions.Logging;

namespace DistRec.Actors.Cluster.Tests.Standalone;

/// <summary>A seed and workers in the test's process, connected through the loopback.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    private readonly Func<StandaloneOptions, StandaloneOptions> _change;
    private readonly List<StandaloneActorSystem> _nodes = [];

    private TestCluster(Func<StandaloneOptions, StandaloneOptions> change) => _change = change;

    public RecordingLoggers Loggers { get; } = new();

    public StandaloneActorSystem Seed => _nodes[0];

    public IReadOnlyList<StandaloneActorSystem> Nodes => _nodes;

    public static async Task<TestCluster> StartAsync(int workers, Func<StandaloneOptions, StandaloneOptions>? change = null)
    {
        TestCluster cluster = new(change ?? (options => options));
        try
        {
            await cluster.AddAsync(StandaloneOptions.SeedRole);
            for (int worker = 0; worker < workers; worker++)
            {
                await cluster.AddWorkerAsync($"worker-{worker}");
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public Task<StandaloneActorSystem> AddWorkerAsync(string id, params IReadOnlyList<ActorKind> kinds) =>
        AddAsync(StandaloneOptions.WorkerRole, id, kinds);

    public StandaloneActorSystem NewWorker(string id, Func<StandaloneOptions, StandaloneOptions>? change = null) =>
        new((change ?? (options => options))(Options(StandaloneOptions.WorkerRole, id)), Loggers);

    public void Register(params IReadOnlyList<ActorKind> kinds)
    {
        foreach (StandaloneActorSystem node in _nodes)
        {
            node.Register(kinds);
        }
    }

    public void Forget(StandaloneActorSystem node) => _nodes.Remove(node);

    /// <summary>Waits until a node sees what a test wants to see.</summary>
    public static async Task WhenAsync(StandaloneActorSystem node, Func<bool> isSo, string what)
    {
        while (true)
        {
            Task changed = node.Changed;
            if (isSo())
            {
                return;
            }

            await changed.Soon(what);
        }
    }

    public async ValueTask DisposeAsync() =>
        await Task.WhenAll(_nodes.Select(node => node.DisposeAsync().AsTask())).Soon("the stop of the cluster");

    private async Task<StandaloneActorSystem> AddAsync(string role, string id = "", IReadOnlyList<ActorKind>? kinds = null)
    {
        StandaloneActorSystem node = new(Options(role, id), Loggers);
        _nodes.Add(node);
        if (kinds is not null)
        {
            node.Register(kinds);
        }

        await node.StartAsync().Soon($"the start of {role} {id}");
        return node;
    }

    private StandaloneOptions Options(string role, string id) => _change(new StandaloneOptions
    {
        Role = role,
        NodeId = id.Length > 0 ? id : role,
        SeedAddress = role == StandaloneOptions.SeedRole ? null : Seed.Address,
        Messages = [ContractMessagesReflection.Descriptor],
        ComputeThreads = 1,

        // A process that starves for some seconds, as on a busy machine, loses no node. Tests of silence ask for less.
        LeaseTime = TimeSpan.FromSeconds(20),
        DetectionTime = TimeSpan.FromSeconds(25),
    });
}

/// <summary>Keeps what nodes log, so that tests can wait for it.</summary>
internal sealed class RecordingLoggers : ILoggerFactory, ILogger
{
    public Recorded<string> Lines { get; } = new();

    /// <summary>Waits for a line with these words.</summary>
    public async Task WhenLoggedAsync(string words)
    {
        int lines = 0;
        while (!Lines.Items.Any(line => line.Contains(words, StringComparison.Ordinal)))
        {
            lines = (await Lines.WhenAsync(Math.Max(lines, Lines.Items.Count) + 1)).Count;
        }
    }

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            Lines.Add($"{logLevel}: {formatter(state, exception)}{(exception is null ? "" : $" {exception}")}");
        }
    }

    public void Dispose()
    {
    }
}
