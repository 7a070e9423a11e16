using Akka.Actor;
using Akka.Hosting;
using DistRec.Cluster.Hosting;
using DistRec.Serving.Actors;
using DistRec.Serving.Api;
using DistRec.Serving.Dashboard;
using DistRec.Serving.Keys;
using DistRec.Serving.Registry;
using DistRec.Serving.Stores;
using DistRec.Serving.Telemetry;
using DistRec.Serving.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using Scalar.AspNetCore;

namespace DistRec.Serving.Hosting;

/// <summary>A server that answers queries over HTTP, with the prediction actors in its process.</summary>
public sealed class RecommendationServer : IAsyncDisposable
{
    // A sender that is slower keeps a connection busy for nothing.
    private const double BodyBytesPerSecond = 240;

    private static readonly TimeSpan WakeTimeout = TimeSpan.FromSeconds(30);

    private readonly ClusterNode _cluster;
    private readonly ServerStores _stores;
    private readonly JobServices _jobs;
    private readonly RequestMeter _meter;
    private readonly MeterProvider _metrics;
    private readonly ApiTls? _tls;
    private readonly KnownKeys _keys;
    private readonly KeyRule _keyRule;
    private readonly WebApplication _application;

    private RecommendationServer(
        ClusterNode cluster, ServerStores stores, ApiTls? tls, ServerOptions options, ServingNode node, UserQueries queries, UserDesk desk, ILoggerFactory loggers)
    {
        _cluster = cluster;
        _stores = stores;
        _jobs = new JobServices(options, cluster, stores.Events, stores.Items, new TrainedModels(stores.Models, new ModelLoader(cluster.Actors)), loggers);
        _meter = new RequestMeter(options.Time);
        _metrics = MetricsExport.Create();
        _tls = tls;
        _keys = new KnownKeys(stores.Keys, options.Time, loggers.CreateLogger<KnownKeys>());
        _keyRule = new KeyRule(_keys, options.IsLocal);
        Node = node;
        _application = Build(options, loggers, desk, queries);
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());

    /// <summary>Where other nodes of its cluster reach it.</summary>
    public Uri NodeAddress => _cluster.Address;

    /// <summary>What it answers from.</summary>
    public ServingNode Node { get; }

    /// <summary>Its actors.</summary>
    internal IReadOnlyActorRegistry Actors => _cluster.Actors;

    /// <summary>Whether it asks for keys.</summary>
    public bool AsksForKeys => !_keyRule.IsOpen;

    /// <summary>Whether a key is valid that may make further ones.</summary>
    public bool HasAdminKey => _keys.HasAdmin;

    /// <summary>What it answers.</summary>
    internal IReadOnlyList<Endpoint> Endpoints => _application.Services.GetRequiredService<EndpointDataSource>().Endpoints;

    /// <summary>Completes with the reason when the server ends although nobody asked it to.</summary>
    public Task<string> Ended => _cluster.Ended;

    /// <summary>Starts a server; it answers when this returns.</summary>
    /// <exception cref="ArgumentException">The options are not usable.</exception>
    /// <exception cref="InputException">What it keeps cannot be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The API's certificate or its key cannot be used.</exception>
    /// <exception cref="IOException">The address is taken.</exception>
    public static async Task<RecommendationServer> StartAsync(ServerOptions options, ILoggerFactory loggers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        if (!options.IsLocal && options.Tls is null && !options.AllowPlaintext)
        {
            throw new ArgumentException($"Listen: expected TLS off the loopback, found connections in the clear at {options.Listen}; give Tls, or AllowPlaintext", nameof(options));
        }

        ApiTls? tls = options.Tls is { } files ? new ApiTls(files) : null;
        try
        {
            return await StartAsync(options, tls, loggers, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            tls?.Dispose();
            throw;
        }
    }

    private static async Task<RecommendationServer> StartAsync(ServerOptions options, ApiTls? tls, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        ServingNode node = new(options.Partitions);
        UserQueries queries = new(node, options.Time);
        Directory.CreateDirectory(options.DataFolder);
        ServerStores stores = await ServerStores.OpenAsync(
            options.DatabasePlace, options.OpenModelFiles(), options.Partitions, options.Time, cancellationToken).ConfigureAwait(false);
        ClusterNode cluster;
        try
        {
            if (options.ModelFolder is { } folder)
            {
                ModelVersion version = await stores.Models.RegisterAsync(
                    new ModelRegistration { Name = ModelName.Of(folder), Folder = folder, By = options.StartedBy }, cancellationToken).ConfigureAwait(false);
                await stores.Models.ActivateAsync(version.Name, version.Version, options.StartedBy, "named when the server was started", cancellationToken)
                    .ConfigureAwait(false);
            }

            NodeExtension extension = ExtensionOf(node, queries, stores, options);
            cluster = await ClusterNode.StartAsync(options.Cluster with { Extension = extension }, loggers, cancellationToken)
                .ConfigureAwait(false);
        }
        catch
        {
            await stores.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        UserResponder responder = new(node, queries, new ArmKeeper(cluster.Actors.Get<ArmsKey>()), new ShadowDesk(cluster.Actors.Get<ShadowsKey>()));
        UserDesk desk = new(node, responder, cluster.Actors);
        RecommendationServer server = new(cluster, stores, tls, options, node, queries, desk, loggers);
        try
        {
            await new ModelLoader(cluster.Actors).RefreshAsync(cancellationToken).ConfigureAwait(false);
            await Task.WhenAll(Enumerable.Range(0, node.Partitions).Select(index => desk.WakeAsync(index, WakeTimeout, cancellationToken)))
                .ConfigureAwait(false);
            await server._keys.StartAsync(cancellationToken).ConfigureAwait(false);
            server._jobs.Jobs.Resume();
            await server._application.StartAsync(cancellationToken).ConfigureAwait(false);
            return server;
        }
        catch
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Leaves the cluster in good order: partitions of users move to other nodes that serve.</summary>
    /// <exception cref="TimeoutException">It took too long.</exception>
    public async Task LeaveAsync()
    {
        // What becomes of the cluster from now on is not theirs to judge.
        await _jobs.Jobs.StopAsync().ConfigureAwait(false);
        await _cluster.LeaveAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Listeners to jobs would be waited for.
        await _jobs.DisposeAsync().ConfigureAwait(false);
        await _application.StopAsync().ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        _tls?.Dispose();
        await _keys.DisposeAsync().ConfigureAwait(false);
        _metrics.Dispose();
        await _cluster.DisposeAsync().ConfigureAwait(false);
        await _stores.DisposeAsync().ConfigureAwait(false);
    }

    private static NodeExtension ExtensionOf(ServingNode node, UserQueries queries, ServerStores stores, ServerOptions options) => new(
        akka => akka.WithPredictionActors(node, queries, stores, options.NewItemRatings, options.Time),
        actors => new Dictionary<IActorRef, string>
        {
            [actors.Get<PredictionsKey>()] = "the region of predictions",
            [actors.Get<EventsKey>()] = "the log of events",
            [actors.Get<ActiveModelsKey>()] = "what loads the active models",
            [actors.Get<NewItemsKey>()] = "what takes in new items",
            [actors.Get<ArmsKey>()] = "what keeps the arms of users",
        });

    private WebApplication Build(ServerOptions options, ILoggerFactory loggers, UserDesk desk, UserQueries queries)
    {
        // Empty: what lies about in the folder, or is set for other programs, is none of its business.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers).AddLogging().AddRoutingCore();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 4 << 20;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(BodyBytesPerSecond, options.BodyGrace);
            kestrel.Listen(options.Listen, listen => _tls?.Secure(listen));
        });
        builder.Services.ConfigureHttpJsonOptions(json => ServingJson.Configure(json.SerializerOptions));
        builder.Services.AddValidation();

        // What cannot be read is told by name, as everything else that is wrong with a request.
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddProblemDetails().AddExceptionHandler<Problems>();
        builder.Services.AddOpenApi("v1", ApiDocument.Configure);
        ApiSecurity.Add(builder.Services, _keys, _keyRule, options);
        WebApplication application = builder.Build();
        application.Use(_meter.MeasureAsync);
        application.UseExceptionHandler();
        application.UseStatusCodePages();
        application.UseRouting();
        ApiSecurity.Use(application, _keyRule);
        application.Use(EscapedIds.ReadAsync);
        RouteGroupBuilder measured = application.MapGroup("/v1").WithTags("v1").WithMetadata(MeasuredEndpoint.Instance);
        RouteGroupBuilder asking = measured.MapGroup("").RequireScope(ApiScope.Read);
        QueryEndpoints.Map(asking, desk, queries);
        RatingEndpoints.MapReading(asking, desk);
        CatalogueEndpoints.Map(asking, queries, Node);
        RouteGroupBuilder sending = measured.MapGroup("").RequireScope(ApiScope.Events);
        RatingEndpoints.MapSending(sending, desk, Node, options.Time);
        EventEndpoints.Map(sending, desk, options.Time);
        RouteGroupBuilder watching = application.MapGroup("/v1").WithTags("v1");
        MapEndpoints maps = new(queries);
        maps.Map(watching.MapGroup("").RequireScope(ApiScope.Read));
        application.Lifetime.ApplicationStopping.Register(maps.Dispose);
        ImportEndpoint.Map(watching.MapGroup("").RequireScope(ApiScope.Events), desk, options.Time);
        RouteGroupBuilder running = watching.MapGroup("").RequireScope(ApiScope.Admin);
        new ModelEndpoints(_stores.Models, Path.Combine(options.DataFolder, "uploads"), new ModelLoader(_cluster.Actors), Node).Map(running);
        new ExperimentEndpoints(_stores.Experiments, _stores.Models, new ExperimentDesk(_cluster.Actors), _stores.Events).Map(running);
        JobEndpoints.Map(running, _jobs.Jobs, _jobs.Desk, _jobs.Stream, options.Time);
        ItemEndpoints.Map(running, _stores.Items);
        KeyEndpoints.Map(running, _stores.Keys, _keys);
        WatchEndpoints.Map(running, _jobs.Client, new PredictionShards(_cluster), Node, _jobs.Desk, _meter);
        HealthEndpoints.Map(application.MapGroup("").AllowAnonymous(), _cluster, desk, Node);
        application.MapPrometheusScrapingEndpoint("/metrics", _metrics, configureBranchedPipeline: null, optionsName: null).RequireScope(ApiScope.Read);
        if (options.Bare)
        {
            application.MapGet("/bare", () => TypedResults.Ok(new RatingsAnswer("", 0, 0)))
                .WithMetadata(MeasuredEndpoint.Instance).RequireScope(ApiScope.Read).ExcludeFromDescription();
        }

        application.MapOpenApi().AllowAnonymous();
        application.MapScalarApiReference("/docs").AllowAnonymous();
        DashboardFiles.Map(application.MapGroup("").AllowAnonymous());
        return application;
    }
}
