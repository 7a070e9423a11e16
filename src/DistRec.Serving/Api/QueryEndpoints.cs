using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using DistRec.Serving.Queries;
using DistRec.Serving.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DistRec.Serving.Api;

/// <summary>Questions that the active model answers.</summary>
internal static class QueryEndpoints
{
    private const string OtherModel = "Name of the model that answers; left out for the one that was activated last";

    /// <summary>Maps them.</summary>
    /// <param name="routes">Under <c>/v1</c>.</param>
    /// <param name="queries">What answers.</param>
    public static void Map(IEndpointRouteBuilder routes, UserQueries queries)
    {
        routes.MapGet("/predict", Ok<PredictAnswer> (
            [Description("Id of the user")][StringLength(512, MinimumLength = 1)] string user,
            [Description("Id of the item")][StringLength(512, MinimumLength = 1)] string item,
            [Description(OtherModel)] string? model) => TypedResults.Ok(Predict(queries, queries.ModelOf(model), user, item)))
            .WithName("Predict").WithSummary("What would this user rate this item?");
        routes.MapPost("/predict", Ok<PredictAnswer> (PredictRequest request, string? model) =>
        {
            ServingModel chosen = queries.ModelOf(model);
            return TypedResults.Ok(ModelQueries.Predict(chosen, AskerOf(queries, chosen, request.User, request.Ratings), request.Item)
                with { Served = queries.Served(chosen) });
        }).WithName("PredictForRatings").WithSummary("What would a user with these ratings rate this item?");
        routes.MapPost("/predict/batch", Ok<PredictBatchAnswer> (PredictBatchRequest request, string? model) =>
        {
            ServingModel chosen = queries.ModelOf(model);
            return TypedResults.Ok(new PredictBatchAnswer([.. request.Pairs.Select(pair => Predict(queries, chosen, pair.User, pair.Item))]));
        }).WithName("PredictBatch").WithSummary("Many predictions, by one version of the model");

        routes.MapGet("/users/{user}/recommendations", Ok<RecommendAnswer> (
            string user,
            [Range(1, 1000)][Description("How many items")] int n = 10,
            [Description("Whether items that the user has rated may be recommended")] bool includeSeen = false,
            [Description("Ids to choose from, separated by commas; left out for all")] string? allow = null,
            [Description("Ids never to recommend, separated by commas")] string? deny = null,
            [Description(OtherModel)] string? model = null) =>
        {
            ServingModel chosen = queries.ModelOf(model);
            RecommendQuery query = new() { N = n, IncludeSeen = includeSeen, Allow = SplitIds(allow), Deny = SplitIds(deny) };
            return TypedResults.Ok(ModelQueries.Recommend(chosen, queries.AskerOf(chosen, user), query) with { Served = queries.Served(chosen) });
        }).WithName("Recommend").WithSummary("What should this user see?");
        routes.MapPost("/recommendations", Ok<RecommendAnswer> (RecommendRequest request, string? model) =>
        {
            ServingModel chosen = queries.ModelOf(model);
            RecommendQuery query = new() { N = request.N, IncludeSeen = request.IncludeSeen, Allow = request.Allow, Deny = request.Deny };
            return TypedResults.Ok(ModelQueries.Recommend(chosen, AskerOf(queries, chosen, request.User, request.Ratings), query)
                with { Served = queries.Served(chosen) });
        }).WithName("RecommendForRatings").WithSummary("What should a user with these ratings see? Long lists of ids go here, too");
        routes.MapPost("/recommendations/batch", Ok<RecommendBatchAnswer> (RecommendBatchRequest request, string? model) =>
        {
            ServingModel chosen = queries.ModelOf(model);
            RecommendQuery query = new() { N = request.N, IncludeSeen = request.IncludeSeen };
            return TypedResults.Ok(new RecommendBatchAnswer(
                [.. request.Users.Select(user => ModelQueries.Recommend(chosen, queries.AskerOf(chosen, user), query) with { Served = queries.Served(chosen) })]));
        }).WithName("RecommendBatch").WithSummary("The lists of many users, by one version of the model");

        routes.MapGet("/items/{item}/similar", Ok<SimilarItemsAnswer> (string item, [Range(1, 1000)] int n = 10, string? model = null) =>
        {
            ServingModel chosen = queries.ModelOf(model);
            return TypedResults.Ok(ModelQueries.Similar(chosen, item, n) with { Served = queries.Served(chosen) });
        }).WithName("SimilarItems").WithSummary("Which items are like this one?");

        routes.MapGet("/explain", Ok<ExplainAnswer> (
            [StringLength(512, MinimumLength = 1)] string user,
            [StringLength(512, MinimumLength = 1)] string item,
            [Range(0, 1000)] int n = 10,
            string? model = null) =>
        {
            ServingModel chosen = queries.ModelOf(model);
            return TypedResults.Ok(ModelQueries.Explain(chosen, queries.AskerOf(chosen, user), item, n) with { Served = queries.Served(chosen) });
        }).WithName("Explain").WithSummary("Why is the user predicted to rate the item so?");
        routes.MapPost("/explain", Ok<ExplainAnswer> (ExplainRequest request, string? model) =>
        {
            ServingModel chosen = queries.ModelOf(model);
            return TypedResults.Ok(ModelQueries.Explain(chosen, AskerOf(queries, chosen, request.User, request.Ratings), request.Item, request.N)
                with { Served = queries.Served(chosen) });
        }).WithName("ExplainForRatings").WithSummary("Why is a user with these ratings predicted to rate the item so?");
    }

    private static PredictAnswer Predict(UserQueries queries, ServingModel model, string user, string item) =>
        ModelQueries.Predict(model, queries.AskerOf(model, user), item) with { Served = queries.Served(model) };

    // Ratings of the request count beside those that are known, and before them.
    private static Asker AskerOf(UserQueries queries, ServingModel model, string? user, IReadOnlyList<RatingRequest>? ratings)
    {
        if (ratings is not { Count: > 0 })
        {
            return user is null
                ? throw InputException.At("user", "the id of a user, or ratings", "neither", "give one of them")
                : queries.AskerOf(model, user);
        }

        ItemRating[] given = [.. ratings.Select((rating, index) => new ItemRating(rating.Item, rating.Rating, $"ratings[{index}]"))];
        return queries.AskerOf(model, user, given);
    }

    private static string[]? SplitIds(string? ids) => ids?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
