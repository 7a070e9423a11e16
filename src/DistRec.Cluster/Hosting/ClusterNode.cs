using Akka.Actor;
using Akka.Cluster.Hosting;
using Akka.Hosting;
using DistRec.Cluster.Api;
using DistRec.Cluster.Blocks;
using DistRec.Cluster.Security;
using DistRec.Training.Actors;
using DistRec.Training.Work;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using AkkaCluster = Akka.Cluster.Cluster;

namespace DistRec.Cluster.Hosting;

/// <summary>
/// One node of a training cluster: a coordinator with the queue of jobs, their journal and store and the HTTP API, a worker with partitions,
/// or both.
/// </summary>
public sealed class ClusterNode : IAsyncDisposable
{
    private const string NotLetIn = "the cluster goes on without this node, which it could not reach or let in, such as for its certificates";

    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(30);

    private readonly WebApplication _application;
    private readonly NodeServices _services;
    private readonly TaskCompletionSource<string> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isLeaving;

    private ClusterNode(WebApplication application, NodeServices services)
    {
        _application = application;
        _services = services;
    }

    /// <summary>How other nodes, and clients, reach it.</summary>
    public Uri Address => new(_services.Blocks.Endpoint);

    /// <summary>
    /// Completes with the reason when the node ends although nobody asked it to: the cluster goes on without it, such as after it was cut off,
    /// or something that it cannot do without has failed. A process that wants to be back starts a new node.
    /// </summary>
    public Task<string> Ended => _ended.Task;

    /// <summary>The node's actors by their keys.</summary>
    public IReadOnlyActorRegistry Actors => _application.Services.GetRequiredService<IReadOnlyActorRegistry>();

    private NodeHealth Health => _application.Services.GetRequiredService<NodeHealth>();

    internal ActorSystem ActorSystem => _application.Services.GetRequiredService<ActorSystem>();

    /// <summary>Starts a node; returns when it is a full member of its cluster.</summary>
    /// <exception cref="ArgumentException">The options are not usable; one line for each mistake.</exception>
    /// <exception cref="Data.InputException">Store or journal cannot be used.</exception>
    /// <exception cref="IOException">An address to listen on is taken.</exception>
    public static async Task<ClusterNode> StartAsync(
        ClusterNodeOptions options, ILoggerFactory loggers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        NodeServices services = await NodeServices.OpenAsync(options, loggers, cancellationToken).ConfigureAwait(false);
        ClusterNode? node = null;
        try
        {
            node = new ClusterNode(Build(services, loggers), services);
            await node.StartAsync(loggers, cancellationToken).ConfigureAwait(false);
            return node;
        }
        catch
        {
            IAsyncDisposable begun = node is null ? services : node;
            await begun.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What keeps the process from being worth keeping; empty for nothing.</summary>
    public string FindDeath() => Health.FindDeath();

    /// <summary>What keeps the node from doing its work; empty for nothing.</summary>
    public Task<string> FindFaultAsync() => Health.FindFaultAsync();

    /// <summary>
    /// Leaves the cluster in good order: a worker's partitions end and start again on other nodes, the queue moves to another coordinator.
    /// </summary>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public async Task LeaveAsync(CancellationToken cancellationToken = default)
    {
        _isLeaving = true;
        await CoordinatedShutdown.Get(ActorSystem).Run(CoordinatedShutdown.ClusterLeavingReason.Instance)
            .WaitAsync(LeaveTimeout, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _isLeaving = true;
        try
        {
            await _application.StopAsync().ConfigureAwait(false);
        }
        finally
        {
            await _application.DisposeAsync().ConfigureAwait(false);
            await _services.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task StartAsync(ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        try
        {
            await _application.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Akka.NET ends the host when a node that it calls shows a certificate that is not trusted.
            throw new ClusterJoinException(NotLetIn, mayPass: true);
        }

        ActorSystem system = ActorSystem;
        _ = system.WhenTerminated.ContinueWith(_ => OnTerminated(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        NodeHealth health = Health;
        PartitionRegions regions = PartitionRegions.Of(Actors);
        Dictionary<IActorRef, string> vital = new()
        {
            [regions.Users] = "the region of user partitions",
            [regions.Items] = "the region of item partitions",
            [regions.Parameters] = "the region of parameter shards",
        };
        foreach ((IActorRef actor, string name) in _services.Options.Extension?.Vital(Actors) ?? new Dictionary<IActorRef, string>())
        {
            vital[actor] = name;
        }

        ILogger logger = loggers.CreateLogger<ClusterNode>();
        system.ActorOf(
            NodeMonitor.Props(
                vital,
                _services.Describe,
                reason =>
                {
                    health.Failure = reason;
                    _ended.TrySetResult(reason);
                },
                logger),
            NodeMonitor.Name);
        logger.LogInformation(
            "Node {Address} serves blocks at {HttpAddress} and waits for its cluster.", AkkaCluster.Get(system).SelfAddress, Address);
        TaskCompletionSource joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
        AkkaCluster.Get(system).RegisterOnMemberUp(joined.SetResult);
        await Task.WhenAny(joined.Task, _ended.Task).WaitAsync(cancellationToken).ConfigureAwait(false);
        if (_ended.Task.IsCompleted)
        {
            throw new ClusterJoinException(await _ended.Task.ConfigureAwait(false), mayPass: system.WhenTerminated.IsCompleted);
        }
    }

    private static WebApplication Build(NodeServices services, ILoggerFactory loggers)
    {
        ClusterNodeOptions options = services.Options;

        // Empty: what lies about in the folder, or is set for other programs, is none of its business.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers).AddLogging().AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = LeaveTimeout + LeaveTimeout);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().TuneForBlocks()
            .ConfigureKestrel(kestrel => kestrel.Listen(services.Listen, listen => Secure(listen, services.Certificates, options.Tls)));
        builder.Services.AddAkka(AkkaNodeSettings.SystemName, (akka, _) =>
        {
            akka.WithClusterNode(services.Akka)
                .WithTrainingActors(region => PartitionRegion.Of(region, services.Resources, PartitionWorks.Create), new ShardedRegions());
            if (services.Jobs is { } jobs)
            {
                akka.WithSingleton<JobQueueKey>(
                    "jobs", (_, registry, _) => jobs.QueueProps(PartitionRegions.Of(registry), services.Resources), new ClusterSingletonOptions { Role = NodeRoles.Coordinator });
            }

            options.Extension?.AddActors(akka);
        });
        builder.Services.AddSingleton(provider => new NodeHealth(
            provider.GetRequiredService<ActorSystem>(),
            options.Coordinates ? provider.GetRequiredService<IReadOnlyActorRegistry>().Get<JobQueueKey>() : null));
        builder.Services.AddSingleton(provider => ApiOf(provider, services, loggers));
        WebApplication application = builder.Build();
        services.Blocks.MapBlocks(application);
        HealthEndpoints.Map(application, application.Services.GetRequiredService<NodeHealth>);
        if (services.Jobs is not null)
        {
            string host = new Uri(services.Blocks.Endpoint).Authority;
            JobApi.Map(application, application.Services.GetRequiredService<JobApi>, options, loggers.CreateLogger<JobApi>(), () => host);
        }

        return application;
    }

    private static JobApi ApiOf(IServiceProvider provider, NodeServices services, ILoggerFactory loggers)
    {
        IReadOnlyActorRegistry registry = provider.GetRequiredService<IReadOnlyActorRegistry>();
        CoordinatorServices jobs = services.Jobs!;
        StatusReader status = new(
            provider.GetRequiredService<ActorSystem>(), PartitionRegions.Of(registry), jobs.Journal, jobs.Store, services.Options.MaximumJobs,
            loggers.CreateLogger<StatusReader>());
        return new JobApi(
            registry.Get<JobQueueKey>(), jobs.Journal, jobs.Store, jobs.Uploads, status, services.Options, loggers.CreateLogger<JobApi>());
    }

    private static void Secure(ListenOptions listen, Certificates? certificates, TlsOptions? tls)
    {
        if (certificates is not { } known)
        {
            return;
        }

        listen.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = known.Own,
            ClientCertificateMode = tls!.RequireClientCertificate ? ClientCertificateMode.RequireCertificate : ClientCertificateMode.NoCertificate,
            ClientCertificateValidation = (certificate, _, errors) => known.IsTrusted(certificate, errors),
        });
    }

    private void OnTerminated()
    {
        if (!_isLeaving)
        {
            _ended.TrySetResult(NotLetIn);
        }
    }
}

/// <summary>A node was not let into its cluster.</summary>
/// <param name="reason">Why.</param>
/// <param name="mayPass">See <see cref="MayPass"/>.</param>
public sealed class ClusterJoinException(string reason, bool mayPass)
    : IOException($"expected to become a member of the cluster, found that {reason}; run the same release on every node, and see the log")
{
    /// <summary>Why.</summary>
    public string Reason { get; } = reason;

    /// <summary>Whether a node that is started again may be let in, such as after the network was cut.</summary>
    public bool MayPass { get; } = mayPass;
}
