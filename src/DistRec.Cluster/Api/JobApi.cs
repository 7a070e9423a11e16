using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Akka.Actor;
using DistRec.Cluster.Client;
using DistRec.Cluster.Hosting;
using DistRec.Cluster.Security;
using DistRec.Training.Coordination;
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

namespace DistRec.Cluster.Api;

/// <summary>
/// Jobs over HTTP, on coordinators: ratings are uploaded block by block, the job is put into the queue, its events are followed, its
/// model is taken. Every request proves the cluster's secret, where there is one.
/// </summary>
/// <param name="queue">The queue of jobs, wherever it lives.</param>
/// <param name="journal">The journal that the queue goes by.</param>
/// <param name="store">Where jobs' data and models are.</param>
/// <param name="uploads">What is uploaded and not submitted.</param>
/// <param name="status">Tells what the cluster does.</param>
/// <param name="options">The node's.</param>
/// <param name="logger">Hears of what is done.</param>
internal sealed class JobApi(
    IActorRef queue,
    IJobJournal journal,
    IBlobStore store,
    UploadLedger uploads,
    StatusReader status,
    ClusterNodeOptions options,
    ILogger logger)
{
    // No longer than news may be late when the coordinator that was asked is lost.
    private static readonly TimeSpan MaximumWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnswerMargin = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan QueueInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Maps the endpoints before there is an API: its actors start later, but before the first request comes.</summary>
    public static void Map(
        IEndpointRouteBuilder routes, Func<JobApi> api, ClusterNodeOptions options, ILogger logger, Func<string?> advertisedHost)
    {
        Add("GET", "/cluster", (jobs, context) => jobs.StatusAsync(context));
        Add("GET", "/jobs", (jobs, context) => jobs.ListAsync(context));
        Add("POST", "/jobs", (jobs, context) => jobs.SubmitAsync(context));
        Add("GET", "/jobs/{id}", (jobs, context) => jobs.FindAsync(context));
        Add("DELETE", "/jobs/{id}", (jobs, context) => jobs.DeleteAsync(context));
        Add("PUT", "/jobs/{id}/data/{part}", (jobs, context) => jobs.UploadAsync(context));
        Add("GET", "/jobs/{id}/events", (jobs, context) => jobs.EventsAsync(context));
        Add("POST", "/jobs/{id}/cancel", (jobs, context) => jobs.CancelAsync(context));
        Add("GET", "/jobs/{id}/model/{part}", (jobs, context) => jobs.DownloadAsync(context));

        void Add(string method, string path, Func<JobApi, HttpContext, Task> handler) => routes.MapMethods(
            path, [method], SecretGuard.Guard(options.Secret, context => GuardAsync(context, api, handler, logger), options.Time, logger, advertisedHost));
    }

    // What goes wrong is told by name; what only this node need know stays in its log.
    private static async Task GuardAsync(HttpContext context, Func<JobApi> api, Func<JobApi, HttpContext, Task> handler, ILogger logger)
    {
        try
        {
            await handler(api(), context).ConfigureAwait(false);
        }
        catch (ApiException exception)
        {
            await RefuseAsync(context, exception.Status, exception.Title, exception.Message).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is JobJournalException or BlobStoreException && !context.Response.HasStarted)
        {
            logger.LogError(exception, "{Method} {Path} failed.", context.Request.Method, context.Request.Path.Value);
            await RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "the coordinator cannot keep or find what it should", exception.Message).ConfigureAwait(false);
        }
    }

    private async Task StatusAsync(HttpContext context) =>
        await WriteAsync(context, await status.ReadAsync(context.RequestAborted).ConfigureAwait(false), ApiJson.Default.ClusterStatus).ConfigureAwait(false);

    private async Task ListAsync(HttpContext context)
    {
        IReadOnlyList<JobEntry> entries = await journal.ListAsync(context.RequestAborted).ConfigureAwait(false);
        await WriteAsync(context, new JobList([.. entries.Select(StatusReader.Summarize)]), ApiJson.Default.JobList).ConfigureAwait(false);
    }

    private async Task FindAsync(HttpContext context) => await WriteAsync(
        context,
        StatusReader.Summarize(await EntryAsync(context).ConfigureAwait(false)),
        ApiJson.Default.JobSummary).ConfigureAwait(false);

    private async Task UploadAsync(HttpContext context)
    {
        string id = IdOf(context);
        string part = PartOf(context);
        if (await journal.FindAsync(id, context.RequestAborted).ConfigureAwait(false) is not null)
        {
            throw ApiException.Conflict("the job is in the queue already", $"{id}: expected data of a job that was not submitted yet; choose another id");
        }

        if (context.Request.ContentLength is not { } length)
        {
            throw new ApiException(StatusCodes.Status411LengthRequired, "the length is missing", $"{part}: expected a Content-Length; send the block with its length");
        }

        if (uploads.Reserve(id, part, length, out long before) is { } full)
        {
            throw new ApiException(StatusCodes.Status507InsufficientStorage, "the uploads have used up their quota", full);
        }

        // A block of ratings is as large as the data makes it.
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = null;
        try
        {
            await store.PutAsync(
                new StoredJob(store, id).DataFolder + "/" + part,
                async (stream, cancellation) => await context.Request.Body.CopyToAsync(stream, cancellation).ConfigureAwait(false),
                context.RequestAborted).ConfigureAwait(false);
        }
        catch
        {
            uploads.GiveBack(id, part, before);
            throw;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task SubmitAsync(HttpContext context)
    {
        (SubmitRequest request, JobSpec spec) = await ReadSubmissionAsync(context).ConfigureAwait(false);
        if (spec.RatingsOf.Length > 0 && await journal.FindAsync(spec.RatingsOf, context.RequestAborted).ConfigureAwait(false) is not null)
        {
            throw ApiException.Conflict(
                "the ratings are a job's own", $"{request.Id}: expected ratings that were uploaded to be shared, found those of job {spec.RatingsOf}, which go when it ends");
        }

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
            uploads.Forget(request.Id);
            uploads.Touch(spec.RatingsOf);
            queue.Tell(new JobsChanged { Job = request.Id });
            context.Response.StatusCode = StatusCodes.Status201Created;
            await WriteAsync(context, StatusReader.Summarize(entry), ApiJson.Default.JobSummary).ConfigureAwait(false);
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
            if (events.Events is [{ Sequence: var first }, ..] && first > after + 1
                && await journal.EventsAsync(entry.Job, after, context.RequestAborted).ConfigureAwait(false) is [{ Sequence: var earlier }, ..] written
                && earlier < first)
            {
                // A coordinator that took over meanwhile does not know what the one before it wrote.
                events = new JobEvents { Events = { written } };
            }
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(JsonFormatter.Default.Format(events), context.RequestAborted).ConfigureAwait(false);
    }

    // What the coordinator tells is written already: whoever hears of a job's end may ask for its model.
    private async Task<JobEvents> WaitForEventsAsync(string job, long after, CancellationToken cancellationToken)
    {
        WatchJob watch = new() { Job = job, After = after, WaitMilliseconds = (long)MaximumWait.TotalMilliseconds };
        try
        {
            JobEvents events = await queue.Ask<JobEvents>(watch, MaximumWait + AnswerMargin, cancellationToken).ConfigureAwait(false);
            if (events.NotRunning)
            {
                // It waits in the queue, or its coordinator is about to begin.
                await Task.Delay(QueueInterval, options.Time, cancellationToken).ConfigureAwait(false);
                return new JobEvents();
            }

            return events;
        }
        catch (AskTimeoutException)
        {
            return new JobEvents();
        }
    }

    private async Task CancelAsync(HttpContext context)
    {
        JobEntry entry = await EntryAsync(context).ConfigureAwait(false);
        if (!await journal.RequestCancelAsync(entry.Job, context.RequestAborted).ConfigureAwait(false))
        {
            throw ApiException.Conflict("the job has ended", $"{entry.Job}: expected a job that waits or runs, found one that is {JobStateNames.Of(entry.State)}");
        }

        logger.LogInformation("Job {Job} is to be cancelled.", entry.Job);
        queue.Tell(new JobsChanged { Job = entry.Job });
        context.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private async Task DownloadAsync(HttpContext context)
    {
        JobEntry entry = await EntryAsync(context).ConfigureAwait(false);
        string part = PartOf(context);
        ApiException missing = ApiException.NotFound(
            "there is no such block", $"{entry.Job}: expected {part} of its model, found none; the job is {JobStateNames.Of(entry.State)}");
        if (entry.State is not (JobState.Completed or JobState.Cancelled))
        {
            // What is there may be half of it.
            throw missing;
        }

        try
        {
            Stream stream = await store.OpenAsync(new StoredJob(store, entry.Job).ModelFolder(entry.Term) + "/" + part, context.RequestAborted).ConfigureAwait(false);
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
            throw ApiException.Conflict("the job has not ended", $"{id}: expected a job that has ended, found one that is {JobStateNames.Of(entry.State)}; cancel it first");
        }

        // The data first: as long as the job is listed, its removal can be asked for again.
        bool isStored = await new StoredJob(store, id).DeleteAsync(context.RequestAborted).ConfigureAwait(false);
        await journal.RemoveAsync(id, context.RequestAborted).ConfigureAwait(false);
        uploads.Forget(id);
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
            if (!JobIds.IsValid(request.Id) || spec.Job != request.Id)
            {
                throw ApiException.BadRequest("the id is not one", $"id: expected 1 to 64 letters, digits and hyphens, the same in the specification, found \"{request.Id}\" and \"{spec.Job}\"");
            }

            if (partitions < 1 || spec.ItemStarts.Count != spec.UserStarts.Count)
            {
                throw ApiException.BadRequest(
                    "the partitions do not fit", $"spec: expected at least 1 partition and as many of both sides, found {partitions} and {spec.ItemStarts.Count - 1}");
            }

            if (SpecCheck.Errors(spec) is [_, ..] errors)
            {
                throw ApiException.BadRequest("the specification does not fit", $"spec: {string.Join("; ", errors)}");
            }

            if (spec.RatingsOf.Length > 0 && (!JobIds.IsValid(spec.RatingsOf) || spec.RatingsOf == spec.Job))
            {
                throw ApiException.BadRequest("the upload is not one", $"spec: expected the name of another upload, or none, found \"{spec.RatingsOf}\"");
            }

            // Where a job lives, its queue decides.
            spec.ClearFirstShard();
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
        return JobIds.IsValid(id) ? id : throw ApiException.BadRequest("the id is not one", $"id: expected 1 to 64 letters, digits and hyphens, found \"{id}\"");
    }

    private static string PartOf(HttpContext context)
    {
        string part = (string)context.Request.RouteValues["part"]!;
        return IsPart(part) ? part : throw ApiException.BadRequest("the part is not one", $"expected REGION-NUMBER such as user-factors-0, found \"{part}\"");
    }

    private static bool IsPart(string part)
    {
        int dash = part.LastIndexOf('-');
        return dash > 0 && JobLayout.Regions.Contains(part[..dash])
            && part.Length - dash - 1 is >= 1 and <= 9 && !part.AsSpan(dash + 1).ContainsAnyExceptInRange('0', '9');
    }

    private static Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type) =>
        context.Response.WriteAsJsonAsync(value, type, cancellationToken: context.RequestAborted);

    private static Task RefuseAsync(HttpContext context, int status, string title, string detail)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(
            new ProblemAnswer(title, detail, status), ApiJson.Default.ProblemAnswer, "application/problem+json", context.RequestAborted);
    }
}
