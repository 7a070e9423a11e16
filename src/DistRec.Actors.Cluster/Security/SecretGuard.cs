using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace DistRec.Actors.Cluster.Security;

/// <summary>Lets only requests through that prove the cluster's secret; others get 401 and a line in the log.</summary>
public static class SecretGuard
{
    /// <summary>Puts the guard before an endpoint.</summary>
    /// <param name="secret">The secret; null lets everyone through.</param>
    /// <param name="next">The endpoint.</param>
    /// <param name="time">This node's clock.</param>
    /// <param name="logger">Hears of refused requests.</param>
    public static RequestDelegate Guard(ClusterSecret? secret, RequestDelegate next, TimeProvider time, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(next);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logger);
        return secret is null ? next : context => CheckAsync(secret, next, time, logger, context);
    }

    private static async Task CheckAsync(ClusterSecret secret, RequestDelegate next, TimeProvider time, ILogger logger, HttpContext context)
    {
        // The proof is over what was sent: the path and query before anything decoded them.
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        string? fault = secret.FindFault(context.Request.Method, target, context.Request.Headers.Authorization, time.GetUtcNow());
        if (fault is null)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        logger.LogWarning(
            "Refused a request to {Path} from {Address}: {Fault}.", context.Request.Path.Value, context.Connection.RemoteIpAddress, fault);
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = ClusterSecret.Scheme;
        await context.Response.WriteAsync(fault, context.RequestAborted).ConfigureAwait(false);
    }
}
