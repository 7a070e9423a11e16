using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using DistRec.Cluster.Api;
using DistRec.Models.Queries.Asking;
using DistRec.Serving.Actors;
using DistRec.Serving.Events;
using DistRec.Serving.Protocol;
using DistRec.Serving.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace DistRec.Serving.Api;

/// <summary>What became of ratings that were posted.</summary>
/// <param name="User">Id of the user.</param>
/// <param name="Stored">How many were kept.</param>
/// <param name="Duplicates">How many had been kept before, under the same event id.</param>
public sealed record RatingsAnswer(string User, int Stored, int Duplicates);

/// <summary>One rating, or a list of them.</summary>
[JsonConverter(typeof(Converter))]
public sealed class RatingsRequest
{
    /// <summary>The ratings.</summary>
    [NoNulls, MinLength(1), MaxLength(10_000)]
    public required IReadOnlyList<RatingRequest> Ratings { get; init; }

    internal sealed class Converter : JsonConverter<RatingsRequest>
    {
        public override RatingsRequest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new()
        {
            Ratings = reader.TokenType == JsonTokenType.StartArray
                ? (IReadOnlyList<RatingRequest>?)JsonSerializer.Deserialize(ref reader, options.GetTypeInfo(typeof(IReadOnlyList<RatingRequest>))) ?? []
                : [(RatingRequest)JsonSerializer.Deserialize(ref reader, options.GetTypeInfo(typeof(RatingRequest)))!],
        };

        public override void Write(Utf8JsonWriter writer, RatingsRequest value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, value.Ratings, options.GetTypeInfo(typeof(IReadOnlyList<RatingRequest>)));
    }
}

/// <summary>What users rate.</summary>
internal static class RatingEndpoints
{
    /// <summary>Maps what tells them.</summary>
    /// <param name="routes">Under <c>/v1</c>.</param>
    /// <param name="desk">Tells ratings.</param>
    public static void MapReading(IEndpointRouteBuilder routes, UserDesk desk) =>
        routes.MapGet("/users/{user}/ratings", async Task<Ok<HistoryAnswer>> (string user, [Range(1, 10000)] int n = 1000, string? model = null) =>
            TypedResults.Ok(await desk.AskAsync<HistoryAnswer>(
                new UserQuestion { User = user, Model = model ?? "", History = new HistoryQuestion { N = n } }).ConfigureAwait(false)))
            .WithName("UserRatings").WithSummary("What a user has rated");

    /// <summary>Maps what keeps them.</summary>
    /// <param name="routes">Under <c>/v1</c>.</param>
    /// <param name="desk">Keeps ratings.</param>
    /// <param name="node">Tells what kind of model answers.</param>
    /// <param name="time">The clock.</param>
    public static void MapSending(IEndpointRouteBuilder routes, UserDesk desk, ServingNode node, TimeProvider time) =>
        routes.MapPost("/users/{user}/ratings", async Task<Ok<RatingsAnswer>> (
            string user,
            RatingsRequest request,
            [FromHeader(Name = "Idempotency-Key")][StringLength(200, MinimumLength = 1)]
            [Description("Names the request: the same one sent again is kept once")] string? key,
            CancellationToken cancellationToken) =>
        {
            ServingEvent[] events = [.. ItemsOf(request.Ratings, node.Models.Default).Select((rating, index) => new ServingEvent
            {
                EventId = key is null ? null : $"{key}/{index}",
                Kind = EventKind.Rating,
                User = user,
                Item = rating.Item,
                Value = rating.Rating,
                Time = time.GetUtcNow(),
            })];
            IReadOnlyList<StoredEvent> stored = await desk.StoreAsync(events, cancellationToken).ConfigureAwait(false);
            if (stored.FirstOrDefault(one => one.Refused.Length > 0) is { } refused)
            {
                throw ApiException.BadRequest("a rating cannot be kept", refused.Refused);
            }

            int kept = stored.Count(one => one.Sequence > 0);
            return TypedResults.Ok(new RatingsAnswer(user, kept, stored.Count - kept));
        }).WithName("Rate").WithSummary("A user has rated an item, or several: its next answer knows").WithDescription(
            "The ratings are durable and count when the answer comes. They are ratings as the model was trained on; confidences or counts for a model of interactions.");

    /// <summary>Ratings as they travel; one that is left out goes without saying for a model of interactions alone.</summary>
    /// <exception cref="InputException">One is missing.</exception>
    public static IEnumerable<RatedItem> ItemsOf(IReadOnlyList<RatingRequest> ratings, ServingModel? model) => ratings.Select((rating, index) => new RatedItem
    {
        Item = rating.Item,
        Rating = rating.Rating ?? (model?.Saved.Model.IsImplicit == true ? 1 : throw InputException.At(
            $"ratings[{index}]", "a rating", $"none of item \"{rating.Item}\"", "give one; only models of interactions can do without")),
    });
}
