using DistRec.Cluster.Security;
using DistRec.Serving.Keys;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace DistRec.Serving.Hosting;

/// <summary>Who may send a request, and how many: between the choice of a route and what the route does.</summary>
internal static class ApiSecurity
{
    private static readonly BrowserRules Open = new(
        "a server without keys", "make a key with distrec keys create, which this server then asks for instead");

    /// <summary>Adds what the middleware needs.</summary>
    /// <param name="services">The server's.</param>
    /// <param name="keys">All keys.</param>
    /// <param name="rule">Whether it asks for them.</param>
    /// <param name="options">How the server is set up.</param>
    public static void Add(IServiceCollection services, KnownKeys keys, KeyRule rule, ServerOptions options)
    {
        // The core alone: the rest keeps keys for cookies in the user's folder.
        services.AddAuthenticationCore(authentication => authentication.AddScheme<ApiKeyAuthentication>(ApiKeyAuthentication.Scheme, null));
        services.AddTransient(_ => new ApiKeyAuthentication(keys, rule, options.Time));
        services.AddAuthorization(ScopePolicies.Add);
        RequestLimits limits = new(options.RequestsPerSecond, options.Refusals);
        services.AddSingleton(limits).AddRateLimiter(limits.Configure);
    }

    /// <summary>Adds the middleware.</summary>
    public static void Use(IApplicationBuilder application, KeyRule rule)
    {
        application.Use((context, next) => rule.IsOpen ? RefuseOtherSites(context, next) : next(context));
        application.UseAuthentication();
        RequestLimits limits = application.ApplicationServices.GetRequiredService<RequestLimits>();
        application.UseWhen(limits.Apply, limited => limited.UseRateLimiter());
        application.UseAuthorization();
    }

    // Without keys the loopback keeps other machines out, and this the pages of other sites in a browser of this machine. A link of another site to a page of
    // this one shows that site nothing.
    private static async Task RefuseOtherSites(HttpContext context, RequestDelegate next)
    {
        string? fault = BrowserRequests.FindHostFault(context.Request, null, Open)
            ?? (IsVisit(context) ? null : BrowserRequests.FindSiteFault(context.Request, Open));
        if (fault is not null)
        {
            await TypedResults.Problem(fault, statusCode: StatusCodes.Status403Forbidden, title: "the request comes from another site")
                .ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        await next(context).ConfigureAwait(false);
    }

    private static bool IsVisit(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method)
        && context.Request.Headers["Sec-Fetch-Mode"] == "navigate"
        && context.Request.Headers["Sec-Fetch-Dest"] == "document"
        && context.GetEndpoint()?.Metadata.GetMetadata<IAllowAnonymous>() is not null;
}
