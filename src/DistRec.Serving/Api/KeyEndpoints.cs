using System.ComponentModel.DataAnnotations;
using DistRec.Cluster.Api;
using DistRec.Serving.Keys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DistRec.Serving.Api;

/// <summary>Makes a key.</summary>
public sealed record KeyRequest
{
    /// <summary>Whose it is, or what it is for.</summary>
    [Required, StringLength(ApiKeys.MaxNameLength, MinimumLength = 1)]
    public required string Name { get; init; }

    /// <summary>What it allows: read, events, admin.</summary>
    [Required, MinLength(1), MaxLength(10)]
    public required IReadOnlyList<ApiScope> Scopes { get; init; }

    /// <summary>From when on it is worth nothing; left out for never.</summary>
    public DateTimeOffset? Expires { get; init; }
}

/// <summary>A key that was just made.</summary>
/// <param name="Key">The key itself: shown now, and never again.</param>
/// <param name="About">What is known of it.</param>
public sealed record NewKeyAnswer(string Key, ApiKey About)
{
    /// <summary>Without the key, which has no business in a log.</summary>
    public override string ToString() => $"{nameof(NewKeyAnswer)} {About.Id}";
}

/// <summary>All keys.</summary>
/// <param name="Keys">In the order of their numbers, also those that are worth nothing any more.</param>
public sealed record KeysAnswer(IReadOnlyList<ApiKey> Keys);

/// <summary>Who may use the API.</summary>
internal static class KeyEndpoints
{
    /// <summary>Maps them.</summary>
    /// <param name="routes">Under <c>/v1</c>.</param>
    /// <param name="kept">The keys as they are kept.</param>
    /// <param name="known">The keys that requests are judged by.</param>
    public static void Map(IEndpointRouteBuilder routes, ApiKeys kept, KnownKeys known)
    {
        routes.MapGet("/keys", async Task<Ok<KeysAnswer>> (CancellationToken cancellationToken) =>
            TypedResults.Ok(new KeysAnswer(await kept.ListAsync(cancellationToken).ConfigureAwait(false))))
            .WithName("ListKeys").WithSummary("All keys, what they allow, and when they were used; not the keys themselves");
        routes.MapPost("/keys", async Task<Created<NewKeyAnswer>> (KeyRequest request, HttpContext context, CancellationToken cancellationToken) =>
        {
            NewApiKey made = await kept.CreateAsync(request.Name, request.Scopes, request.Expires, cancellationToken).ConfigureAwait(false);
            await known.RefreshAsync(cancellationToken).ConfigureAwait(false);
            context.Response.Headers.CacheControl = "no-store";
            return TypedResults.Created((string?)null, new NewKeyAnswer(made.Text, made.Key));
        }).WithName("CreateKey").WithSummary("Makes a key, which is shown this once").WithDescription(
            "From the first key on the server asks for one with every request, also from this machine: give the first one the scope admin.");
        routes.MapDelete("/keys/{id}", async Task<NoContent> (long id, CancellationToken cancellationToken) =>
        {
            if (await kept.RevokeAsync(id, cancellationToken).ConfigureAwait(false) is null)
            {
                throw ApiException.NotFound("there is no such key", $"expected the number of a key, found {id}; GET /v1/keys lists them");
            }

            await known.RefreshAsync(cancellationToken).ConfigureAwait(false);
            return TypedResults.NoContent();
        }).WithName("RevokeKey").WithSummary("Makes a key worth nothing for ever");
    }
}
