using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DistRec.Node.Api;

/// <summary>Answers whoever asks whether the process lives, without the secret.</summary>
internal static class HealthEndpoint
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/health", static (HttpContext context) => context.Response.WriteAsync("ok", context.RequestAborted));
}
