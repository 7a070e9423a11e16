using System.Net;
using DistRec.Models.Queries.Asking;
using DistRec.Models.Queries.Lists;
using DistRec.Serving.Api;
using DistRec.Serving.Client;
using DistRec.Serving.Tests.Api;

namespace DistRec.Serving.Tests.Client;

public sealed class RecommendationClientTests(TestServer server) : IClassFixture<TestServer>, IDisposable
{
    private readonly RecommendationClient _client = new(server.Client.BaseAddress!);

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task The_client_gives_the_very_records_that_the_library_makes()
    {
        ServingModel model = server.Model;
        Asker asker = Asker.Of(model, "u3");

        PredictAnswer prediction = await _client.PredictAsync(new PredictRequest { User = "u3", Item = "i4" });
        (prediction with { Served = null }).ShouldBe(ModelQueries.Predict(model, asker, "i4"));

        RecommendAnswer list = await _client.RecommendAsync(new RecommendRequest { User = "u3", N = 4, Deny = ["i1"] }, "small");
        list.Items.ShouldBe(ModelQueries.Recommend(model, asker, new RecommendQuery { N = 4, Deny = ["i1"] }).Items);

        ExplainAnswer why = await _client.ExplainAsync(new ExplainRequest { User = "u3", Item = "i4", N = 2 });
        why.Contributions.ShouldBe(ModelQueries.Explain(model, asker, "i4", 2).Contributions);

        (await _client.SimilarItemsAsync("i3", 2)).Items.ShouldBe(ModelQueries.SimilarItems(model, "i3", 2).Items);
        (await _client.SimilarUsersAsync(new SimilarUsersRequest { User = "u3", N = 2 })).Users.ShouldBe(ModelQueries.SimilarUsers(model, asker, 2).Users);
        (await _client.PredictAsync(new PredictBatchRequest { Pairs = [new PairRequest { User = "u3", Item = "i4" }] })).Answers.Single().Prediction
            .ShouldBe(prediction.Prediction);
        (await _client.PutItemAsync("a/b é", new ItemRequest { Title = "Both" })).Item.ShouldBe("a/b é");
        (await _client.RecommendAsync(new RecommendBatchRequest { Users = ["u3"], N = 2, Filter = "genre=Drama" })).Answers.Single().Items.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Ids_of_any_letters_arrive_as_they_are()
    {
        const string User = "Zoë & co/1?x=2#%2F/%";

        (await _client.RateAsync(User, [new RatingRequest { Item = "i4", Rating = 5 }])).ShouldBe(new RatingsAnswer(User, 1, 0));

        (await _client.RatingsAsync(User)).Ratings.ShouldBe([new RatedItemAnswer("i4", server.Model.Saved.TitleOf(4), 5, true)]);
    }

    [Fact]
    public async Task A_refusal_says_what_the_server_said()
    {
        ServerException refused = await Should.ThrowAsync<ServerException>(_client.PredictAsync(new PredictRequest { User = "u3", Item = "i4" }, "other"));
        refused.Status.ShouldBe(404);
        refused.IsInput.ShouldBeTrue();
        refused.Message.ShouldContain("expected a model with an active version, found \"other\"");

        (await Should.ThrowAsync<ServerException>(_client.RecommendAsync(new RecommendRequest { User = "u3", N = 0 }))).Message.ShouldContain("between 1 and 1000");
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        using RecommendationClient client = new(new Uri("http://127.0.0.1:9"), handler: new NobodyThere());

        ServerException refused = await Should.ThrowAsync<ServerException>(client.RatingsAsync("u3"));

        refused.Message.ShouldStartWith("http://127.0.0.1:9/: expected a DistRec server that answers, found: nobody");
        refused.IsInput.ShouldBeFalse();
        Should.Throw<InputException>(() => new RecommendationClient(new Uri("ftp://x"))).Message.ShouldContain("http://");
    }

    private sealed class NobodyThere : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new HttpRequestException("nobody", null, HttpStatusCode.ServiceUnavailable);
    }
}
