using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace DistRec.Cluster.Security;

/// <summary>
/// Lets only requests through that prove the cluster's secret; others get 401 and a line in the log. Where there is no secret, it
/// keeps out what a browser may send on behalf of other sites; see <see cref="BrowserRequests"/>.
/// </summary>
public static class SecretGuard
{
    /// <summary>Puts the guard before an endpoint.</summary>
    /// <param name="secret">The secret; null where there is none.</param>
    /// <param name="next">
    /// The endpoint. It reads the body to its end before it acts on it: a body that is not the one that was signed shows there, by
    /// an exception that the endpoint lets pass or answers as it likes.
    /// </param>
    /// <param name="time">This node's clock.</param>
    /// <param name="logger">Hears of refused requests.</param>
    /// <param name="advertisedHost">By which name others call this node, asked at each request; only used without a secret.</param>
    public static RequestDelegate Guard(
        ClusterSecret? secret, RequestDelegate next, TimeProvider time, ILogger logger, Func<string?>? advertisedHost = null)
    {
        ArgumentNullException.ThrowIfNull(next);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(logger);
        return secret is null
            ? context => CheckBrowserAsync(next, logger, advertisedHost, context)
            : context => CheckProofAsync(secret, next, time, logger, context);
    }

    private static async Task CheckBrowserAsync(RequestDelegate next, ILogger logger, Func<string?>? advertisedHost, HttpContext context)
    {
        if (BrowserRequests.FindFault(context.Request, advertisedHost?.Invoke()) is { } fault)
        {
            await RefuseAsync(context, logger, StatusCodes.Status403Forbidden, fault).ConfigureAwait(false);
            return;
        }

        await next(context).ConfigureAwait(false);
    }

    private static async Task CheckProofAsync(
        ClusterSecret secret, RequestDelegate next, TimeProvider time, ILogger logger, HttpContext context)
    {
        // The proof is over what was sent: the path and query before anything decoded them.
        HttpRequest request = context.Request;
        string target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        SignedRequest signed = new(request.Method, request.Headers.Host.ToString(), target, request.Headers[BodyHash.Header].ToString());
        string? fault = secret.FindFault(signed, request.Headers.Authorization, time.GetUtcNow());
        if (fault is not null)
        {
            await RefuseAsync(context, logger, StatusCodes.Status401Unauthorized, fault).ConfigureAwait(false);
            return;
        }

        bool hasBody = context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? true;
        using SignedBody body = new(request.Body, hasBody ? request.ContentLength : 0, signed.BodyHash);
        request.Body = body;
        try
        {
            if (body.Fault is null)
            {
                await next(context).ConfigureAwait(false);
            }
        }
        catch (Exception) when (body.Fault is not null)
        {
            // Answered below, whatever the endpoint made of it.
        }

        if (body.Fault is not null)
        {
            await RefuseAsync(context, logger, StatusCodes.Status401Unauthorized, body.Fault).ConfigureAwait(false);
        }
    }

    private static async Task RefuseAsync(HttpContext context, ILogger logger, int status, string fault)
    {
        logger.LogWarning(
            "Refused a request to {Path} from {Address}: {Fault}.", context.Request.Path.Value, context.Connection.RemoteIpAddress, fault);
        if (context.Response.HasStarted)
        {
            // Half an answer cannot be taken back, only cut off.
            context.Abort();
            return;
        }

        context.Response.Clear();
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = ClusterSecret.Scheme;
        }

        await context.Response.WriteAsync(fault, context.RequestAborted).ConfigureAwait(false);
    }
}
