using DistRec.Models.Queries.Lists;

namespace DistRec.Cli.Queries;

/// <summary>Answers with a model in this process.</summary>
internal sealed class FolderAnswers(ServingModel model) : IAnswers
{
    public Task<PredictAnswer> PredictAsync(GivenAsker asker, string item, CancellationToken cancellationToken) =>
        Task.FromResult(ModelQueries.Predict(model, Read(asker), item));

    public Task<RecommendAnswer> RecommendAsync(GivenAsker asker, RecommendQuery query, CancellationToken cancellationToken) =>
        Task.FromResult(ModelQueries.Recommend(model, Read(asker), query));

    public Task<SimilarItemsAnswer> SimilarItemsAsync(string item, int n, CancellationToken cancellationToken) =>
        Task.FromResult(ModelQueries.SimilarItems(model, item, n));

    public Task<SimilarUsersAnswer> SimilarUsersAsync(GivenAsker asker, int n, CancellationToken cancellationToken) =>
        Task.FromResult(ModelQueries.SimilarUsers(model, Read(asker), n));

    public Task<ExplainAnswer> ExplainAsync(GivenAsker asker, string item, int n, CancellationToken cancellationToken) =>
        Task.FromResult(ModelQueries.Explain(model, Read(asker), item, n));

    public void Dispose()
    {
    }

    private Asker Read(GivenAsker asker) => asker.Attributes is { } attributes ? Asker.Of(model, asker.Id, attributes, "attributes")
        : asker.Ratings is null
        ? Asker.Of(model, asker.Id!)
        : Asker.Of(model, asker.Id, asker.Ratings(model.FoldIn.MinRating, model.Saved.Model.IsImplicit ? 1 : null), asker.Place);
}
