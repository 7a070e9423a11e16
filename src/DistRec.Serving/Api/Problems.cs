using System.Text.Json;
using DistRec.Cluster.Api;
using DistRec.Cluster.Client;
using DistRec.Serving.Experiments;
using DistRec.Serving.Registry;
using DistRec.Training.Databases;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DistRec.Serving.Api;

/// <summary>
/// Makes a problem (RFC 9457) of whatever a request ends with: what was expected, what was found and what to do where the sender can do
/// something about it. What is wrong with the server itself stays in its log.
/// </summary>
internal sealed class Problems(IProblemDetailsService service, ILogger<Problems> logger) : IExceptionHandler
{
    /// <summary>What is wrong with a request that is well formed and has no answer.</summary>
    public const string NoAnswer = "the request cannot be answered as it is put";

    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        (int status, string title, string detail) = exception switch
        {
            ApiException refused => (refused.Status, refused.Title, refused.Message),
            InputException wrong => (StatusCodes.Status400BadRequest, NoAnswer, wrong.Message),
            UnknownModelException unknown => (StatusCodes.Status404NotFound, "there is no such model", unknown.Message),
            ModelStateException state => (StatusCodes.Status409Conflict, "this is not done to a version of that state", state.Message),
            UnknownExperimentException unknown => (StatusCodes.Status404NotFound, "there is no such experiment", unknown.Message),
            ExperimentStateException state => (StatusCodes.Status409Conflict, "this is not done to an experiment of that state", state.Message),
            DatabaseException database => (StatusCodes.Status503ServiceUnavailable, "the database does not do what it should", database.Message),
            ModelRegistryException files => (StatusCodes.Status503ServiceUnavailable, "the model's files are not to be had", files.Message),
            NumericalException numerical => (StatusCodes.Status400BadRequest, NoAnswer, numerical.Message),
            ClusterException { IsTransient: true } => (StatusCodes.Status503ServiceUnavailable, "the cluster does not answer", exception.Message),
            ClusterException => (StatusCodes.Status502BadGateway, "the cluster cannot be used", exception.Message),
            BadHttpRequestException { InnerException: JsonException json } bad => (bad.StatusCode, "the request cannot be read", json.Message),
            BadHttpRequestException bad => (bad.StatusCode, "the request cannot be read", bad.Message),
            OperationCanceledException when context.RequestAborted.IsCancellationRequested =>
                (StatusCodes.Status499ClientClosedRequest, "the request was given up", "the sender has gone"),
            _ => (StatusCodes.Status500InternalServerError, "the server failed", "what happened is in the server's log"),
        };
        if (status == StatusCodes.Status500InternalServerError)
        {
            logger.LogError(exception, "{Method} {Path} failed.", context.Request.Method, context.Request.Path.Value);
        }

        context.Response.StatusCode = status;
        return await service.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = { Status = status, Title = title, Detail = detail },
        }).ConfigureAwait(false);
    }
}
