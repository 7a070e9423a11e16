using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Cluster.Tests.Security;

/// <summary>
/// A server on the loopback whose only endpoint is guarded. Unless told otherwise it keeps every body that it read to its end.
/// </summary>
internal sealed class GuardedServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GuardedServer(WebApplication app)
    {
        _app = app;
        Endpoint = KeepAsync;
    }

    public Uri Address => new(_app.Urls.Single());

    /// <summary>Bodies that were read to their end.</summary>
    public ConcurrentQueue<byte[]> Kept { get; } = [];

    /// <summary>How often the endpoint was called.</summary>
    public int Calls { get; private set; }

    public RequestDelegate Endpoint { get; set; }

    public static async Task<GuardedServer> StartAsync(ClusterSecret? secret, Func<string?>? advertisedHost = null)
    {
        WebApplicationBuilder builder = QuietBuilder.Create();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = null;
        });
        GuardedServer server = new(builder.Build());
        server._app.Run(SecretGuard.Guard(
            secret,
            context =>
            {
                server.Calls++;
                return server.Endpoint(context);
            },
            TimeProvider.System, NullLogger.Instance, advertisedHost));
        await server._app.StartAsync();
        return server;
    }

    /// <summary>Sends a request as it is.</summary>
    public static async Task<(HttpStatusCode Status, string Text)> SendAsync(HttpRequestMessage request)
    {
        using HttpClient http = new();
        using HttpResponseMessage answer = await http.SendAsync(request).Soon("an answer");
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task KeepAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        Kept.Enqueue(body.ToArray());
    }
}
