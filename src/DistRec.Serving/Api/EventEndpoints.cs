using System.ComponentModel.DataAnnotations;
using DistRec.Serving.Actors;
using DistRec.Serving.Events;
using DistRec.Serving.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DistRec.Serving.Api;

/// <summary>Something that a user did, or was shown.</summary>
public sealed record EventRequest
{
    /// <summary>The sender's name for it: the same event sent again is stored once.</summary>
    public string? Id { get; init; }

    /// <summary>impression, click, view, conversion or rating.</summary>
    public required EventKind Kind { get; init; }

    /// <summary>Id of the user.</summary>
    public required string User { get; init; }

    /// <summary>Id of the item.</summary>
    public required string Item { get; init; }

    /// <summary>The rating, or what a conversion was worth.</summary>
    public double? Value { get; init; }

    /// <summary>
    /// The answer that showed the item, by the <c>answerId</c> that came with it. It is all that an experiment needs: of an answer of one, experiment, arm
    /// and propensity follow from it, whatever is said of them here.
    /// </summary>
    public string? AnswerId { get; init; }

    /// <summary>The experiment in which it was shown.</summary>
    public string? Experiment { get; init; }

    /// <summary>The experiment's arm.</summary>
    public string? Arm { get; init; }

    /// <summary>Probability with which the arm was chosen.</summary>
    public double? Propensity { get; init; }

    /// <summary>Where the item stood in the answer, from 1.</summary>
    public int? Position { get; init; }

    /// <summary>When it happened; now where it is left out.</summary>
    public DateTimeOffset? Time { get; init; }
}

/// <summary>Events to store.</summary>
public sealed record EventsRequest
{
    /// <summary>The events, at most 10,000.</summary>
    [Required, NoNulls, MinLength(1), MaxLength(10_000)]
    public required IReadOnlyList<EventRequest> Events { get; init; }
}

/// <summary>An event that cannot be stored.</summary>
/// <param name="Index">Its place in the request, from 0.</param>
/// <param name="Reason">What was expected, and what was found.</param>
public readonly record struct RefusedEvent(int Index, string Reason);

/// <summary>What became of events.</summary>
/// <param name="Stored">How many are stored.</param>
/// <param name="Duplicates">How many were there already, by their ids.</param>
/// <param name="Refused">Those that cannot be stored; the others are.</param>
public sealed record EventsAnswer(int Stored, int Duplicates, IReadOnlyList<RefusedEvent> Refused);

/// <summary>What users do and are shown.</summary>
internal static class EventEndpoints
{
    /// <summary>Maps them.</summary>
    /// <param name="routes">Under <c>/v1</c>.</param>
    /// <param name="desk">Keeps events.</param>
    /// <param name="time">The clock.</param>
    public static void Map(IEndpointRouteBuilder routes, UserDesk desk, TimeProvider time) =>
        routes.MapPost("/events", async Task<Ok<EventsAnswer>> (EventsRequest request, CancellationToken cancellationToken) =>
        {
            DateTimeOffset now = time.GetUtcNow();
            IReadOnlyList<StoredEvent> stored = await desk.StoreAsync([.. request.Events.Select(one => EventOf(one, now))], cancellationToken).ConfigureAwait(false);
            RefusedEvent[] refused = [.. stored.Index().Where(one => one.Item.Refused.Length > 0).Select(one => new RefusedEvent(one.Index, one.Item.Refused))];
            int kept = stored.Count(one => one.Sequence > 0);
            return TypedResults.Ok(new EventsAnswer(kept, stored.Count - kept - refused.Length, refused));
        }).WithName("StoreEvents").WithSummary("Users have done something, or were shown it").WithDescription(
            "Events are durable when the answer comes, and ratings count. Those that cannot be stored are told one by one, and the others are stored.");

    private static ServingEvent EventOf(EventRequest request, DateTimeOffset now) => new()
    {
        EventId = request.Id,
        Kind = request.Kind,
        User = request.User,
        Item = request.Item,
        Value = request.Value,
        Answer = request.AnswerId,
        Experiment = request.Experiment,
        Arm = request.Arm,
        Propensity = request.Propensity,
        Position = request.Position,
        Time = request.Time ?? now,
    };
}
