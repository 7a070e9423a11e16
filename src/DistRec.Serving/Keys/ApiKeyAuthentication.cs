using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace DistRec.Serving.Keys;

/// <summary>
/// Knows callers by <c>Authorization: Bearer drk_…</c> (RFC 6750). A server on the loopback for which no key was ever made asks for none: this machine
/// is its operator's. What does not depend on a request is made once, and finding a key out costs the same whether there is such a one.
/// </summary>
/// <param name="keys">All keys.</param>
/// <param name="rule">Whether the server asks for keys.</param>
/// <param name="time">The clock.</param>
internal sealed class ApiKeyAuthentication(KnownKeys keys, KeyRule rule, TimeProvider time) : IAuthenticationHandler
{
    /// <summary>The scheme's name.</summary>
    public const string Scheme = "ApiKey";

    private const string Bearer = "Bearer ";
    private const string Advice = "whoever runs the server makes keys with distrec keys create";

    private static readonly AuthenticateResult Anybody = new Caller("somebody on this machine", null).Accept();

    private HttpContext _context = null!;
    private (string Title, string Detail) _refusal;

    /// <inheritdoc/>
    public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
    {
        _context = context;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task<AuthenticateResult> AuthenticateAsync() => Task.FromResult(rule.IsOpen ? Anybody : Authenticate());

    /// <summary>401: without a key that is worth something.</summary>
    public Task ChallengeAsync(AuthenticationProperties? properties)
    {
        bool isGiven = !StringValues.IsNullOrEmpty(_context.Request.Headers.Authorization);
        _context.Response.Headers.WWWAuthenticate = isGiven ? "Bearer realm=\"DistRec\", error=\"invalid_token\"" : "Bearer realm=\"DistRec\"";
        return TypedResults.Problem(_refusal.Detail, statusCode: StatusCodes.Status401Unauthorized, title: _refusal.Title).ExecuteAsync(_context);
    }

    /// <summary>403: the key is worth something, but not this.</summary>
    public Task ForbidAsync(AuthenticationProperties? properties)
    {
        string needed = ScopePolicies.ScopeOf(_context.GetEndpoint())!;
        string held = ApiScopes.Join(((Caller)_context.User.Identity!).Key!.Scopes);
        _context.Response.Headers.WWWAuthenticate = $"Bearer realm=\"DistRec\", error=\"insufficient_scope\", scope=\"{needed}\"";
        return TypedResults.Problem(
            $"expected a key with the scope {needed}, found one with {held}; {Advice}", statusCode: StatusCodes.Status403Forbidden, title: "the key does not allow this")
            .ExecuteAsync(_context);
    }

    private AuthenticateResult Authenticate()
    {
        StringValues header = _context.Request.Headers.Authorization;
        if (header is not [{ } text] || !text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            string found = header.Count == 0 ? "none" : "another one";
            return Refuse("a key is missing", $"expected the header Authorization: Bearer {KeyHash.Prefix}…, found {found}; {Advice}");
        }

        DateTimeOffset now = time.GetUtcNow();
        if (keys.Find(text.AsSpan(Bearer.Length).Trim(' ')) is not { Key.Revoked: null } known)
        {
            return Refuse("the key is not valid", $"expected a key of this server that was not revoked, found another one; {Advice}");
        }

        if (known.Key.HasExpired(now))
        {
            return Refuse("the key has expired", $"expected a key that is valid, found one that expired at {known.Key.Expires:u}; {Advice}");
        }

        known.Use(now);
        return known.Accepted;
    }

    private AuthenticateResult Refuse(string title, string detail)
    {
        _refusal = (title, detail);
        return AuthenticateResult.NoResult();
    }
}

/// <summary>Whether a server asks for keys.</summary>
/// <param name="keys">All keys.</param>
/// <param name="isLocal">Whether it listens on the loopback alone.</param>
internal sealed class KeyRule(KnownKeys keys, bool isLocal)
{
    /// <summary>Whether it asks for none: nobody else reaches it, and no key was ever made. One that is worth nothing any more does not open it again.</summary>
    public bool IsOpen => isLocal && keys.IsEmpty;
}
