using DistRec.Cluster.Api;
using DistRec.Serving.Actors;
using DistRec.Serving.Events;
using DistRec.Serving.Events.Import;
using DistRec.Serving.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace DistRec.Serving.Api;

/// <summary>Many events at once, from a file.</summary>
internal static class ImportEndpoint
{
    private const long MostBytes = 64L << 30;

    /// <summary>Maps it.</summary>
    /// <param name="routes">Under <c>/v1</c>.</param>
    /// <param name="desk">Keeps events.</param>
    /// <param name="time">The clock.</param>
    public static void Map(IEndpointRouteBuilder routes, UserDesk desk, TimeProvider time) =>
        routes.MapPost("/events/import", async Task<Ok<EventImportReport>> (HttpContext context, CancellationToken cancellationToken) =>
        {
            return TypedResults.Ok(await EventImport.RunAsync(
                context.Request.Body, (events, token) => StoreAsync(desk, events, token), time, cancellationToken).ConfigureAwait(false));
        }).WithMetadata(new RequestSizeLimitAttribute(MostBytes)).Accepts<Stream>("text/csv", "application/x-ndjson").WithName("ImportEvents").WithSummary("Many events at once, with a verdict for each wrong row").WithDescription(
            "Lines of comma-separated values under a line of names (kind, user, item and where known value, time, id, answer, experiment, arm, propensity, position), or a JSON object a "
            + "line. Stored a thousand rows at a time; a wrong row is told by its line, and the others are stored. Rows with ids can be sent again, and are kept once.");

    private static async Task<IReadOnlyList<EventVerdict>> StoreAsync(UserDesk desk, IReadOnlyList<ServingEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            return [.. (await desk.StoreAsync(events, cancellationToken).ConfigureAwait(false)).Select(VerdictOf)];
        }
        catch (ApiException exception)
        {
            throw new EventLogException(exception.Message, exception);
        }
    }

    private static EventVerdict VerdictOf(StoredEvent stored) => stored switch
    {
        { Refused.Length: > 0 } => new EventVerdict(EventOutcome.Refused, 0, stored.Refused),
        { Sequence: > 0 } => new EventVerdict(EventOutcome.Stored, stored.Sequence),
        _ => new EventVerdict(EventOutcome.Duplicate),
    };
}
