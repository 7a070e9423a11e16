using DistRec.Actors.Cluster.Blocks;
using DistRec.Actors.Cluster.Security;
using DistRec.Actors.Cluster.Standalone;
using DistRec.Actors.Runtime;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Actors.Cluster;

/// <summary>
/// A node of the engine for several processes with nothing to install: one seed keeps the cluster together, workers
/// connect to it, and actors live wherever the seed's shard table puts them.
/// </summary>
/// <remarks>Register the kinds, the same on every node, before <see cref="StartAsync"/> or soon after it.</remarks>
public sealed class StandaloneActorSystem : IActorSystem, IActorDirectory, IClusterView
{
    private readonly StandaloneOptions _options;
    private readonly ILogger _logger;
    private readonly NodeRuntime _node;
    private readonly SeedRouter? _router;
    private readonly Certificates? _certificates;
    private readonly NodeServer _server;
    private readonly ComputePool? _ownCompute;
    private readonly CancellationTokenSource _stopping = new();
    private readonly LoopbackSink _toSeed = new();
    private readonly LoopbackSink _fromSeed = new();
    private readonly Lock _gate = new();
    private SeedConnector? _connector;
    private Task _running = Task.CompletedTask;
    private Task? _stop;
    private Uri? _address;

    /// <exception cref="ArgumentException">The options are not usable.</exception>
    public StandaloneActorSystem(StandaloneOptions options, ILoggerFactory? loggers = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        loggers ??= NullLoggerFactory.Instance;
        _logger = loggers.CreateLogger<StandaloneActorSystem>();
        _ownCompute = options.Compute is null ? new ComputePool(options.ComputeThreads) : null;
        _node = new NodeRuntime(options, options.Compute ?? _ownCompute!, _logger);
        _router = options.Role == StandaloneOptions.SeedRole ? new SeedRouter(options, _logger) : null;
        _certificates = options.Tls is { } tls ? new Certificates(tls) : null;
        _server = new NodeServer(options.Listen, options.Tls?.RequireClientCertificate ?? false, _certificates, loggers);
        _node.Blocks = options.Blocks?.Invoke(this) ?? new HttpBlockExchange(this, options.BlockExchange with
        {
            Secret = options.Secret, Logger = _logger, ConfigureHandler = ConfigureHandler,
        });
    }

    public Task<ActorFailure> Failed => _node.Failed;

    public IBlockExchange Blocks => _node.Blocks;

    public IComputePool Compute => _node.Compute;

    /// <summary>How other nodes reach this one; known once it has started.</summary>
    public Uri Address => _address ?? throw new InvalidOperationException("The node has no address before StartAsync.");

    public long TableVersion => _node.Directory.TableVersion;

    public IReadOnlyList<NodeInfo> Nodes => _node.Directory.Nodes;

    public Task Changed => _node.Directory.Changed;

    public NodeInfo? HostOf(ActorAddress address) => _node.Directory.HostOf(address);

    /// <summary>
    /// What a node's block exchange has carried since it started, as it said with its last sign of life. Only the seed is told.
    /// </summary>
    /// <returns>Null for a node that is not in the cluster, and on every node but the seed.</returns>
    public NodeTraffic? TrafficOf(NodeInfo node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return _router is null ? null : node.Address == Address ? _node.Traffic : _router.TrafficOf(node.Incarnation);
    }

    public bool IsHere(ActorAddress address) => _node.IsHere(address);

    public ValueTask<ActorHost> FindAsync(ActorAddress address, CancellationToken cancellationToken) =>
        _node.Directory.FindAsync(address, cancellationToken);

    /// <summary>Starts the server and, on a worker, joins the cluster, waiting for the seed if it is not there yet.</summary>
    /// <exception cref="NodeRefusedException">The seed does not let this node in.</exception>
    /// <exception cref="IOException">The address to listen on is taken.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        SeedEndpoint? endpoint = _router is null ? null : new SeedEndpoint(_router, _options, _logger, _stopping.Token);
        await _server.StartAsync(
            routes =>
            {
                if (endpoint is not null)
                {
                    routes.Map(SeedEndpoint.Path, endpoint.HandleAsync);
                }

                (Blocks as HttpBlockExchange)?.MapBlocks(routes);
                _options.MapEndpoints?.Invoke(routes);
            },
            cancellationToken).ConfigureAwait(false);
        _address = _options.AdvertisedAddress ?? _server.ListensOn;
        string id = _options.NodeId.Length > 0 ? _options.NodeId : _address.Authority;
        string version = typeof(StandaloneActorSystem).Assembly.GetName().Version!.ToString(3);
        NodeDescription self = new(id, _options.Role, _address, Compute.Width, version);
        if (_router is not null)
        {
            long own = _router.JoinOwn(self, _fromSeed);
            _node.Joined(_toSeed, own);
            _running = Task.WhenAll(
                _toSeed.RunAsync(frame => _router.Receive(own, frame)),
                _fromSeed.RunAsync(frame => _node.Receive(_toSeed, frame)),
                TickAsync(_router));
            _logger.LogInformation("Seed {Node} with incarnation {Incarnation} listens on {Address}.", id, own, _address);
        }
        else
        {
            _connector = new SeedConnector(_options, self, _node, _certificates, _logger);
            await _connector.StartAsync(cancellationToken).ConfigureAwait(false);
        }

        await SeeClusterAsync(cancellationToken).ConfigureAwait(false);
    }

    public void Register(params IReadOnlyList<ActorKind> kinds)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        _node.Register(kinds);
    }

    public ValueTask SendAsync(ActorAddress to, IMessage message, CancellationToken cancellationToken = default) =>
        _node.SendAsync(to, message, null, cancellationToken);

    public Task<TReply> AskAsync<TReply>(
        ActorAddress to, IMessage request, TimeSpan timeout, CancellationToken cancellationToken = default)
        where TReply : class, IMessage =>
        _node.AskAsync<TReply>(to, request, timeout, null, cancellationToken);

    /// <summary>Spreads the actors evenly over the nodes now; for the seed.</summary>
    /// <exception cref="InvalidOperationException">This node is not the seed.</exception>
    public void Rebalance()
    {
        if (_router is null)
        {
            throw new InvalidOperationException("Only the seed moves actors; call Rebalance there.");
        }

        _router.Rebalance();
    }

    /// <summary>
    /// Leaves the cluster in good order: the seed moves this node's actors away, each after its running handler has
    /// ended. On the seed nothing moves, because the cluster ends with it. Dispose of the system afterwards.
    /// </summary>
    /// <exception cref="TimeoutException">The actors did not move away within twice the stop timeout.</exception>
    public async Task LeaveAsync(CancellationToken cancellationToken = default)
    {
        if (_connector is not { } connector)
        {
            return;
        }

        TaskCompletionSource leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _node.Leaving = leaving;
        connector.Leave();
        await leaving.Task.WaitAsync(2 * _options.StopTimeout, _options.NodeTime, cancellationToken).ConfigureAwait(false);
    }

    /// <exception cref="StopTimeoutException">Some actors did not end in time.</exception>
    /// <exception cref="AggregateException">Some actors threw while they stopped; all the same everything has stopped.</exception>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _node.BeginStop();
            _router?.BeginStop();
            _stop ??= Task.Run(StopAsync);
        }

        return new ValueTask(_stop);
    }

    /// <summary>Puts a node out of the cluster.</summary>
    internal void Remove(long incarnation, string reason) => _router!.Remove(incarnation, reason);

    /// <summary>Breaks the connection to the seed, as a network does.</summary>
    internal void BreakConnection() => _connector!.Break();

    /// <summary>Ends as if the process had died: actors are not told, the seed hears nothing.</summary>
    internal async Task DieAsync()
    {
        await _connector!.DieAsync().ConfigureAwait(false);
        await _node.AbandonAllAsync("its process died").ConfigureAwait(false);
    }

    /// <summary>Waits for the seed's first word on the cluster.</summary>
    private async Task SeeClusterAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed = Changed;
            if (Nodes.Count > 0)
            {
                return;
            }

            await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task StopAsync()
    {
        // Waits inside handlers end first, so that the handlers can.
        await EndBlocksAsync().ConfigureAwait(false);
        IReadOnlyList<ActorAddress> stillRunning = await _node.StopAsync().ConfigureAwait(false);
        if (_connector is not null)
        {
            await _connector.StopAsync().ConfigureAwait(false);
            _connector.Dispose();
        }

        _router?.Stop();
        _toSeed.Close();
        _fromSeed.Close();
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
        _certificates?.Dispose();
        _stopping.Dispose();
        EndCompute(stillRunning);
        if (stillRunning.Count > 0)
        {
            throw new StopTimeoutException(stillRunning, _options.StopTimeout);
        }

        if (_node.StopFailures.Count > 0)
        {
            throw new AggregateException("Actors threw while they stopped.", _node.StopFailures);
        }
    }

    private void ConfigureHandler(SocketsHttpHandler handler)
    {
        _options.BlockExchange.ConfigureHandler?.Invoke(handler);
        _certificates?.Secure(handler.SslOptions);
    }

    private async Task EndBlocksAsync()
    {
        switch (Blocks)
        {
            case IAsyncDisposable disposable:
                await disposable.DisposeAsync().ConfigureAwait(false);
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }

    private void EndCompute(IReadOnlyList<ActorAddress> stillRunning)
    {
        if (stillRunning.Count > 0)
        {
            // Whatever still runs may never end, so its pool is told to end but not awaited.
            _ownCompute?.Close();
        }
        else
        {
            _ownCompute?.Dispose();
        }
    }

    private async Task TickAsync(SeedRouter router)
    {
        while (!_stopping.IsCancellationRequested)
        {
            await Task.Delay(_options.HeartbeatInterval / 4, _options.NodeTime, _stopping.Token)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            router.Tick();
        }
    }
}
