using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using DistRec.Models.Queries.Asking;
using DistRec.Models.Queries.Lists;
using DistRec.Serving.Actors;
using DistRec.Serving.Protocol;
using DistRec.Serving.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace DistRec.Serving.Api;

/// <summary>Questions that the active model answers.</summary>
internal static class QueryEndpoints
{
    private const string Differ = "How much it counts that the items differ, from 0 to 1; 0 leaves the ranking as it is";
    private const string Unsure = "Standard deviations of the rating that are added to what items are ranked by, 0 to 100; for models that have them";
    private const string Conditions = "What items must be, such as genre=Drama|Comedy,year>=1990; conditions by =, !=, <, <=, > and >= that must all hold";
    private const string Following = "The next of an earlier answer, to go on behind it";
    private const string OtherModel = "Name of the model that answers; left out for the one that was activated last";

    /// <summary>Maps them.</summary>
    /// <param name="routes">Under <c>/v1</c>.</param>
    /// <param name="desk">What answers about users.</param>
    /// <param name="queries">What answers about items.</param>
    public static void Map(IEndpointRouteBuilder routes, UserDesk desk, UserQueries queries)
    {
        routes.MapGet("/predict", async Task<Ok<PredictAnswer>> (
            [Description("Id of the user")][StringLength(512, MinimumLength = 1)] string user,
            [Description("Id of the item")][StringLength(512, MinimumLength = 1)] string item,
            [Description(OtherModel)] string? model) => TypedResults.Ok(await desk.AskAsync<PredictAnswer>(Predict(queries, user, model, item)).ConfigureAwait(false)))
            .WithName("Predict").WithSummary("What would this user rate this item?");
        routes.MapPost("/predict", async Task<Ok<PredictAnswer>> (PredictRequest request, string? model) =>
        {
            UserQuestion question = About(queries, request.User, model, request.Ratings, request.Attributes);
            question.Predict = new PredictQuestion { Item = request.Item };
            return TypedResults.Ok(await desk.AskAsync<PredictAnswer>(question).ConfigureAwait(false));
        }).WithName("PredictForRatings").WithSummary("What would a user with these ratings rate this item?");
        routes.MapPost("/predict/batch", async Task<Ok<PredictBatchAnswer>> (PredictBatchRequest request, string? model) =>
            TypedResults.Ok(new PredictBatchAnswer(await AskAllAsync<PredictAnswer>(
                desk, request.Pairs.Select(pair => Predict(queries, pair.User, model, pair.Item))).ConfigureAwait(false))))
            .WithName("PredictBatch").WithSummary("Many predictions at once");

        routes.MapGet("/users/{user}/recommendations", async Task<Ok<RecommendAnswer>> (
            string user,
            [Range(1, 1000)][Description("How many items")] int n = 10,
            [Description("Whether items that the user has rated may be recommended")] bool includeSeen = false,
            [Description("Ids to choose from, separated by commas; left out for all")] string? allow = null,
            [Description("Ids never to recommend, separated by commas")] string? deny = null,
            [StringLength(RecommendRequest.LongestFilter)][Description(Conditions)] string? filter = null,
            [Range(0.0, 1.0)][Description(Differ)] double diversity = 0,
            [Range(0.0, RecommendQuery.MostExplore)][Description(Unsure)] double explore = 0,
            [StringLength(ListCursor.MaximumLength)][Description(Following)] string? after = null,
            [Description(OtherModel)] string? model = null) =>
        {
            UserQuestion question = About(queries, user, model, null);
            question.Recommend = new RecommendQuestion
            {
                N = n, IncludeSeen = includeSeen, Allow = IdsOf(SplitIds(allow)), Deny = IdsOf(SplitIds(deny)), Diversity = diversity, Explore = explore,
                After = after ?? "",
                Filter = filter ?? "",
            };
            return TypedResults.Ok(await desk.AskAsync<RecommendAnswer>(question).ConfigureAwait(false));
        }).WithName("Recommend").WithSummary("What should this user see?");
        routes.MapPost("/recommendations", async Task<Ok<RecommendAnswer>> (RecommendRequest request, string? model) =>
        {
            UserQuestion question = About(queries, request.User, model, request.Ratings, request.Attributes);
            question.Recommend = new RecommendQuestion
            {
                N = request.N,
                IncludeSeen = request.IncludeSeen,
                Allow = IdsOf(request.Allow),
                Deny = IdsOf(request.Deny),
                Diversity = request.Diversity,
                Explore = request.Explore,
                After = request.After ?? "",
                Filter = request.Filter ?? "",
            };
            return TypedResults.Ok(await desk.AskAsync<RecommendAnswer>(question).ConfigureAwait(false));
        }).WithName("RecommendForRatings").WithSummary("What should a user with these ratings see? Long lists of ids go here, too");
        routes.MapPost("/recommendations/batch", async Task<Ok<RecommendBatchAnswer>> (RecommendBatchRequest request, string? model) =>
            TypedResults.Ok(new RecommendBatchAnswer(await AskAllAsync<RecommendAnswer>(desk, request.Users.Select(user =>
            {
                UserQuestion question = About(queries, user, model, null);
                question.Recommend = new RecommendQuestion { N = request.N, IncludeSeen = request.IncludeSeen, Filter = request.Filter ?? "" };
                return question;
            })).ConfigureAwait(false))))
            .WithName("RecommendBatch").WithSummary("The lists of many users at once");

        routes.MapGet("/explain", async Task<Ok<ExplainAnswer>> (
            [StringLength(512, MinimumLength = 1)] string user,
            [StringLength(512, MinimumLength = 1)] string item,
            [Range(0, 1000)] int n = 10,
            string? model = null) => TypedResults.Ok(await desk.AskAsync<ExplainAnswer>(Explain(About(queries, user, model, null), item, n)).ConfigureAwait(false)))
            .WithName("Explain").WithSummary("Why is the user predicted to rate the item so?");
        routes.MapPost("/explain", async Task<Ok<ExplainAnswer>> (ExplainRequest request, string? model) => TypedResults.Ok(
            await desk.AskAsync<ExplainAnswer>(Explain(
                About(queries, request.User, model, request.Ratings, request.Attributes), request.Item, request.N)).ConfigureAwait(false)))
            .WithName("ExplainForRatings").WithSummary("Why is a user with these ratings predicted to rate the item so?");

        routes.MapGet("/items/{item}/similar", Ok<SimilarItemsAnswer> (string item, [Range(1, 1000)] int n = 10, string? model = null) =>
        {
            ServingModel chosen = queries.ModelOf(model);
            return TypedResults.Ok(ModelQueries.SimilarItems(chosen, item, n) with { Served = queries.Served(chosen) });
        }).WithName("SimilarItems").WithSummary("Which items are like this one?");
        routes.MapGet("/users/{user}/similar", async Task<Ok<SimilarUsersAnswer>> (
            string user,
            [Range(1, 1000)][Description("How many users")] int n = 10,
            [Description(OtherModel)] string? model = null) =>
        {
            UserQuestion question = About(queries, user, model, null);
            question.Similar = new SimilarQuestion { N = n };
            return TypedResults.Ok(await desk.AskAsync<SimilarUsersAnswer>(question).ConfigureAwait(false));
        }).WithName("SimilarUsers").WithSummary("Which users of the model are like this one, by what it has rated until now?");
        routes.MapPost("/users/similar", async Task<Ok<SimilarUsersAnswer>> (SimilarUsersRequest request, string? model) =>
        {
            UserQuestion question = About(queries, request.User, model, request.Ratings, request.Attributes);
            question.Similar = new SimilarQuestion { N = request.N };
            return TypedResults.Ok(await desk.AskAsync<SimilarUsersAnswer>(question).ConfigureAwait(false));
        }).WithName("SimilarToRatings").WithSummary("Which users of the model are like one with these ratings?");
    }

    private static UserQuestion About(
        UserQueries queries,
        string? user,
        string? model,
        IReadOnlyList<RatingRequest>? ratings,
        IReadOnlyDictionary<string, IReadOnlyList<string>>? attributes = null)
    {
        if (user is null && ratings is not { Count: > 0 } && attributes is not { Count: > 0 })
        {
            throw InputException.At("user", "the id of a user, ratings or attributes", "none of them", "give one");
        }

        UserQuestion question = new() { User = user ?? "", Model = model ?? "" };
        if (ratings is not null)
        {
            question.Ratings.AddRange(RatingEndpoints.ItemsOf(ratings, queries.ModelOf(model)));
        }

        if (attributes is { Count: > 0 })
        {
            AttributeRules.Check(attributes);
            if (ratings is { Count: > 0 })
            {
                throw InputException.At(
                    "attributes", "ratings or attributes", "both", "keep the ratings, which tell more, or the others");
            }

            question.Attributes.AddRange(
                attributes.Select(attribute => new GivenAttribute { Name = attribute.Key, Texts = { attribute.Value } }));
        }

        return question;
    }

    private static UserQuestion Predict(UserQueries queries, string user, string? model, string item)
    {
        UserQuestion question = About(queries, user, model, null);
        question.Predict = new PredictQuestion { Item = item };
        return question;
    }

    private static UserQuestion Explain(UserQuestion question, string item, int n)
    {
        question.Explain = new ExplainQuestion { Item = item, N = n };
        return question;
    }

    private static async Task<T[]> AskAllAsync<T>(UserDesk desk, IEnumerable<UserQuestion> questions)
    {
        // All are asked before the first is waited for: those for other nodes travel together.
        ValueTask<T>[] answers = [.. questions.Select(desk.AskAsync<T>)];
        T[] all = new T[answers.Length];
        for (int index = 0; index < answers.Length; index++)
        {
            all[index] = await answers[index].ConfigureAwait(false);
        }

        return all;
    }

    private static ItemIds? IdsOf(IReadOnlyList<string>? ids) => ids is null ? null : new ItemIds { Ids = { ids } };

    private static string[]? SplitIds(string? ids) => ids?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
