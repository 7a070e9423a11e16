using DistRec.Actors;
using DistRec.Actors.Akka;
using DistRec.Actors.Cluster;
using DistRec.Actors.Cluster.Blocks;
using DistRec.Actors.Cluster.Security;
using DistRec.Actors.Cluster.Standalone;
using DistRec.Training.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace DistRec.Node.Hosting.Engines;

/// <summary>
/// The engine on Akka.NET: control messages on its own connections, blocks and the API over HTTP beside them. Compiled where
/// the package feed has Akka.NET.
/// </summary>
internal sealed class AkkaEngine : INodeEngine
{
    private readonly TrainingNodeOptions _options;
    private readonly Action<IEndpointRouteBuilder> _mapEndpoints;
    private readonly AkkaSettings _settings;
    private readonly Certificates? _certificates;
    private readonly NodeServer _server;
    private readonly AkkaActorSystem _system;
    private readonly ILogger _logger;
    private Uri? _address;

    /// <exception cref="ArgumentException">The options are not usable.</exception>
    public AkkaEngine(TrainingNodeOptions options, Action<IEndpointRouteBuilder> mapEndpoints, ILoggerFactory loggers)
    {
        _options = options;
        _mapEndpoints = mapEndpoints;
        _logger = loggers.CreateLogger<AkkaActorSystem>();
        _settings = AkkaSettings.From(options);
        _certificates = options.Tls is { } tls ? new Certificates(tls) : null;
        _server = new NodeServer(options.Listen, options.Tls?.RequireClientCertificate ?? false, _certificates, loggers);
        string scheme = options.Tls is null ? "http" : "https";
        _system = new AkkaActorSystem(new AkkaActorSystemOptions
        {
            Configuration = _settings.Configuration,
            NodeId = options.Id,
            Logger = _logger,
            Messages = [TrainingReflection.Descriptor],
            Time = options.Time,
            ComputeThreads = options.Threads,
            HttpAddress = options.Advertise ?? new Uri($"{scheme}://{options.Listen}/"),
            Blocks = directory => new HttpBlockExchange(directory, new HttpBlockExchangeOptions
            {
                Secret = options.Secret, Logger = _logger, ConfigureHandler = handler => _certificates?.Secure(handler.SslOptions),
            }),
        });
    }

    public IActorSystem System => _system;

    public IClusterView Cluster => _system.View;

    public HttpBlockExchange Blocks => (HttpBlockExchange)_system.Blocks;

    public Uri Address => _address ?? throw new InvalidOperationException("The node has no address before StartAsync.");

    public Task Removed => _system.Removed;

    public async Task StartAsync(IReadOnlyList<ActorKind> kinds, CancellationToken cancellationToken)
    {
        await _server.StartAsync(
            routes =>
            {
                Blocks.MapBlocks(routes);
                _mapEndpoints(routes);
            },
            cancellationToken).ConfigureAwait(false);
        _address = _options.Advertise ?? _server.ListensOn;
        _system.ServeAt(_address);
        if (_settings.FormsCluster)
        {
            _system.Join(_system.ClusterAddress);
        }

        _logger.LogInformation("Node {Address} serves blocks at {HttpAddress} and waits for its cluster.", _system.ClusterAddress, _address);
        await _system.JoinedAsync(cancellationToken).ConfigureAwait(false);
        _system.Register(kinds);
    }

    public Task LeaveAsync(CancellationToken cancellationToken) => _system.LeaveAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _system.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            await _server.DisposeAsync().ConfigureAwait(false);
            _certificates?.Dispose();
        }
    }
}
