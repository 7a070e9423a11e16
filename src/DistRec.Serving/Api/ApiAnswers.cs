using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DistRec.Cluster.Api;
using DistRec.Evaluation.Maps;
using DistRec.Models.Queries.Asking;
using DistRec.Serving.Events.Import;
using DistRec.Serving.Experiments;
using DistRec.Serving.Items;
using DistRec.Serving.Jobs;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace DistRec.Serving.Api;

/// <summary>Many predictions.</summary>
/// <param name="Answers">In the order of the pairs.</param>
public sealed record PredictBatchAnswer(IReadOnlyList<PredictAnswer> Answers);

/// <summary>The lists of many users.</summary>
/// <param name="Answers">In the order of the users.</param>
public sealed record RecommendBatchAnswer(IReadOnlyList<RecommendAnswer> Answers);

/// <summary>An item.</summary>
/// <param name="Item">Its id.</param>
/// <param name="Title">Its title, where known.</param>
/// <param name="Ratings">How many training ratings it has, or of an item that came after training it was folded in by; null where the model was saved without them.</param>
public readonly record struct FoundItem(string Item, string? Title, int? Ratings);

/// <summary>Items that were looked for.</summary>
/// <param name="Items">Those with most training ratings first.</param>
/// <param name="Total">How many there are in all.</param>
public sealed record ItemsAnswer(IReadOnlyList<FoundItem> Items, int Total);

/// <summary>A user.</summary>
/// <param name="User">Its id.</param>
/// <param name="Ratings">How many training ratings it has; null where the model was saved without them.</param>
/// <param name="New">How many items it has rated since.</param>
public readonly record struct FoundUser(string User, int? Ratings, int New);

/// <summary>Users that were looked for.</summary>
/// <param name="Users">In the order of the model, and then new ones.</param>
public sealed record UsersAnswer(IReadOnlyList<FoundUser> Users);

/// <summary>A rating that a user gave.</summary>
/// <param name="Item">Id of the item.</param>
/// <param name="Title">Its title, where known.</param>
/// <param name="Rating">The rating.</param>
/// <param name="New">Whether it was given since training.</param>
public readonly record struct RatedItemAnswer(string Item, string? Title, float Rating, bool New);

/// <summary>What a user has rated.</summary>
/// <param name="User">Id of the user.</param>
/// <param name="Ratings">Those given since training first, then those of training; of both the newest of each item.</param>
/// <param name="Known">Whether the model knows the user.</param>
public sealed record HistoryAnswer(string User, IReadOnlyList<RatedItemAnswer> Ratings, bool Known);

/// <summary>All that the API reads and writes, as JSON in camel case.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(PredictRequest))]
[JsonSerializable(typeof(PredictBatchRequest))]
[JsonSerializable(typeof(PredictAnswer))]
[JsonSerializable(typeof(PredictBatchAnswer))]
[JsonSerializable(typeof(RecommendRequest))]
[JsonSerializable(typeof(RecommendBatchRequest))]
[JsonSerializable(typeof(RecommendAnswer))]
[JsonSerializable(typeof(RecommendBatchAnswer))]
[JsonSerializable(typeof(SimilarItemsAnswer))]
[JsonSerializable(typeof(SimilarUsersAnswer))]
[JsonSerializable(typeof(ExplainRequest))]
[JsonSerializable(typeof(SimilarUsersRequest))]
[JsonSerializable(typeof(ExplainAnswer))]
[JsonSerializable(typeof(ItemsAnswer))]
[JsonSerializable(typeof(ItemRequest))]
[JsonSerializable(typeof(ItemDetails))]
[JsonSerializable(typeof(UsersAnswer))]
[JsonSerializable(typeof(HistoryAnswer))]
[JsonSerializable(typeof(RatingsRequest))]
[JsonSerializable(typeof(RatingsAnswer))]
[JsonSerializable(typeof(EventsRequest))]
[JsonSerializable(typeof(EventsAnswer))]
[JsonSerializable(typeof(EventImportReport))]
[JsonSerializable(typeof(ItemMap))]
[JsonSerializable(typeof(MapProgressAnswer))]
[JsonSerializable(typeof(RegisterRequest))]
[JsonSerializable(typeof(ReasonRequest))]
[JsonSerializable(typeof(ModelVersionAnswer))]
[JsonSerializable(typeof(ModelAnswer))]
[JsonSerializable(typeof(ModelsAnswer))]
[JsonSerializable(typeof(HistoryOfModelAnswer))]
[JsonSerializable(typeof(ExperimentDefinition))]
[JsonSerializable(typeof(ExperimentFigures))]
[JsonSerializable(typeof(ShadowFigures))]
[JsonSerializable(typeof(ExperimentRequest))]
[JsonSerializable(typeof(PromoteRequest))]
[JsonSerializable(typeof(ExperimentAnswer))]
[JsonSerializable(typeof(ExperimentsAnswer))]
[JsonSerializable(typeof(JobRequest))]
[JsonSerializable(typeof(JobList))]
[JsonSerializable(typeof(JobAnswer))]
[JsonSerializable(typeof(JobRecord))]
[JsonSerializable(typeof(StateEvent))]
[JsonSerializable(typeof(NoteEvent))]
[JsonSerializable(typeof(HeartbeatEvent))]
[JsonSerializable(typeof(ClusterAnswer))]
[JsonSerializable(typeof(OverviewAnswer))]
[JsonSerializable(typeof(KeyRequest))]
[JsonSerializable(typeof(NewKeyAnswer))]
[JsonSerializable(typeof(KeysAnswer))]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(HttpValidationProblemDetails))]
public sealed partial class ServingJson : JsonSerializerContext
{
    /// <summary>Options that write and read as the command line's <c>--json</c> does.</summary>
    public static JsonSerializerOptions CreateOptions()
    {
        JsonSerializerOptions options = new(JsonSerializerDefaults.Web);
        Configure(options);
        return options;
    }

    /// <summary>Makes options write and read as the command line's <c>--json</c> does.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        options.NumberHandling = JsonNumberHandling.Strict;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.TypeInfoResolverChain.Insert(0, Default);
    }
}
