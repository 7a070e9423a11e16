using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DistRec.Serving.Keys;

/// <summary>What an endpoint asks of whoever calls it: a policy for each scope, by the scope's name.</summary>
internal static class ScopePolicies
{
    /// <summary>Adds the policies.</summary>
    public static void Add(AuthorizationOptions options)
    {
        foreach (ApiScope scope in Enum.GetValues<ApiScope>())
        {
            options.AddPolicy(ApiScopes.NameOf(scope), policy => policy.AddRequirements(new ScopeRequirement(scope)));
        }
    }

    /// <summary>Lets only callers in that have a scope.</summary>
    public static TBuilder RequireScope<TBuilder>(this TBuilder endpoints, ApiScope scope)
        where TBuilder : IEndpointConventionBuilder => endpoints.RequireAuthorization(ApiScopes.NameOf(scope));

    /// <summary>The scope that an endpoint asks for, by name; null for one that is open to all.</summary>
    public static string? ScopeOf(IEnumerable<object> metadata) => metadata.OfType<IAuthorizeData>().LastOrDefault()?.Policy;

    /// <inheritdoc cref="ScopeOf(IEnumerable{object})"/>
    public static string? ScopeOf(Endpoint? endpoint) => endpoint is null ? null : ScopeOf(endpoint.Metadata);

    private sealed class ScopeRequirement(ApiScope scope) : AuthorizationHandler<ScopeRequirement>, IAuthorizationRequirement
    {
        protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, ScopeRequirement requirement)
        {
            if (context.User.Identity is Caller caller && caller.Allows(scope))
            {
                context.Succeed(requirement);
            }

            return Task.CompletedTask;
        }
    }
}
