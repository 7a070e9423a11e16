using DistRec.Cluster.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DistRec.Cluster.Api;

/// <summary>Answers whoever asks how the node is, without the secret.</summary>
internal static class HealthEndpoints
{
    /// <summary>Maps <c>/health/live</c>, whether the process is worth keeping, and <c>/health/ready</c> or <c>/health</c>, whether it does its work.</summary>
    public static void Map(IEndpointRouteBuilder routes, Func<NodeHealth> health)
    {
        routes.MapGet("/health/live", context => AnswerAsync(context, health().FindDeath()));
        routes.MapGet("/health/ready", ReadyAsync);
        routes.MapGet("/health", ReadyAsync);

        async Task ReadyAsync(HttpContext context) => await AnswerAsync(context, await health().FindFaultAsync().ConfigureAwait(false)).ConfigureAwait(false);
    }

    private static Task AnswerAsync(HttpContext context, string fault)
    {
        context.Response.StatusCode = fault.Length == 0 ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        return context.Response.WriteAsync(fault.Length == 0 ? "ok" : fault, context.RequestAborted);
    }
}
