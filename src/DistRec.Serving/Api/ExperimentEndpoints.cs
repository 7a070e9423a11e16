using DistRec.Cluster.Api;
using DistRec.Serving.Actors;
using DistRec.Serving.Events;
using DistRec.Serving.Experiments;
using DistRec.Serving.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace DistRec.Serving.Api;

/// <summary>Experiments over versions of models: what is done to them, and what they have come to.</summary>
/// <param name="store">The experiments.</param>
/// <param name="registry">The models.</param>
/// <param name="desk">Has events counted, and this node answer by them.</param>
/// <param name="log">The events.</param>
internal sealed class ExperimentEndpoints(ExperimentStore store, IModelRegistry registry, ExperimentDesk desk, IEventLog log)
{
    /// <summary>Maps them.</summary>
    /// <param name="routes">Under <c>/v1</c>.</param>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/experiments", async Task<Ok<ExperimentsAnswer>> (CancellationToken cancellationToken) =>
        {
            await desk.LookAsync(cancellationToken).ConfigureAwait(false);
            List<ExperimentChange> changes = await store.ChangesAsync(cancellationToken).ConfigureAwait(false);
            List<Experiment> experiments = await store.ListAsync(cancellationToken).ConfigureAwait(false);
            return TypedResults.Ok(new ExperimentsAnswer(experiments.ConvertAll(experiment => ExperimentReport.Of(experiment, changes))));
        }).WithName("ListExperiments").WithSummary("All experiments, and what they have come to");
        routes.MapPost("/experiments", async Task<Created<ExperimentAnswer>> (ExperimentRequest request, HttpContext context, CancellationToken cancellationToken) =>
        {
            string model = request.Model ?? await DefaultAsync(cancellationToken).ConfigureAwait(false);
            Experiment begun = await store.CreateAsync(request.ToDefinition(model), ModelEndpoints.WhoOf(context), cancellationToken).ConfigureAwait(false);
            await RefreshAsync(cancellationToken).ConfigureAwait(false);
            return TypedResults.Created(
                $"/v1/experiments/{Uri.EscapeDataString(begun.Name)}", await DescribeAsync(begun.Name, cancellationToken).ConfigureAwait(false));
        }).WithName("BeginExperiment").WithSummary("Shares a model's users out among versions; the same one again is the one that is there");
        routes.MapGet("/experiments/{name}", async Task<Ok<ExperimentAnswer>> (string name, CancellationToken cancellationToken) =>
        {
            await desk.LookAsync(cancellationToken).ConfigureAwait(false);
            return TypedResults.Ok(await DescribeAsync(name, cancellationToken).ConfigureAwait(false));
        }).WithName("FindExperiment").WithSummary("An experiment, and what it has come to");
        routes.MapGet("/experiments/{name}/events", async Task<PushStreamHttpResult> (string name, CancellationToken cancellationToken) =>
        {
            Experiment found = await store.FindAsync(name, cancellationToken).ConfigureAwait(false);
            return TypedResults.Stream(
                stream => EventExport.WriteAsync(log.ReadAsync(experiment: found.Name, cancellationToken: cancellationToken), stream, cancellationToken),
                "text/csv; charset=utf-8", $"{found.Name}.csv");
        }).Produces<string>(StatusCodes.Status200OK, "text/csv").WithName("ExportExperimentEvents").WithSummary("The events of an experiment, as a file").WithDescription(
            "Lines of comma-separated values under a line of names, as /v1/events/import takes them and distrec bandit evaluate judges policies by them.");
        MapChange(routes, "pause", ExperimentAction.Pause, "PauseExperiment", "The active version answers everybody until the experiment goes on; users keep their arms");
        MapChange(routes, "resume", ExperimentAction.Resume, "ResumeExperiment", "Goes on with an experiment that was paused");
        MapChange(routes, "stop", ExperimentAction.Stop, "StopExperiment", "Ends an experiment: the active version answers everybody");
        routes.MapPost("/experiments/{name}/promote", async Task<Ok<ExperimentAnswer>> (
            string name, [FromBody] PromoteRequest? request, HttpContext context, CancellationToken cancellationToken) =>
            await ChangeAsync(name, ExperimentAction.Promote, request?.Arm, request?.Reason, context, cancellationToken).ConfigureAwait(false))
            .WithName("PromoteArm").WithSummary("Ends an experiment, and makes one of its arms the active version");
    }

    private void MapChange(IEndpointRouteBuilder routes, string verb, ExperimentAction action, string name, string summary) =>
        routes.MapPost($"/experiments/{{name}}/{verb}", async Task<Ok<ExperimentAnswer>> (
            string name, [FromBody] ReasonRequest? request, HttpContext context, CancellationToken cancellationToken) =>
            await ChangeAsync(name, action, null, request?.Reason, context, cancellationToken).ConfigureAwait(false)).WithName(name).WithSummary(summary);

    private async Task<Ok<ExperimentAnswer>> ChangeAsync(
        string name, ExperimentAction action, string? arm, string? reason, HttpContext context, CancellationToken cancellationToken)
    {
        // What is in the log by now is to be in the figures that stay.
        await desk.LookAsync(cancellationToken).ConfigureAwait(false);
        await store.ChangeAsync(name, action, ModelEndpoints.WhoOf(context), reason ?? "", arm, cancellationToken).ConfigureAwait(false);
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(await DescribeAsync(name, cancellationToken).ConfigureAwait(false));
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        string fault = await desk.RefreshAsync(cancellationToken).ConfigureAwait(false);
        if (fault.Length > 0)
        {
            throw ApiException.Conflict("a version cannot be loaded", $"{fault}; its experiment routes nobody: stop it, or restore the model");
        }
    }

    private async Task<ExperimentAnswer> DescribeAsync(string name, CancellationToken cancellationToken) => ExperimentReport.Of(
        await store.FindAsync(name, cancellationToken).ConfigureAwait(false), await store.ChangesAsync(cancellationToken).ConfigureAwait(false));

    private async Task<string> DefaultAsync(CancellationToken cancellationToken) =>
        await registry.ActiveAsync(cancellationToken).ConfigureAwait(false) is [ModelVersion newest, ..] ? newest.Name : throw ApiException.Conflict(
            "no model is active", "expected an active model whose requests are routed, found none; register one with POST /v1/models and activate it");
}
