using Akka.Actor;
using Akka.Hosting;
using DistRec.Cluster.Hosting;
using DistRec.Cluster.Security;
using DistRec.Serving.Actors;
using DistRec.Serving.Api;
using DistRec.Serving.Dashboard;
using DistRec.Serving.Registry;
using DistRec.Serving.Stores;
using DistRec.Serving.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Scalar.AspNetCore;

namespace DistRec.Serving.Hosting;

/// <summary>A server that answers queries over HTTP, with the prediction actors in its process.</summary>
public sealed class RecommendationServer : IAsyncDisposable
{
    private static readonly TimeSpan WakeTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LoadTimeout = TimeSpan.FromMinutes(10);

    private readonly ClusterNode _cluster;
    private readonly ServerStores _stores;
    private readonly WebApplication _application;

    private RecommendationServer(ClusterNode cluster, ServerStores stores, WebApplication application, ServingNode node)
    {
        _cluster = cluster;
        _stores = stores;
        _application = application;
        Node = node;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());

    /// <summary>Where other nodes of its cluster reach it.</summary>
    public Uri NodeAddress => _cluster.Address;

    /// <summary>What it answers from.</summary>
    public ServingNode Node { get; }

    /// <summary>Completes with the reason when the server ends although nobody asked it to.</summary>
    public Task<string> Ended => _cluster.Ended;

    /// <summary>Starts a server; it answers when this returns.</summary>
    /// <exception cref="ArgumentException">The options are not usable.</exception>
    /// <exception cref="InputException">What it keeps cannot be read.</exception>
    /// <exception cref="IOException">The address is taken.</exception>
    public static async Task<RecommendationServer> StartAsync(ServerOptions options, ILoggerFactory loggers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        ServingNode node = new(options.Partitions);
        UserQueries queries = new(node, options.Time);
        Directory.CreateDirectory(options.DataFolder);
        ServerStores stores = await ServerStores.OpenAsync(
            options.Database ?? Path.Combine(options.DataFolder, ServerOptions.DatabaseFile), new FolderModelFiles(Path.Combine(options.DataFolder, "models")), options.Partitions, options.Time, cancellationToken).ConfigureAwait(false);
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

            cluster = await ClusterNode.StartAsync(options.Cluster with { Extension = ExtensionOf(node, queries, stores) }, loggers, cancellationToken)
                .ConfigureAwait(false);
        }
        catch
        {
            await stores.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        UserDesk desk = new(node, queries, cluster.Actors);
        RecommendationServer server = new(cluster, stores, Build(options, loggers, cluster.Actors, stores, desk, queries, node), node);
        try
        {
            await cluster.Actors.Get<ActiveModelsKey>().Ask<ModelsRefreshed>(RefreshModels.Instance, LoadTimeout, cancellationToken).ConfigureAwait(false);
            await Task.WhenAll(Enumerable.Range(0, node.Partitions).Select(index => desk.WakeAsync(index, WakeTimeout, cancellationToken)))
                .ConfigureAwait(false);
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
    public Task LeaveAsync() => _cluster.LeaveAsync();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync().ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        await _cluster.DisposeAsync().ConfigureAwait(false);
        await _stores.DisposeAsync().ConfigureAwait(false);
    }

    private static NodeExtension ExtensionOf(ServingNode node, UserQueries queries, ServerStores stores) => new(
        akka => akka.WithPredictionActors(node, queries, stores.Events, stores.Models),
        actors => new Dictionary<IActorRef, string>
        {
            [actors.Get<PredictionsKey>()] = "the region of predictions",
            [actors.Get<EventsKey>()] = "the log of events",
            [actors.Get<ActiveModelsKey>()] = "what loads the active models",
        });

    private static WebApplication Build(
        ServerOptions options, ILoggerFactory loggers, IReadOnlyActorRegistry actors, ServerStores stores, UserDesk desk, UserQueries queries, ServingNode node)
    {
        // Empty: what lies about in the folder, or is set for other programs, is none of its business.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers).AddLogging().AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 4 << 20;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Listen(options.Listen);
        });
        builder.Services.ConfigureHttpJsonOptions(json => ServingJson.Configure(json.SerializerOptions));
        builder.Services.AddValidation();

        // What cannot be read is told by name, as everything else that is wrong with a request.
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddProblemDetails().AddExceptionHandler<Problems>();
        builder.Services.AddOpenApi("v1", ApiDocument.Configure);
        WebApplication application = builder.Build();
        application.UseExceptionHandler();
        application.UseStatusCodePages();
        application.Use(RefuseOtherSites);
        application.UseRouting();
        application.Use(EscapedIds.ReadAsync);
        RouteGroupBuilder api = application.MapGroup("/v1").WithTags("v1");
        QueryEndpoints.Map(api, desk, queries);
        RatingEndpoints.Map(api, desk, node, options.Time);
        EventEndpoints.Map(api, desk, options.Time);
        MapEndpoints maps = new(queries);
        maps.Map(api);
        application.Lifetime.ApplicationStopping.Register(maps.Dispose);
        new ModelEndpoints(stores.Models, actors.Get<ActiveModelsKey>(), node).Map(api);
        CatalogueEndpoints.Map(api, queries, node);
        if (options.Bare)
        {
            application.MapGet("/bare", () => TypedResults.Ok(new RatingsAnswer("", 0, 0))).ExcludeFromDescription();
        }

        application.MapOpenApi();
        application.MapScalarApiReference("/docs");
        DashboardFiles.Map(application);
        return application;
    }

    // Without keys the loopback keeps other machines out, and this the pages of other sites in a browser of this machine.
    private static async Task RefuseOtherSites(HttpContext context, RequestDelegate next)
    {
        if (BrowserRequests.FindFault(context.Request, null) is { } fault)
        {
            await TypedResults.Problem(fault, statusCode: StatusCodes.Status403Forbidden, title: "the request comes from another site")
                .ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        await next(context).ConfigureAwait(false);
    }
}
