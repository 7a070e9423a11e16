using System.Net;
using System.Text;
using System.Text.Json;
using Akka.Actor;
using DistRec.Serving.Actors;

namespace DistRec.Serving.Tests.Api;

/// <summary>Items that came after training, through HTTP.</summary>
public sealed class NewItemApiTests : IAsyncLifetime
{
    private readonly TestServer _server = new();

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_rating_of_an_item_that_nobody_knows_recommends_it_to_others()
    {
        (await ListAsync("u3")).ShouldNotContain("brand new");
        await RateAsync("u1", "brand new", 5);
        await RateAsync("stranger", "unheard of", 5);

        (await ListAsync("u3")).ShouldContain("brand new");
        (await ListAsync("u3")).ShouldNotContain("unheard of", "the model was not trained on who rated it");
        (await ListAsync("u1")).ShouldNotContain("brand new", "the user has rated it");
        (await ListAsync("u1", "&includeSeen=true")).ShouldContain("brand new");
        (await ListAsync("nobody")).ShouldContain("brand new");
        (await ListAsync("u3", "&filter=genre%3DDrama")).ShouldNotContain("brand new");
        (await ListAsync("u3", "&filter=genre!%3DDrama")).ShouldContain("brand new");
        (await ListAsync("u3", "&deny=brand%20new")).ShouldNotContain("brand new");

        JsonElement all = await _server.GetAsync("/v1/users/u3/recommendations?n=40");
        JsonElement item = all.GetProperty("items").EnumerateArray().Single(one => one.GetProperty("item").GetString() == "brand new");
        item.GetProperty("basis").GetString().ShouldBe("the item came after training and was folded in by 1 rating");
        all.GetProperty("shortage").GetString().ShouldBe("17 items left, 40 asked for: 30 in the model and 1 new, 14 seen");
        JsonElement predicted = await _server.GetAsync("/v1/predict?user=u3&item=brand%20new");
        predicted.GetProperty("prediction").GetSingle().ShouldBe(item.GetProperty("prediction").GetSingle());
        predicted.GetProperty("basis").GetString().ShouldBe("the user was trained, the item came after training and was folded in by 1 rating");
        JsonElement why = await _server.GetAsync("/v1/explain?user=u3&item=brand%20new");
        why.GetProperty("prediction").GetSingle().ShouldBe(item.GetProperty("prediction").GetSingle());
        why.GetProperty("contributions").GetArrayLength().ShouldBe(10);
        JsonElement similar = await _server.GetAsync("/v1/items/brand%20new/similar?n=3");
        (similar.GetProperty("cold").GetBoolean(), similar.GetProperty("items").GetArrayLength()).ShouldBe((false, 3));
        (await _server.GetAsync($"/v1/items/{similar.GetProperty("items")[0].GetProperty("item").GetString()}/similar?n=30"))
            .GetProperty("items").EnumerateArray().Select(one => one.GetProperty("item").GetString()).ShouldContain("brand new");
    }

    [Fact]
    public async Task What_is_said_of_a_new_item_is_its_title_and_what_filters_ask_for()
    {
        await PutAsync("brand new", """{"title":"Brand New (2026)","attributes":{"Genre":["Drama","Western"],"year":["2026"]}}""");
        await PutAsync("i3", """{"title":"Something else"}""");
        await RateAsync("u1", "brand new", 5);

        JsonElement dramas = await _server.GetAsync("/v1/users/u3/recommendations?n=40&filter=genre%3Ddrama,year%3E%3D2026");
        JsonElement item = dramas.GetProperty("items").EnumerateArray().Single();
        (item.GetProperty("item").GetString(), item.GetProperty("title").GetString()).ShouldBe(("brand new", "Brand New (2026)"));
        dramas.GetProperty("shortage").GetString().ShouldBe("1 item left, 40 asked for: 30 in the model and 1 new, 30 filtered out");
        (await ListAsync("u3", "&filter=genre!%3DWestern")).ShouldNotContain("brand new");
        (await _server.GetAsync("/v1/predict?user=u3&item=brand%20new")).GetProperty("title").GetString().ShouldBe("Brand New (2026)");
        (await _server.GetAsync("/v1/users/u1/ratings")).GetProperty("ratings")[0].GetProperty("title").GetString().ShouldBe("Brand New (2026)");
        JsonElement found = (await _server.GetAsync("/v1/items?search=new%20(2026)")).GetProperty("items").EnumerateArray().Single();
        (found.GetProperty("item").GetString(), found.GetProperty("ratings").GetInt32()).ShouldBe(("brand new", 1));
        (await _server.GetAsync("/v1/predict?user=u3&item=i3")).GetProperty("title").GetString().ShouldBe("Title 3", "the model knows it");

        // Said anew, it is what was said last, and nothing else.
        await PutAsync("brand new", "{}");
        await RefreshAsync();
        (await _server.GetAsync("/v1/predict?user=u3&item=brand%20new")).GetProperty("title").ValueKind.ShouldBe(JsonValueKind.Null);
        (await ListAsync("u3", "&filter=genre%3DDrama")).ShouldNotContain("brand new");
    }

    [Theory]
    [InlineData("film", """{"title":""}""", "Title")]
    [InlineData("film", """{"title":"a\u0007b"}""", "title: expected a text without control characters, found U+0007")]
    [InlineData("film", """{"attributes":{"genre":["Drama",null]}}""", "attributes.genre: expected a text, found nothing")]
    [InlineData("film", """{"attributes":{"genre":null}}""", "")]
    [InlineData("film", """{"attributes":{"":["Drama"]}}""", "attributes: expected a name, found nothing")]
    [InlineData("%20", """{"title":"Space"}""", "item: expected an id, found only space")]
    public async Task What_cannot_be_said_of_an_item_is_refused_by_name(string item, string json, string part)
    {
        JsonElement problem = await TestServer.ReadAsync(SendAsync(item, json), HttpStatusCode.BadRequest);
        problem.GetRawText().ShouldContain(part);
    }

    [Fact]
    public async Task What_a_user_says_of_an_item_later_counts_in_place_of_what_it_said_before()
    {
        await RateAsync("u1", "film", 5);
        double high = (await _server.GetAsync("/v1/predict?user=u1&item=film")).GetProperty("prediction").GetDouble();
        await RateAsync("u1", "film", 1);
        await RateAsync("u2", "film", 2);

        JsonElement low = await _server.GetAsync("/v1/predict?user=u1&item=film");

        low.GetProperty("prediction").GetDouble().ShouldBeLessThan(high);
        low.GetProperty("basis").GetString()!.ShouldEndWith("folded in by 2 ratings");
    }

    [Fact]
    public async Task Another_version_is_told_all_that_is_in_the_log_and_forgets_what_it_was_trained_on()
    {
        await RateAsync("u1", "film", 5);
        _server.Server.Node.Models = SmallModels.Active(SmallModels.Serving(seed: 2, version: 2));
        (await _server.GetAsync("/v1/predict?user=u1&item=film")).GetProperty("answer").GetString().ShouldBe("coldItem");

        await RefreshAsync();

        JsonElement folded = await _server.GetAsync("/v1/predict?user=u1&item=film");
        folded.GetProperty("answer").GetString().ShouldBe("known");
        folded.GetProperty("served").GetProperty("version").GetInt32().ShouldBe(2);
    }

    private Task<JsonElement> PutAsync(string item, string json) => TestServer.ReadAsync(SendAsync(item, json), HttpStatusCode.OK);

    private Task<HttpResponseMessage> SendAsync(string item, string json) =>
        _server.Client.PutAsync(new Uri($"/v1/items/{item}", UriKind.Relative), new StringContent(json, Encoding.UTF8, "application/json"));

    private async Task RateAsync(string user, string item, double rating)
    {
        await _server.PostAsync($"/v1/users/{user}/ratings", $$"""{"item":"{{item}}","rating":{{rating}}}""");
        await RefreshAsync();
    }

    // As the node does every second.
    private async Task RefreshAsync() => (await _server.Server.Actors.Get<NewItemsKey>().Ask<NewItemsRefreshed>(RefreshNewItems.Instance, TimeSpan.FromSeconds(30))).Fault.ShouldBeEmpty();

    private async Task<string?[]> ListAsync(string user, string more = "") =>
        [.. (await _server.GetAsync($"/v1/users/{user}/recommendations?n=40{more}")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("item").GetString())];
}
