using System.Collections.Concurrent;
using DistRec.Actors.Cluster.Blocks;
using DistRec.Contracts;

namespace DistRec.Actors.Cluster.Tests.Blocks;

/// <summary>Nodes in one process, each with a server and an exchange of its own, and where actors live among them.</summary>
internal sealed class TestCluster : IAsyncDisposable
{
    public static readonly ActorAddress Owner = new("factors", 3);

    // Repeated soon; but polls and silences outlast every test's patience, so that none passes by way of a time that ran out.
    public static readonly HttpBlockExchangeOptions Quick = new()
    {
        PollTimeout = TimeSpan.FromMinutes(5),
        IdleTimeout = TimeSpan.FromMinutes(5),
        FirstBackoff = TimeSpan.FromMilliseconds(1),
        LongestBackoff = TimeSpan.FromMilliseconds(20),
    };

    private readonly ConcurrentDictionary<ActorAddress, (Uri Address, CancellationTokenSource Moved)> _hosts = new();
    private readonly List<TestNode> _nodes = [];

    public static TestCluster Create() => new();

    public async Task<TestNode> StartNodeAsync(HttpBlockExchangeOptions? options = null, bool tls = false)
    {
        TestNode node = await TestNode.StartAsync(this, options ?? Quick, tls);
        _nodes.Add(node);
        return node;
    }

    /// <summary>Lets an actor live at an address, and tells who looked it up before.</summary>
    public void Place(ActorAddress actor, Uri address)
    {
        CancellationTokenSource? moved = _hosts.TryGetValue(actor, out var before) ? before.Moved : null;
        _hosts[actor] = (address, new CancellationTokenSource());
        moved?.Cancel();
    }

    public ActorHost HostOf(ActorAddress actor) =>
        _hosts.TryGetValue(actor, out var host) ? new ActorHost(host.Address, host.Moved.Token) : throw new UnknownActorException(actor, "the test placed none");

    public async ValueTask DisposeAsync()
    {
        foreach (TestNode node in _nodes)
        {
            await node.DisposeAsync();
        }
    }
}

/// <summary>What a node knows of the test's cluster; tests may make it err.</summary>
internal sealed class TestDirectory(TestCluster cluster) : IActorDirectory
{
    public Uri? Self { get; set; }

    public long TableVersion => 7;

    /// <summary>Answers in the cluster's place.</summary>
    public Func<ActorAddress, ActorHost>? Finds { get; set; }

    public bool IsHere(ActorAddress address) => cluster.HostOf(address).Address == Self;

    public ValueTask<ActorHost> FindAsync(ActorAddress address, CancellationToken cancellationToken) =>
        new(Finds?.Invoke(address) ?? cluster.HostOf(address));
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
