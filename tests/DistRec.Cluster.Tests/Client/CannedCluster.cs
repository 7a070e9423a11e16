using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace DistRec.Cluster.Tests.Client;

/// <summary>A server on the loopback that answers as a test says, and remembers what it was asked.</summary>
internal sealed class CannedCluster : IAsyncDisposable
{
    private readonly WebApplication _server;

    private CannedCluster(WebApplication server) => _server = server;

    public Uri Address => new(_server.Urls.Single());

    /// <summary>Every request, in the order of their arrival: the method and the target.</summary>
    public ConcurrentQueue<Asked> Requests { get; } = [];

    public Func<Asked, HttpContext, Task> Answer { get; set; } = (_, context) => RefuseAsync(context, HttpStatusCode.NotFound);

    public static async Task<CannedCluster> StartAsync()
    {
        WebApplicationBuilder builder = QuietBuilder.Create();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        WebApplication server = builder.Build();
        CannedCluster cluster = new(server);
        server.Run(cluster.TakeAsync);
        await server.StartAsync();
        return cluster;
    }

    public static Task JsonAsync<T>(HttpContext context, T value, int status = 200)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(JsonSerializer.Serialize(value, typeof(T), ApiJson.Default));
    }

    public static Task EventsAsync(HttpContext context, params IEnumerable<JobEvent> events)
    {
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(JsonFormatter.Default.Format(new JobEvents { Events = { events } }));
    }

    public static Task RefuseAsync(HttpContext context, HttpStatusCode status, string? title = null, string? detail = null)
    {
        context.Response.StatusCode = (int)status;
        return title is null
            ? Task.CompletedTask
            : context.Response.WriteAsync(
                JsonSerializer.Serialize(new ProblemAnswer(title, detail, (int)status), ApiJson.Default.ProblemAnswer));
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using MemoryStream body = new();
        await context.Request.Body.CopyToAsync(body);
        Asked asked = new(
            context.Request.Method,
            context.Request.Headers.Host.ToString(),
            context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            context.Request.Headers.Authorization,
            context.Request.Headers[BodyHash.Header],
            context.Request.ContentLength,
            body.ToArray());
        Requests.Enqueue(asked);
        await Answer(asked, context);
    }
}

/// <summary>One request.</summary>
internal sealed record Asked(string Method, string Host, string Target, string? Authorization, string? BodyHash, long? Length, byte[] Body)
{
    public string Line => $"{Method} {Target}";
}
