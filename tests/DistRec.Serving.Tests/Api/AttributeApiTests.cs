using System.Net;
using System.Text;
using System.Text.Json;
using Akka.Actor;
using DistRec.Models.FoldIn;
using DistRec.Models.Queries.Asking;
using DistRec.Models.Tests;
using DistRec.Serving.Actors;

namespace DistRec.Serving.Tests.Api;

/// <summary>Users and items that features alone tell of, through HTTP.</summary>
public sealed class AttributeApiTests : IAsyncLifetime
{
    private const string Woman = """{"gender":["F"],"age":["25"],"hobby":["chess"]}""";

    private readonly TestServer _server = new();
    private readonly ServingModel _films = new(DescribedFilms.Saved(), "films", 1);

    public async Task InitializeAsync()
    {
        await _server.InitializeAsync();
        _server.Server.Node.Models = SmallModels.Active(_films);
    }

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task An_item_is_recommended_predicted_explained_and_compared_as_soon_as_it_is_described()
    {
        await PutAsync("brand new", """{"title":"Brand New (1986)","attributes":{"genre":["Drama","War"]}}""");
        FoldedItem row = new FeatureFoldIn(_films.Saved).DescribeItem(
            new Dictionary<string, IReadOnlyList<string>> { ["genre"] = ["Drama", "War"] }, "Brand New (1986)").Row!;
        float expected = _films.Predictor.Predict(3, row).Value;

        JsonElement list = await _server.GetAsync("/v1/users/u3/recommendations?n=40");
        JsonElement item = list.GetProperty("items").EnumerateArray().Single(one => one.GetProperty("item").GetString() == "brand new");
        item.GetProperty("prediction").GetSingle().ShouldBe(expected);
        item.GetProperty("basis").GetString().ShouldBe("the item came after training and is told by its features");
        JsonElement wars = await _server.GetAsync("/v1/users/u3/recommendations?n=40&filter=genre%3DWar");
        wars.GetProperty("items").GetRawText().ShouldContain("brand new");
        JsonElement predicted = await _server.GetAsync("/v1/predict?user=u3&item=brand%20new");
        predicted.GetProperty("prediction").GetSingle().ShouldBe(expected);
        predicted.GetProperty("answer").GetString().ShouldBe("coldItem");
        predicted.GetProperty("basis").GetString()
            .ShouldBe("the user was trained, the item came after training and is told by its features");
        JsonElement why = await _server.GetAsync("/v1/explain?user=u3&item=brand%20new");
        why.GetProperty("prediction").GetSingle().ShouldBe(expected);
        why.GetProperty("contributions").GetArrayLength().ShouldBeGreaterThan(0);
        JsonElement similar = await _server.GetAsync("/v1/items/brand%20new/similar?n=3");
        similar.GetProperty("basis").GetString()
            .ShouldBe("the item came after training and is told by its features: by the cosine of the item factors");
        (similar.GetProperty("cold").GetBoolean(), similar.GetProperty("items").GetArrayLength()).ShouldBe((false, 3));
        (await _server.GetAsync("/v1/predict?user=nobody&item=brand%20new")).GetProperty("basis").GetString()
            .ShouldBe("the item came after training and is told by its features, the user has no training ratings: mean + item bias");

        await _server.PostAsync("/v1/users/u1/ratings", """{"item":"brand new","rating":5}""");
        await RefreshAsync();
        (await _server.GetAsync("/v1/predict?user=u3&item=brand%20new")).GetProperty("basis").GetString()
            .ShouldBe("the user was trained, the item came after training and was folded in by 1 rating");
    }

    [Fact]
    public async Task A_user_whom_the_model_does_not_know_is_answered_by_its_attributes_in_every_question()
    {
        FoldedUser row = new FeatureFoldIn(_films.Saved).DescribeUser(
            new Dictionary<string, IReadOnlyList<string>> { ["gender"] = ["F"], ["age"] = ["25"] }).Row!;

        JsonElement predicted = await _server.PostAsync("/v1/predict", $$"""{"item":"i3","attributes":{{Woman}}}""");
        predicted.GetProperty("prediction").GetSingle().ShouldBe(_films.Predictor.Predict(row, 3).Value);
        predicted.GetProperty("answer").GetString().ShouldBe("coldUser");
        predicted.GetProperty("basis").GetString().ShouldBe("the user came after training and is told by its features");
        predicted.GetProperty("attributes").GetRawText().ShouldBe("""{"used":["gender=F","age=25"],"unknown":["hobby=chess"]}""");
        (await _server.PostAsync("/v1/predict", $$"""{"item":"i14","attributes":{{Woman}}}""")).GetProperty("basis").GetString()
            .ShouldBe("the user came after training and is told by its features, the item has no training ratings: told by its features");
        JsonElement list = await _server.PostAsync("/v1/recommendations", $$"""{"user":"newcomer","n":15,"attributes":{{Woman}}}""");
        list.GetProperty("rankedBy").GetString().ShouldBe("prediction");
        list.GetProperty("basis").GetString()
            .ShouldBe("the user came after training and is told by its features: ranked by the user's predicted ratings");
        JsonElement third = list.GetProperty("items").EnumerateArray().Single(one => one.GetProperty("item").GetString() == "i3");
        third.GetProperty("prediction").GetSingle().ShouldBe(predicted.GetProperty("prediction").GetSingle());
        JsonElement why = await _server.PostAsync("/v1/explain", $$"""{"item":"i3","attributes":{{Woman}}}""");
        why.GetProperty("userBias").GetDouble().ShouldBe(row.Bias, 1e-6);
        JsonElement similar = await _server.PostAsync("/v1/users/similar", $$"""{"n":3,"attributes":{{Woman}}}""");
        (similar.GetProperty("cold").GetBoolean(), similar.GetProperty("users").GetArrayLength()).ShouldBe((false, 3));

        // Of what training never met nothing follows.
        JsonElement unknown = await _server.PostAsync("/v1/predict", """{"item":"i3","attributes":{"gender":["X"]}}""");
        unknown.GetProperty("basis").GetString().ShouldBe("the user has no training ratings: mean + item bias");
        unknown.GetProperty("attributes").GetProperty("unknown")[0].GetString().ShouldBe("gender=X");
        JsonElement ranked = await _server.PostAsync("/v1/recommendations", """{"attributes":{"gender":["X"]}}""");
        ranked.GetProperty("rankedBy").GetString().ShouldBe("dampedMean");
    }

    [Fact]
    public async Task Attributes_that_cannot_count_are_refused_by_name()
    {
        await RefusedAsync("""{"user":"u3","item":"i3","attributes":{"gender":["F"]}}""",
            "attributes: expected none for a user whom the model was trained on, found those of \"u3\"; "
            + "leave them out: training knew the user");
        await RefusedAsync("""{"item":"i3","attributes":{"gender":["F"]},"ratings":[{"item":"i1","rating":3}]}""",
            "attributes: expected ratings or attributes, found both; keep the ratings, which tell more, or the others");
        await RefusedAsync("""{"item":"i3","attributes":{"gender":null}}""",
            "attributes.gender: expected a list of at most 100 texts, found null; correct it");
        await RefusedAsync("""{"item":"i3"}""", "user: expected the id of a user, ratings or attributes, found none of them; give one");
        await _server.PostAsync("/v1/users/rater/ratings", """{"item":"i3","rating":5}""");
        await RefusedAsync("""{"user":"rater","item":"i3","attributes":{"gender":["F"]}}""",
            "attributes: expected none for a user who has rated items, found those of \"rater\": the user was folded in by 1 rating; "
            + "leave them out");
        _server.Server.Node.Models = SmallModels.Active(_server.Model);
        await RefusedAsync("""{"item":"i3","attributes":{"gender":["F"]}}""",
            "attributes: expected a model that was trained on attributes of users, found als, which is trained on ratings alone; "
            + "train fm with features such as user,item,gender,age, or leave the attributes out");
    }

    private async Task RefusedAsync(string json, string detail) =>
        (await _server.PostAsync("/v1/predict", json, HttpStatusCode.BadRequest)).GetProperty("detail").GetString().ShouldBe(detail);

    private async Task PutAsync(string item, string json)
    {
        StringContent content = new(json, Encoding.UTF8, "application/json");
        await TestServer.ReadAsync(_server.Client.PutAsync(new Uri($"/v1/items/{item}", UriKind.Relative), content), HttpStatusCode.OK);
        await RefreshAsync();
    }

    // As the node does every second.
    private async Task RefreshAsync()
    {
        IActorRef actor = _server.Server.Actors.Get<NewItemsKey>();
        (await actor.Ask<NewItemsRefreshed>(RefreshNewItems.Instance, TimeSpan.FromSeconds(30))).Fault.ShouldBeEmpty();
    }
}
