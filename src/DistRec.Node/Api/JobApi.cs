using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using DistRec.Actors;
using DistRec.Actors.Cluster;
using DistRec.Actors.Cluster.Security;
using DistRec.Node.Hosting;
using DistRec.Training.Actors;
using DistRec.Training.Jobs;
using DistRec.Training.Journal;
using DistRec.Training.Protocol;
using DistRec.Training.Storage;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace DistRec.Node.Api;

/// <summary>
/// Jobs over HTTP, on the seed: ratings are uploaded block by block, the job is put into the queue, its events are followed, its
/// model is taken. Every request proves the cluster's secret, where there is one.
/// </summary>
internal sealed partial class JobApi(
    IActorSystem system,
    IClusterView cluster,
    IJobJournal journal,
    IBlobStore store,
    ClusterSecret? secret,
    TimeProvider time,
    ILogger logger)
{
    // Stays below the client's patience and below what proxies allow.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan EndInterval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan QueueInterval = TimeSpan.FromMilliseconds(500);

    private readonly StatusReader _status = new(cluster, journal, store, logger);

    public void Map(IEndpointRouteBuilder routes)
    {
        Add(routes, "GET", "/cluster", async context =>
            await WriteAsync(context, await _status.ReadAsync(context.RequestAborted).ConfigureAwait(false), ApiJson.Default.ClusterStatus).ConfigureAwait(false));
        Add(routes, "GET", "/jobs", ListAsync);
        Add(routes, "POST", "/jobs", SubmitAsync);
        Add(routes, "GET", "/jobs/{id}", FindAsync);
        Add(routes, "DELETE", "/jobs/{id}", DeleteAsync);
        Add(routes, "PUT", "/jobs/{id}/data/{part}", UploadAsync);
        Add(routes, "GET", "/jobs/{id}/events", EventsAsync);
        Add(routes, "POST", "/jobs/{id}/cancel", CancelAsync);
        Add(routes, "GET", "/jobs/{id}/model/{part}", DownloadAsync);
    }

    private void Add(IEndpointRouteBuilder routes, string method, string path, RequestDelegate handler) =>
        routes.MapMethods(path, [method], SecretGuard.Guard(secret, context => GuardAsync(context, handler), time, logger));

    // What goes wrong is told by name; what only this node need know stays in its log.
    private async Task GuardAsync(HttpContext context, RequestDelegate handler)
    {
        try
        {
            await handler(context).ConfigureAwait(false);
        }
        catch (ApiException exception)
        {
            await RefuseAsync(context, exception.Status, exception.Title, exception.Message).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is JobJournalException or BlobStoreException && !context.Response.HasStarted)
        {
            logger.LogError(exception, "{Method} {Path} failed.", context.Request.Method, context.Request.Path.Value);
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "the seed cannot keep or find what it should", exception.Message).ConfigureAwait(false);
        }
    }

    private async Task ListAsync(HttpContext context)
    {
        List<JobSummary> jobs = [];
        foreach (JobEntry entry in await journal.ListAsync(context.RequestAborted).ConfigureAwait(false))
        {
            jobs.Add(await _status.SummaryOfAsync(entry, context.RequestAborted).ConfigureAwait(false));
        }

        await WriteAsync(context, new JobList(jobs), ApiJson.Default.JobList).ConfigureAwait(false);
    }

    private async Task FindAsync(HttpContext context) => await WriteAsync(
        context,
        await _status.SummaryOfAsync(await EntryAsync(context).ConfigureAwait(false), context.RequestAborted).ConfigureAwait(false),
        ApiJson.Default.JobSummary).ConfigureAwait(false);

    private async Task UploadAsync(HttpContext context)
    {
        string id = IdOf(context);
        string part = PartOf(context);
        if (await journal.FindAsync(id, context.RequestAborted).ConfigureAwait(false) is not null)
        {
            throw ApiException.Conflict("the job is in the queue already", $"{id}: expected data of a job that was not submitted yet; choose another id");
        }

        if (context.Request.ContentLength is null)
        {
            throw new ApiException(StatusCodes.Status411LengthRequired, "the length is missing", $"{part}: expected a Content-Length; send the block with its length");
        }

        // A block of ratings is as large as the data makes it.
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        await store.PutAsync(
            new StoredJob(store, id).DataFolder + "/" + part,
            async (stream, cancellation) => await context.Request.Body.CopyToAsync(stream, cancellation).ConfigureAwait(false),
            context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task SubmitAsync(HttpContext context)
    {
        (SubmitRequest request, JobSpec spec) = await ReadSubmissionAsync(context).ConfigureAwait(false);
        IReadOnlyList<string> missing = await new StoredJob(store, request.Id).MissingDataAsync(spec, context.RequestAborted).ConfigureAwait(false);
        if (missing.Count > 0)
        {
            throw ApiException.Conflict(
                "ratings are missing", $"{request.Id}: expected the ratings of every partition, found {missing.Count} missing, such as {missing[0]}; upload them first");
        }

        try
        {
            JobEntry entry = await journal.EnqueueAsync(spec, request.Name, context.RequestAborted).ConfigureAwait(false);
            logger.LogInformation("Job {Job} ({Name}) was submitted: {Model}, {Epochs} epochs.", request.Id, request.Name, spec.ModelName, spec.Epochs);
            await system.SendAsync(Addresses.Source, new JobsChanged { Job = request.Id }, context.RequestAborted).ConfigureAwait(false);
            context.Response.StatusCode = StatusCodes.Status201Created;
            await WriteAsync(context, await _status.SummaryOfAsync(entry, context.RequestAborted).ConfigureAwait(false), ApiJson.Default.JobSummary).ConfigureAwait(false);
        }
        catch (JobExistsException exception)
        {
            throw ApiException.Conflict("the id is taken", exception.Message);
        }
    }

    private async Task EventsAsync(HttpContext context)
    {
        JobEntry entry = await EntryAsync(context).ConfigureAwait(false);
        if (!long.TryParse(context.Request.Query["after"].ToString() is { Length: > 0 } text ? text : "0", NumberStyles.None, CultureInfo.InvariantCulture, out long after))
        {
            throw ApiException.BadRequest("after is not a number", $"after: expected the sequence number of an event, found \"{context.Request.Query["after"]}\"");
        }

        JobEvents events = new() { Events = { await journal.EventsAsync(entry.Job, after, context.RequestAborted).ConfigureAwait(false) } };
        if (events.Events.Count == 0 && !entry.HasEnded)
        {
            if (journal.Trouble is { } trouble)
            {
                // The job waits too, and whoever waits for news of it shall hear why.
                throw trouble;
            }

            events = await WaitForEventsAsync(entry.Job, after, context.RequestAborted).ConfigureAwait(false);
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(JsonFormatter.Default.Format(events), context.RequestAborted).ConfigureAwait(false);
    }

    private async Task<JobEvents> WaitForEventsAsync(string job, long after, CancellationToken cancellationToken)
    {
        try
        {
            WatchJob watch = new() { Job = job, After = after };
            JobEvents events = await system.AskAsync<JobEvents>(Addresses.Coordinator, watch, LongestWait, cancellationToken).ConfigureAwait(false);
            if (!events.Events.Any(IsEnd))
            {
                return events;
            }

            // The end is told by the journal alone, a moment later: whoever hears of it asks for the model, which the journal's word opens.
            await Task.Delay(EndInterval, time, cancellationToken).ConfigureAwait(false);
            return new JobEvents { Events = { events.Events.TakeWhile(happening => !IsEnd(happening)) } };
        }
        catch (RequestRefusedException)
        {
            // It waits in the queue, or is between two attempts.
            await Task.Delay(QueueInterval, time, cancellationToken).ConfigureAwait(false);
            return new JobEvents();
        }
        catch (ActorException)
        {
            return new JobEvents();
        }
    }

    private static bool IsEnd(JobEvent happening) => happening.State is { State: JobState.Completed or JobState.Failed or JobState.Cancelled };

    private async Task CancelAsync(HttpContext context)
    {
        JobEntry entry = await EntryAsync(context).ConfigureAwait(false);
        if (!await journal.RequestCancelAsync(entry.Job, context.RequestAborted).ConfigureAwait(false))
        {
            throw ApiException.Conflict("the job has ended", $"{entry.Job}: expected a job that waits or runs, found one that is {JobStateWords.Of(entry.State)}");
        }

        logger.LogInformation("Job {Job} is to be cancelled.", entry.Job);
        await system.SendAsync(Addresses.Source, new JobsChanged { Job = entry.Job }, context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private async Task DownloadAsync(HttpContext context)
    {
        JobEntry entry = await EntryAsync(context).ConfigureAwait(false);
        string part = PartOf(context);
        ApiException missing = ApiException.NotFound(
            "there is no such block", $"{entry.Job}: expected {part} of its model, found none; the job is {JobStateWords.Of(entry.State)}");
        if (entry.State is not (JobState.Completed or JobState.Cancelled))
        {
            // What is there may be half of it.
            throw missing;
        }

        try
        {
            Stream stream = await store.OpenAsync(new StoredJob(store, entry.Job).ModelFolder + "/" + part, context.RequestAborted).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                context.Response.ContentType = "application/octet-stream";
                context.Response.ContentLength = stream.Length;
                await stream.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
            }
        }
        catch (BlobNotFoundException)
        {
            throw missing;
        }
    }

    private async Task DeleteAsync(HttpContext context)
    {
        // Of a job that was never submitted there may be ratings: their upload was given up.
        string id = IdOf(context);
        JobEntry? entry = await journal.FindAsync(id, context.RequestAborted).ConfigureAwait(false);
        if (entry is { HasEnded: false })
        {
            throw ApiException.Conflict("the job has not ended", $"{id}: expected a job that has ended, found one that is {JobStateWords.Of(entry.State)}; cancel it first");
        }

        // The data first: as long as the job is listed, its removal can be asked for again.
        bool isStored = await new StoredJob(store, id).DeleteAsync(context.RequestAborted).ConfigureAwait(false);
        await journal.RemoveAsync(id, context.RequestAborted).ConfigureAwait(false);
        if (entry is null && !isStored)
        {
            throw NoSuchJob(id);
        }

        logger.LogInformation("Job {Job} ({Name}) was removed, with what was stored of it.", id, entry?.Name ?? "never submitted");
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task<(SubmitRequest Request, JobSpec Spec)> ReadSubmissionAsync(HttpContext context)
    {
        try
        {
            SubmitRequest request = await JsonSerializer.DeserializeAsync(context.Request.Body, ApiJson.Default.SubmitRequest, context.RequestAborted).ConfigureAwait(false)
                ?? throw ApiException.BadRequest("the body is empty", "expected id, name and spec, found null");
            JobSpec spec = JobSpec.Parser.ParseJson(request.Spec.GetRawText());
            int partitions = spec.UserStarts.Count - 1;
            if (!Id().IsMatch(request.Id) || spec.Job != request.Id)
            {
                throw ApiException.BadRequest("the id is not one", $"id: expected 1 to 64 letters, digits and hyphens, the same in the specification, found \"{request.Id}\" and \"{spec.Job}\"");
            }

            if (partitions is < 1 or > TrainingNode.MaximumPartitions || spec.ItemStarts.Count != spec.UserStarts.Count)
            {
                throw ApiException.BadRequest("the partitions do not fit", $"spec: expected 1 to {TrainingNode.MaximumPartitions} partitions of both sides, found {partitions}; lower --partitions");
            }

            if (SpecCheck.Errors(spec) is [_, ..] errors)
            {
                throw ApiException.BadRequest("the specification does not fit", $"spec: {string.Join("; ", errors)}");
            }

            return spec.Snapshots
                ? (request, spec)
                : throw ApiException.BadRequest("snapshots are off", "spec: expected snapshots to be true, found false; a job on a cluster needs them to survive the loss of a node");
        }
        catch (Exception exception) when (exception is JsonException or InvalidProtocolBufferException or InvalidJsonException)
        {
            throw ApiException.BadRequest("the body is not a submission", $"expected id, name and spec as JSON, found: {exception.Message}");
        }
    }

    private async Task<JobEntry> EntryAsync(HttpContext context)
    {
        string id = IdOf(context);
        return await journal.FindAsync(id, context.RequestAborted).ConfigureAwait(false)
            ?? throw NoSuchJob(id);
    }

    private static ApiException NoSuchJob(string id) =>
        ApiException.NotFound("there is no such job", $"expected the id of a job of this cluster, found \"{id}\"; distrec jobs lists them");

    private static string IdOf(HttpContext context)
    {
        string id = (string)context.Request.RouteValues["id"]!;
        return Id().IsMatch(id) ? id : throw ApiException.BadRequest("the id is not one", $"id: expected 1 to 64 letters, digits and hyphens, found \"{id}\"");
    }

    private static string PartOf(HttpContext context)
    {
        string part = (string)context.Request.RouteValues["part"]!;
        return IsPart(part) ? part : throw ApiException.BadRequest("the part is not one", $"expected KIND-NUMBER such as user-factors-0, found \"{part}\"");
    }

    private static bool IsPart(string part)
    {
        int dash = part.LastIndexOf('-');
        return dash > 0 && Addresses.ParticipantKinds.Contains(part[..dash])
            && part.Length - dash - 1 is >= 1 and <= 5 && !part.AsSpan(dash + 1).ContainsAnyExceptInRange('0', '9');
    }

    private static Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type) =>
        context.Response.WriteAsJsonAsync(value, type, cancellationToken: context.RequestAborted);

    private static Task RefuseAsync(HttpContext context, int status, string title, string detail)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(
            new ProblemAnswer(title, detail, status), ApiJson.Default.ProblemAnswer, "application/problem+json", context.RequestAborted);
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9-]{0,63}$")]
    private static partial Regex Id();
}
