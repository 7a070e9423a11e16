using System.ComponentModel;
using System.Net.ServerSentEvents;
using DistRec.Cluster.Api;
using DistRec.Serving.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace DistRec.Serving.Api;

/// <summary>Trains models on the server's cluster.</summary>
internal static class JobEndpoints
{
    /// <summary>Maps them.</summary>
    /// <param name="routes">Under <c>/v1</c>.</param>
    /// <param name="jobs">The jobs of this server.</param>
    /// <param name="desk">All jobs.</param>
    /// <param name="stream">Tells of them.</param>
    /// <param name="time">The clock.</param>
    public static void Map(IEndpointRouteBuilder routes, ServerJobs jobs, JobDesk desk, JobEventStream stream, TimeProvider time)
    {
        routes.MapGet("/catalogue", Ok<CatalogueAnswer> () => TypedResults.Ok(CatalogueAnswer.OfAll()))
            .WithName("Catalogue").WithSummary("The kinds of models that can be trained, with their settings");
        routes.MapGet("/jobs", async Task<Ok<JobList>> (CancellationToken cancellationToken) => TypedResults.Ok(await desk.ListAsync(cancellationToken).ConfigureAwait(false)))
            .WithName("Jobs").WithSummary("All jobs of the cluster, in the order of their submission");
        routes.MapGet("/jobs/{id}", async Task<Ok<JobAnswer>> (string id, CancellationToken cancellationToken) =>
            TypedResults.Ok(await desk.FindAsync(id, cancellationToken).ConfigureAwait(false)))
            .WithName("Job").WithSummary("One job, with its learning curve");
        routes.MapPost("/jobs", async Task<Created<JobSummary>> (JobRequest request, CancellationToken cancellationToken) =>
        {
            JobRecord record = (await jobs.SubmitAsync(request, cancellationToken).ConfigureAwait(false)).Record;
            return TypedResults.Created($"/v1/jobs/{record.Id}", record.Summarize(JobDesk.Preparing, ""));
        }).WithName("SubmitJob").WithSummary("Trains a model").WithDescription(
            "The data is read and uploaded in the background. The options are those of distrec submit; everything that is wrong is told at once.");
        routes.MapPost("/jobs/{id}/cancel", async Task<Accepted> (string id, CancellationToken cancellationToken) =>
        {
            await desk.CancelAsync(id, cancellationToken).ConfigureAwait(false);
            return TypedResults.Accepted($"/v1/jobs/{id}");
        }).WithName("CancelJob").WithSummary("Asks a job to stop");
        routes.MapDelete("/jobs/{id}", async Task<NoContent> (string id, CancellationToken cancellationToken) =>
        {
            await desk.RemoveAsync(id, cancellationToken).ConfigureAwait(false);
            return TypedResults.NoContent();
        }).WithName("RemoveJob").WithSummary("Removes a job that has ended, with its model's folder and all that the cluster keeps of it");
        routes.MapGet("/jobs/{id}/events", async Task<Results<ServerSentEventsResult<object>, NoContent>> (
            string id,
            [FromHeader(Name = "Last-Event-ID")][Description("Id of the event that was heard last; left out for all events")] long? lastEventId,
            CancellationToken cancellationToken) =>
        {
            long after = Math.Max(0, lastEventId ?? 0);
            if (await stream.IsHeardAsync(id, after, cancellationToken).ConfigureAwait(false))
            {
                // Browsers would come back for ever.
                return TypedResults.NoContent();
            }

            IAsyncEnumerable<SseItem<object>> events = Heartbeats.Between(stream.ReadAsync(id, after, CancellationToken.None), time, jobs.Stopping, CancellationToken.None);
            return TypedResults.ServerSentEvents(events);
        }).WithName("JobEvents").WithSummary("What happens to a job, as server-sent events until it has ended").WithDescription(
            "Events: state {state, reason}, epoch {epoch, trainRmse, validationRmse, seconds}, note {text}, and heartbeat {} after 15 s without another one. "
            + "Status 204 where everything was heard.");
    }
}
