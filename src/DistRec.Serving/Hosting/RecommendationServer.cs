using Akka.Actor;
using DistRec.Cluster.Hosting;
using DistRec.Cluster.Security;
using DistRec.Serving.Actors;
using DistRec.Serving.Api;
using DistRec.Serving.Dashboard;
using DistRec.Serving.Events;
using DistRec.Serving.Queries;
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

    private readonly ClusterNode _cluster;
    private readonly WebApplication _application;

    private RecommendationServer(ClusterNode cluster, WebApplication application, ServingNode node)
    {
        _cluster = cluster;
        _application = application;
        Node = node;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_application.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());

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
        MemoryRatingLog log = new();
        ClusterNode cluster = await ClusterNode.StartAsync(
            options.Cluster with
            {
                Extension = new NodeExtension(
                    akka => akka.WithPredictionActors(node, queries, log),
                    actors => new Dictionary<IActorRef, string> { [actors.Get<PredictionsKey>()] = "the region of predictions" }),
            },
            loggers,
            cancellationToken).ConfigureAwait(false);
        UserDesk desk = new(node, queries, cluster.Actors);
        RecommendationServer server = new(cluster, Build(options, loggers, desk, queries, node), node);
        try
        {
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
    }

    private static WebApplication Build(
        ServerOptions options, ILoggerFactory loggers, UserDesk desk, UserQueries queries, ServingNode node)
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
        builder.Services.AddOpenApi("v1");
        WebApplication application = builder.Build();
        application.UseExceptionHandler();
        application.UseStatusCodePages();
        application.Use(RefuseOtherSites);
        application.UseRouting();
        application.Use(EscapedIds.ReadAsync);
        RouteGroupBuilder api = application.MapGroup("/v1");
        QueryEndpoints.Map(api, desk, queries);
        RatingEndpoints.Map(api, desk, node, options.Time);
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
