using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using DistRec.Cluster.Api;
using DistRec.Models.Queries.Asking;
using DistRec.Serving.Actors;
using DistRec.Serving.Registry;
using DistRec.Serving.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace DistRec.Serving.Api;

/// <summary>Registers a model.</summary>
public sealed record RegisterRequest
{
    /// <summary>Its name.</summary>
    [Required, StringLength(64, MinimumLength = 1)]
    public required string Name { get; init; }

    /// <summary>The folder on the server that training saved it to.</summary>
    [Required, StringLength(4096, MinimumLength = 1)]
    public required string Folder { get; init; }

    /// <summary>Whether it is to answer at once.</summary>
    public bool Activate { get; init; }

    /// <summary>What a person has to say about it.</summary>
    [StringLength(4096)]
    public string? Notes { get; init; }
}

/// <summary>Why something is done to a version.</summary>
public sealed record ReasonRequest
{
    /// <summary>In words; kept with the change.</summary>
    [StringLength(1024)]
    public string? Reason { get; init; }
}

/// <summary>A version of a model.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its number among those of the name, from 1.</param>
/// <param name="State">registered, active or retired.</param>
/// <param name="Kind">The kind of model, such as als.</param>
/// <param name="ModelSha256">Hash of its tables.</param>
/// <param name="Metrics">Final figures of training.</param>
/// <param name="DataName">What the data set is called.</param>
/// <param name="DataFingerprint">SHA-256 over the data set.</param>
/// <param name="Options">The options it was trained with.</param>
/// <param name="Job">The job that trained it; null where it is not known.</param>
/// <param name="Users">Users that it knows; null where an earlier release registered it and it is not loaded.</param>
/// <param name="Items">Items that it knows; likewise.</param>
/// <param name="Ratings">Ratings that it was trained on, 0 where they are not kept with it; likewise.</param>
/// <param name="Rank">Factors, 0 for none; likewise.</param>
/// <param name="RatingScale">Least and greatest rating of its data; likewise.</param>
/// <param name="Created">When it was registered.</param>
/// <param name="Activated">When it was last activated; null for never.</param>
/// <param name="Notes">What a person has to say about it.</param>
public sealed record ModelVersionAnswer(
    string Name,
    int Version,
    ModelState State,
    string Kind,
    string ModelSha256,
    IReadOnlyDictionary<string, double> Metrics,
    string DataName,
    string DataFingerprint,
    IReadOnlyDictionary<string, JsonElement> Options,
    string? Job,
    int? Users,
    int? Items,
    long? Ratings,
    int? Rank,
    RatingScale? RatingScale,
    DateTimeOffset Created,
    DateTimeOffset? Activated,
    string Notes);

/// <summary>A model and its versions.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Active">The version that answers; null for none.</param>
/// <param name="IsDefault">Whether it answers who names no model.</param>
/// <param name="Versions">The newest first.</param>
public sealed record ModelAnswer(string Name, int? Active, bool IsDefault, IReadOnlyList<ModelVersionAnswer> Versions);

/// <summary>All models.</summary>
/// <param name="Models">By name.</param>
/// <param name="Fault">Why a version that should answer does not; null where all do.</param>
public sealed record ModelsAnswer(IReadOnlyList<ModelAnswer> Models, string? Fault);

/// <summary>Something that was done to a version.</summary>
/// <param name="Action">register, activate, rollBack or retire.</param>
/// <param name="Version">The version.</param>
/// <param name="At">When.</param>
/// <param name="By">Who did it.</param>
/// <param name="Reason">Why.</param>
public sealed record ModelChangeAnswer(ModelAction Action, int Version, DateTimeOffset At, string By, string Reason);

/// <summary>What was done to the versions of a model.</summary>
/// <param name="Activations">The newest first.</param>
public sealed record HistoryOfModelAnswer(IReadOnlyList<ModelChangeAnswer> Activations);

/// <summary>Models, their versions, and which of them answers.</summary>
/// <param name="registry">The models.</param>
/// <param name="uploads">Folder of models on their way here.</param>
/// <param name="loader">Loads what is active.</param>
/// <param name="node">What is loaded.</param>
internal sealed class ModelEndpoints(IModelRegistry registry, string uploads, ModelLoader loader, ServingNode node)
{
    // Of 100 million users, at 128 factors each.
    private const long MostBytes = 64L << 30;

    /// <summary>Maps them.</summary>
    /// <param name="routes">Under <c>/v1</c>.</param>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/models", async Task<Ok<ModelsAnswer>> (CancellationToken cancellationToken) =>
            TypedResults.Ok(await ListAsync(cancellationToken).ConfigureAwait(false)))
            .WithName("ListModels").WithSummary("All models and their versions");
        routes.MapPost("/models", async Task<Created<ModelVersionAnswer>> (RegisterRequest request, HttpContext context, CancellationToken cancellationToken) =>
        {
            ModelRegistration registration = new() { Name = request.Name, Folder = request.Folder, By = WhoOf(context), Notes = request.Notes ?? "" };
            return await RegisterAsync(registration, request.Activate, cancellationToken).ConfigureAwait(false);
        }).WithName("RegisterModel").WithSummary("Registers a model that training saved; the same one again is the version that is there");
        routes.MapPost("/models/{name}/versions", UploadAsync).WithMetadata(new RequestSizeLimitAttribute(MostBytes))
            .Accepts<Stream>(ModelArchive.MediaType).WithName("UploadModel").WithSummary("Registers a model whose files are sent, as a tar archive of its folder");
        routes.MapGet("/models/{name}", async Task<Ok<ModelAnswer>> (string name, CancellationToken cancellationToken) => TypedResults.Ok(
            (await ListAsync(cancellationToken).ConfigureAwait(false)).Models.FirstOrDefault(model => model.Name == name) ?? throw NoModel(name)))
            .WithName("FindModel").WithSummary("A model and its versions");
        routes.MapGet("/models/{name}/history", async Task<Ok<HistoryOfModelAnswer>> (string name, CancellationToken cancellationToken) => TypedResults.Ok(
            new HistoryOfModelAnswer([.. (await registry.HistoryAsync(name, cancellationToken).ConfigureAwait(false))
                .Select(change => new ModelChangeAnswer(change.Action, change.Version, change.At, change.By, change.Why))])))
            .WithName("ModelHistory").WithSummary("What was done to a model's versions, by whom and why");
        routes.MapPost("/models/{name}/versions/{version}/activate", async Task<Ok<ModelVersionAnswer>> (
            string name, int version, [FromBody] ReasonRequest? request, HttpContext context, CancellationToken cancellationToken) =>
            await ChangeAsync(registry.ActivateAsync(name, version, WhoOf(context), request?.Reason ?? "", cancellationToken), cancellationToken).ConfigureAwait(false))
            .WithName("ActivateModel").WithSummary("Makes a version answer; it does on this node when the answer comes, and on others a moment later");
        routes.MapPost("/models/{name}/rollback", async Task<Ok<ModelVersionAnswer>> (
            string name, [FromBody] ReasonRequest? request, HttpContext context, CancellationToken cancellationToken) =>
            await ChangeAsync(registry.RollBackAsync(name, WhoOf(context), request?.Reason ?? "", cancellationToken), cancellationToken).ConfigureAwait(false))
            .WithName("RollBackModel").WithSummary("Makes the version answer that did before");
        routes.MapPost("/models/{name}/versions/{version}/retire", async Task<Ok<ModelVersionAnswer>> (
            string name, int version, [FromBody] ReasonRequest? request, HttpContext context, CancellationToken cancellationToken) =>
            await ChangeAsync(registry.RetireAsync(name, version, WhoOf(context), request?.Reason ?? "", cancellationToken), cancellationToken).ConfigureAwait(false))
            .WithName("RetireModel").WithSummary("Takes a version out of use for ever, and removes its files");
    }

    private async Task<Created<ModelVersionAnswer>> UploadAsync(
        string name, HttpContext context, CancellationToken cancellationToken, bool activate = false, [StringLength(4096)] string? notes = null)
    {
        PendingFolder.RemoveLeftovers(uploads);
        using PendingFolder folder = PendingFolder.Create(uploads);
        await ModelArchive.ReadAsync(context.Request.Body, folder, cancellationToken).ConfigureAwait(false);
        try
        {
            ModelRegistration registration = new() { Name = name, Folder = folder.Path, By = WhoOf(context), Notes = notes ?? "" };
            return await RegisterAsync(registration, activate, cancellationToken).ConfigureAwait(false);
        }
        catch (InputException exception)
        {
            // Where it was for a moment tells nobody anything.
            throw new InputException(exception.Message.Replace(folder.Path, "the model that was sent", StringComparison.Ordinal), exception);
        }
    }

    private async Task<Created<ModelVersionAnswer>> RegisterAsync(ModelRegistration registration, bool activates, CancellationToken cancellationToken)
    {
        ModelVersion version = await registry.RegisterAsync(registration, cancellationToken).ConfigureAwait(false);
        if (activates)
        {
            await registry.ActivateAsync(version.Name, version.Version, registration.By, "activated when it was registered", cancellationToken).ConfigureAwait(false);
            await RefreshAsync(cancellationToken).ConfigureAwait(false);
        }

        return TypedResults.Created($"/v1/models/{version.Name}", await DescribeAsync(version.Name, version.Version, cancellationToken).ConfigureAwait(false));
    }

    internal static string WhoOf(HttpContext context) => context.User.Identity!.Name!;

    private static ApiException NoModel(string name) => ApiException.NotFound(
        "there is no such model", $"expected a model that is registered, found \"{name}\"; GET /v1/models lists them");

    private async Task<Ok<ModelVersionAnswer>> ChangeAsync(Task<ModelVersion> change, CancellationToken cancellationToken)
    {
        ModelVersion version = await change.ConfigureAwait(false);
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        return TypedResults.Ok(await DescribeAsync(version.Name, version.Version, cancellationToken).ConfigureAwait(false));
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        string fault = await loader.RefreshAsync(cancellationToken).ConfigureAwait(false);
        if (fault.Length > 0)
        {
            throw ApiException.Conflict("the version cannot be loaded", $"{fault}; what answered before still does: roll back, or register the model again");
        }
    }

    private async Task<ModelVersionAnswer> DescribeAsync(string name, int version, CancellationToken cancellationToken) =>
        (await ListAsync(cancellationToken).ConfigureAwait(false)).Models.Single(model => model.Name == name).Versions.Single(one => one.Version == version);

    private async Task<ModelsAnswer> ListAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<ModelVersion> versions = await registry.ListAsync(null, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ModelVersion> active = await registry.ActiveAsync(cancellationToken).ConfigureAwait(false);
        Dictionary<(string, int), DateTimeOffset> activated = [];
        foreach (ModelChange change in await registry.HistoryAsync(null, cancellationToken).ConfigureAwait(false))
        {
            if (change.Action is ModelAction.Activate or ModelAction.RollBack)
            {
                activated.TryAdd((change.Name, change.Version), change.At);
            }
        }

        string fault = await loader.RefreshAsync(cancellationToken).ConfigureAwait(false);
        return new ModelsAnswer(
            [.. versions.GroupBy(version => version.Name, StringComparer.Ordinal).OrderBy(model => model.Key, StringComparer.Ordinal).Select(model => new ModelAnswer(
                model.Key,
                active.FirstOrDefault(one => one.Name == model.Key)?.Version,
                active.Count > 0 && active[0].Name == model.Key,
                [.. model.OrderByDescending(version => version.Version).Select(version => AnswerOf(
                    version, activated.TryGetValue((version.Name, version.Version), out DateTimeOffset at) ? at : null))]))],
            fault.Length > 0 ? fault : null);
    }

    private ModelVersionAnswer AnswerOf(ModelVersion version, DateTimeOffset? activated)
    {
        ServingModel? loaded = node.Models.Models.GetValueOrDefault(version.Name);
        ModelDescription? known = loaded?.Version == version.Version ? loaded.Saved.Description : null;
        return new ModelVersionAnswer(
            version.Name,
            version.Version,
            version.State,
            version.Kind,
            version.Sha256,
            version.Metrics,
            version.DataName,
            version.DataFingerprint,
            version.Options,
            version.Job,
            version.Users ?? known?.UserCount,
            version.Items ?? known?.ItemCount,
            version.Ratings ?? known?.RatingCount,
            version.Rank ?? known?.Rank,
            version.Scale ?? (known is null ? null : loaded!.Saved.Model.Scale),
            version.Created,
            activated,
            version.Notes);
    }
}
