using DistRec.Models.Queries.Lists;
using DistRec.Serving.Api;

namespace DistRec.Cli.Queries;

/// <summary>Passes questions on to a server.</summary>
/// <param name="client">Calls it.</param>
/// <param name="model">Name of the model that answers; null for the one that was activated last.</param>
internal sealed class ServerAnswers(RecommendationClient client, string? model) : IAnswers
{
    public Task<PredictAnswer> PredictAsync(GivenAsker asker, string item, CancellationToken cancellationToken) =>
        client.PredictAsync(
            new PredictRequest { User = asker.Id, Item = item, Ratings = RatingsOf(asker), Attributes = asker.Attributes },
            model,
            cancellationToken);

    public Task<RecommendAnswer> RecommendAsync(GivenAsker asker, RecommendQuery query, CancellationToken cancellationToken) => client.RecommendAsync(
        new RecommendRequest
        {
            User = asker.Id,
            Ratings = RatingsOf(asker),
            Attributes = asker.Attributes,
            N = query.N,
            Allow = query.Allow is null ? null : [.. query.Allow],
            Deny = query.Deny is null ? null : [.. query.Deny],
            IncludeSeen = query.IncludeSeen,
            Diversity = query.Diversity,
            Explore = query.Explore,
            Filter = query.Filter?.ToString(),
            After = query.After?.ToString(),
        },
        model,
        cancellationToken);

    public Task<SimilarItemsAnswer> SimilarItemsAsync(string item, int n, CancellationToken cancellationToken) =>
        client.SimilarItemsAsync(item, n, model, cancellationToken);

    public Task<SimilarUsersAnswer> SimilarUsersAsync(GivenAsker asker, int n, CancellationToken cancellationToken) =>
        client.SimilarUsersAsync(
            new SimilarUsersRequest { User = asker.Id, Ratings = RatingsOf(asker), Attributes = asker.Attributes, N = n },
            model,
            cancellationToken);

    public Task<ExplainAnswer> ExplainAsync(GivenAsker asker, string item, int n, CancellationToken cancellationToken) =>
        client.ExplainAsync(
            new ExplainRequest { User = asker.Id, Item = item, Ratings = RatingsOf(asker), Attributes = asker.Attributes, N = n },
            model,
            cancellationToken);

    public void Dispose() => client.Dispose();

    // Whether an item may go without a rating, and which ratings there are, the server's model knows.
    private static RatingRequest[]? RatingsOf(GivenAsker asker) => asker.Ratings is not { } read ? null :
    [
        .. read(-RatingLimits.Magnitude, float.NaN).Select(rating =>
            new RatingRequest { Item = rating.Item, Rating = float.IsNaN(rating.Rating) ? null : rating.Rating }),
    ];
}
