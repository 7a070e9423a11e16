using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace DistRec.Serving.Api;

/// <summary>
/// Ids in a path may have any letters. A slash that is escaped reaches the routes as <c>%2F</c>, which an id may hold, too: such ids are read
/// from the path as it was sent.
/// </summary>
internal static class EscapedIds
{
    /// <summary>Middleware between the choice of a route and what the route does.</summary>
    public static Task ReadAsync(HttpContext context, RequestDelegate next)
    {
        string target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        if (target.Contains("%2F", StringComparison.OrdinalIgnoreCase) && context.GetEndpoint() is RouteEndpoint { RoutePattern: { } pattern })
        {
            string[] sent = target.Split('?')[0].Split('/', StringSplitOptions.RemoveEmptyEntries);
            for (int index = 0; index < Math.Min(sent.Length, pattern.PathSegments.Count); index++)
            {
                if (pattern.PathSegments[index].Parts is [RoutePatternParameterPart parameter])
                {
                    context.Request.RouteValues[parameter.Name] = Uri.UnescapeDataString(sent[index]);
                }
            }
        }

        return next(context);
    }
}
