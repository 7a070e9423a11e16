using System.Collections.Concurrent;

namespace DistRec.Cluster.Tests.Blocks;

/// <summary>Nodes in one process, each with a server and an exchange of its own.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    // Repeated soon; but polls and silences outlast every test's patience, so that none passes by way of a time that ran out.
    public static readonly HttpBlockExchangeOptions Quick = new()
    {
        PollTimeout = TimeSpan.FromMinutes(5),
        IdleTimeout = TimeSpan.FromMinutes(5),
        FirstBackoff = TimeSpan.FromMilliseconds(1),
        MaxBackoff = TimeSpan.FromMilliseconds(20),
    };

    private readonly List<TestNode> _nodes = [];

    public static TestCluster Create() => new();

    public async Task<TestNode> StartNodeAsync(HttpBlockExchangeOptions? options = null, bool tls = false, int port = 0)
    {
        TestNode node = await TestNode.StartAsync(options ?? Quick, tls, port);
        _nodes.Add(node);
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (TestNode node in _nodes)
        {
            await node.DisposeAsync();
        }
    }
}

/// <summary>Tests of an owner of blocks and a node that pulls them.</summary>
public abstract class TwoNodes : IAsyncLifetime
{
    private TestNode? _owner;
    private TestNode? _puller;

    private protected TestCluster Cluster { get; } = TestCluster.Create();

    private protected TestNode Owner => _owner!;

    private protected TestNode Puller => _puller!;

    public async Task InitializeAsync()
    {
        _owner = await Cluster.StartNodeAsync();
        _puller = await Cluster.StartNodeAsync();
    }

    public async Task DisposeAsync() => await Cluster.DisposeAsync();
}

/// <summary>Keys for which something happened, to wait for.</summary>
internal sealed class KeyEvents
{
    private readonly ConcurrentDictionary<BlockKey, TaskCompletionSource> _events = new();

    public void Happened(BlockKey key) => Of(key).TrySetResult();

    public Task WhenAsync(BlockKey key) => Of(key).Task.Soon($"the pull of {key}");

    private TaskCompletionSource Of(BlockKey key) =>
        _events.GetOrAdd(key, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
