using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;

namespace DistRec.Serving.Keys;

/// <summary>Who sends a request: the holder of a key, or anybody on this machine where the server asks for none.</summary>
/// <param name="name">As the history of models names who did something.</param>
/// <param name="key">The key; null where the server asks for none.</param>
internal sealed class Caller(string name, ApiKey? key) : ClaimsIdentity([new Claim(ClaimTypes.Name, name)], ApiKeyAuthentication.Scheme)
{
    /// <summary>The key; null where the server asks for none.</summary>
    public ApiKey? Key { get; } = key;

    /// <summary>Whether it may do what a scope stands for.</summary>
    public bool Allows(ApiScope scope) => Key?.Allows(scope) != false;

    /// <summary>The answer to its requests.</summary>
    public AuthenticateResult Accept() => AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(this), ApiKeyAuthentication.Scheme));
}
