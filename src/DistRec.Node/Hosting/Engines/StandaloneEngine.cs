using DistRec.Actors;
using DistRec.Actors.Cluster;
using DistRec.Actors.Cluster.Blocks;
using DistRec.Training.Protocol;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace DistRec.Node.Hosting.Engines;

/// <summary>The engine with one seed and nothing to install.</summary>
internal sealed class StandaloneEngine : INodeEngine
{
    private readonly StandaloneActorSystem _system;

    /// <exception cref="ArgumentException">The options are not usable.</exception>
    public StandaloneEngine(TrainingNodeOptions options, Action<IEndpointRouteBuilder> mapEndpoints, ILoggerFactory loggers) =>
        _system = new StandaloneActorSystem(
            new StandaloneOptions
            {
                Role = options.Role,
                NodeId = options.Id,
                Listen = options.Listen,
                AdvertisedAddress = options.Advertise,
                SeedAddress = options.Join,
                Secret = options.Secret,
                Tls = options.Tls,
                AllowPlaintext = options.AllowPlaintext,
                Messages = [TrainingReflection.Descriptor],
                ComputeThreads = options.Threads,
                HeartbeatInterval = options.Heartbeat,
                DetectionTime = options.Detection,
                LeaseTime = options.Detection * 0.75,
                Time = options.Time,
                MapEndpoints = mapEndpoints,
            },
            loggers);

    public IActorSystem System => _system;

    public IClusterView Cluster => _system;

    public HttpBlockExchange Blocks => (HttpBlockExchange)_system.Blocks;

    public Uri Address => _system.Address;

    /// <summary>Never: a worker that the seed has removed joins again by itself.</summary>
    public Task Removed { get; } = new TaskCompletionSource().Task;

    public Task StartAsync(IReadOnlyList<ActorKind> kinds, CancellationToken cancellationToken)
    {
        _system.Register(kinds);
        return _system.StartAsync(cancellationToken);
    }

    public Task LeaveAsync(CancellationToken cancellationToken) => _system.LeaveAsync(cancellationToken);

    public ValueTask DisposeAsync() => _system.DisposeAsync();
}
