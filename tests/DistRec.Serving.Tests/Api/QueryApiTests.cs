using System.ComponentModel;
using System.Net;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.RegularExpressions;
using DistRec.Models.FoldIn;
using DistRec.Models.Queries.Asking;
using DistRec.Models.Queries.Lists;
using DistRec.Serving.Api;

namespace DistRec.Serving.Tests.Api;

public sealed class QueryApiTests(TestServer server) : IClassFixture<TestServer>
{
    private SavedModel Saved => server.Model.Saved;

    [Theory]
    [InlineData("/v1/recommendations", "\"user\":\"u3\",\"includeSeen\":true", "items")]
    [InlineData("/v1/users/similar", "\"user\":\"u3\"", "users")]
    [InlineData("/v1/explain", "\"user\":\"u3\",\"item\":\"i4\"", "contributions")]
    [InlineData("/v1/recommendations/batch", "\"users\":[\"u3\",\"u4\"],\"includeSeen\":true", "answers")]
    public async Task A_number_that_is_left_out_is_the_default_that_the_document_tells(string path, string request, string list)
    {
        JsonElement ten = await server.PostAsync(path, $$"""{{{request}},"n":10}""");
        JsonElement left = await server.PostAsync(path, $$"""{{{request}}}""");

        ten.GetProperty(list).GetArrayLength().ShouldBeGreaterThan(0);
        Normal(left.GetProperty(list)).ShouldBe(Normal(ten.GetProperty(list)));

        // Each answer has an id of its own.
        static string Normal(JsonElement answer) => Regex.Replace(answer.GetRawText(), "\"answerId\":\"[^\"]*\"", "");
    }

    [Fact]
    public void What_has_a_default_in_the_document_can_be_set_or_left_out()
    {
        PropertyInfo[] defaults = [.. typeof(RecommendRequest).Assembly.GetTypes().SelectMany(type => type.GetProperties()).Where(one => one.IsDefined(typeof(DefaultValueAttribute)))];

        defaults.Length.ShouldBeGreaterThan(3);
        defaults.Where(IsForgotten).ShouldBeEmpty();

        // A default that is no zero of a property that is neither null where it is left out nor can be set.
        static bool IsForgotten(PropertyInfo one) =>
            one.PropertyType.IsValueType && Nullable.GetUnderlyingType(one.PropertyType) is null
            && !Equals(one.GetCustomAttribute<DefaultValueAttribute>()!.Value, Activator.CreateInstance(one.PropertyType))
            && one.SetMethod!.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));
    }

    [Fact]
    public async Task A_prediction_is_what_a_hand_computes_from_the_tables()
    {
        JsonElement json = await server.GetAsync("/v1/predict?user=u3&item=i4");

        FactorModel model = Saved.Model;
        double expected = model.GlobalMean + (double)model.UserBiases[3] + model.ItemBiases[4];
        for (int factor = 0; factor < model.Rank; factor++)
        {
            expected += (double)model.UserFactors!.Row(3)[factor] * model.ItemFactors!.Row(4)[factor];
        }

        json.GetProperty("prediction").GetDouble().ShouldBe(Math.Clamp(expected, 0.5, 5), 1e-5);
        json.GetProperty("answer").GetString().ShouldBe("known");
    }

    [Fact]
    public async Task An_answer_has_the_bits_and_the_field_names_of_the_library_and_says_what_gave_it()
    {
        JsonElement json = await server.GetAsync("/v1/users/u3/recommendations?n=5");

        RecommendAnswer expected = ModelQueries.Recommend(server.Model, Asker.Of(server.Model, "u3"), new RecommendQuery { N = 5 });
        json.GetProperty("items").EnumerateArray().Select(item => (
            item.GetProperty("rank").GetInt32(), item.GetProperty("item").GetString(), item.GetProperty("prediction").GetSingle(), item.GetProperty("score").GetDouble()))
            .ShouldBe(expected.Items.Select(item => (item.Rank, (string?)item.Item, item.Prediction, item.Score)));
        JsonElement served = json.GetProperty("served");
        served.GetProperty("model").GetString().ShouldBe("small");
        served.GetProperty("version").GetInt32().ShouldBe(1);
        served.GetProperty("modelSha256").GetString().ShouldBe(server.Model.Sha256);
        served.GetProperty("propensity").GetDouble().ShouldBe(1);
        served.GetProperty("answerId").GetString()!.Length.ShouldBe(32);
    }

    [Fact]
    public async Task A_posted_rating_changes_the_next_answer_to_the_bits_of_the_training_solver()
    {
        JsonElement before = await server.GetAsync("/v1/predict?user=newcomer&item=i8");
        before.GetProperty("answer").GetString().ShouldBe("coldUser");

        (await server.PostAsync("/v1/users/newcomer/ratings", """{"item":"i4","rating":5}""")).GetProperty("stored").GetInt32().ShouldBe(1);
        (await server.PostAsync("/v1/users/newcomer/ratings", """[{"item":"i6","rating":1},{"item":"no such film","rating":3}]""")).GetProperty("stored").GetInt32().ShouldBe(2);

        FoldedUser folded = new UserFoldIn(Saved).Fit([4, 6], [5, 1]);
        JsonElement after = await server.GetAsync("/v1/predict?user=newcomer&item=i8");
        after.GetProperty("prediction").GetSingle().ShouldBe(server.Model.Predictor.Predict(folded, 8).Value);
        after.GetProperty("foldIn").GetProperty("unknownItems")[0].GetString().ShouldBe("no such film");
        JsonElement list = await server.GetAsync("/v1/users/newcomer/recommendations?n=30");
        string?[] items = [.. list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("item").GetString())];
        items.ShouldNotContain("i4");
        items.Length.ShouldBe(28);
        list.GetProperty("shortage").GetString()!.ShouldContain("30 asked for");
        JsonElement history = await server.GetAsync("/v1/users/newcomer/ratings");
        history.GetProperty("ratings").GetArrayLength().ShouldBe(3);
        history.GetProperty("known").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task Ratings_of_a_question_count_for_it_alone()
    {
        JsonElement json = await server.PostAsync("/v1/predict", """{"user":"passer-by","item":"i8","ratings":[{"item":"i4","rating":5}]}""");

        json.GetProperty("foldIn").GetProperty("ratings").GetInt32().ShouldBe(1);
        (await server.GetAsync("/v1/predict?user=passer-by&item=i8")).GetProperty("answer").GetString().ShouldBe("coldUser");
        (await server.PostAsync("/v1/recommendations", """{"ratings":[{"item":"i4","rating":5}],"n":2}""")).GetProperty("items").GetArrayLength().ShouldBe(2);
        (await server.PostAsync("/v1/explain", """{"ratings":[{"item":"i4","rating":5}],"item":"i8","n":3}""")).GetProperty("contributions").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Many_questions_at_once_have_the_answers_of_one_by_one()
    {
        JsonElement many = await server.PostAsync("/v1/predict/batch", """{"pairs":[{"user":"u1","item":"i1"},{"user":"nobody","item":"i2"}]}""");
        many.GetProperty("answers")[0].GetProperty("prediction").GetSingle().ShouldBe(server.Model.Predictor.Predict("u1", "i1").Value);
        many.GetProperty("answers")[1].GetProperty("answer").GetString().ShouldBe("coldUser");

        JsonElement lists = await server.PostAsync("/v1/recommendations/batch", """{"users":["u1","u2"],"n":3}""");
        JsonElement one = await server.GetAsync("/v1/users/u2/recommendations?n=3");
        lists.GetProperty("answers")[1].GetProperty("items").GetRawText().ShouldBe(one.GetProperty("items").GetRawText());
    }

    [Fact]
    public async Task The_parts_of_an_explanation_add_up_and_similar_items_have_titles()
    {
        JsonElement json = await server.GetAsync("/v1/explain?user=u3&item=i4&n=3");
        double Part(string name) => json.GetProperty(name).GetDouble();
        double sum = json.GetProperty("contributions").EnumerateArray().Sum(one => one.GetProperty("value").GetDouble());
        (Part("globalMean") + Part("userBias") + Part("itemBias") + Part("factorPart")).ShouldBe(Part("unclipped"), 1e-6);
        (sum + Part("otherContributions") + Part("residual")).ShouldBe(Part("factorPart"), 1e-6);

        JsonElement similar = await server.GetAsync("/v1/items/i3/similar?n=2");
        similar.GetProperty("title").GetString().ShouldBe("Title 3");
        similar.GetProperty("items").GetArrayLength().ShouldBe(2);
    }

    [Fact]
    public async Task Lists_are_made_as_they_are_asked_for()
    {
        RecommendAnswer Expected(RecommendQuery query) => ModelQueries.Recommend(server.Model, Asker.Of(server.Model, "u9"), query);
        string?[] Items(JsonElement json) => [.. json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("item").GetString())];

        JsonElement diverse = await server.GetAsync("/v1/users/u9/recommendations?n=6&diversity=0.8");
        Items(diverse).ShouldBe(Expected(new RecommendQuery { N = 6, Diversity = 0.8 }).Items.Select(item => item.Item));
        diverse.GetProperty("diversity").GetDouble().ShouldBeGreaterThan(Expected(new RecommendQuery { N = 6 }).Diversity!.Value);
        Items(await server.PostAsync("/v1/recommendations", """{"user":"u9","n":6,"diversity":0.8}""")).ShouldBe(Items(diverse));

        JsonElement dramas = await server.GetAsync("/v1/users/u9/recommendations?n=30&includeSeen=true&filter=genre%3DDrama%2Cyear%3E%3D1990");
        Items(dramas).Order().ShouldBe(["i12", "i15", "i18", "i21", "i24", "i27"]);
        dramas.GetProperty("shortage").GetString().ShouldBe("6 items left, 30 asked for: 30 in the model, 24 filtered out");
        Items(await server.PostAsync("/v1/recommendations", """{"user":"u9","n":30,"includeSeen":true,"filter":"genre=Drama,year>=1990"}""")).ShouldBe(Items(dramas));
    }

    [Fact]
    public async Task The_next_page_repeats_nothing_though_the_user_has_rated_something_in_between()
    {
        string?[] Items(JsonElement json) => [.. json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("item").GetString())];

        JsonElement first = await server.GetAsync("/v1/users/pager/recommendations?n=10");
        string other = Enumerable.Range(0, SmallModels.Items).Select(item => $"i{item}").First(item => !Items(first).Contains(item));
        await server.PostAsync("/v1/users/pager/ratings", $$"""[{"item":"{{Items(first)[0]}}","rating":0.5},{"item":"{{other}}","rating":5}]""");
        string next = first.GetProperty("next").GetString()!;
        JsonElement second = await server.GetAsync($"/v1/users/pager/recommendations?n=10&after={next}");
        JsonElement posted = await server.PostAsync("/v1/recommendations", $$"""{"user":"pager","n":10,"after":"{{next}}"}""");

        Items(second).Length.ShouldBe(10);
        Items(second).Intersect([.. Items(first), other]).ShouldBeEmpty();
        second.GetProperty("items")[0].GetProperty("rank").GetInt32().ShouldBe(11);
        second.GetProperty("rankedBy").GetString().ShouldBe("prediction");
        Items(posted).ShouldBe(Items(second));
        JsonElement third = await server.GetAsync($"/v1/users/pager/recommendations?n=20&after={second.GetProperty("next").GetString()}");
        third.GetProperty("next").ValueKind.ShouldBe(JsonValueKind.Null);
        third.GetProperty("shortage").GetString()!.ShouldEndWith("20 asked for: 30 in the model, 2 seen, 19 shown before");
    }

    [Fact]
    public async Task A_page_of_another_version_is_a_conflict()
    {
        string next = ModelQueries.Recommend(SmallModels.Serving(seed: 2), Asker.Of(server.Model, "u9"), new RecommendQuery { N = 3 }).Next!;

        JsonElement problem = await TestServer.ReadAsync(
            server.Client.GetAsync(new Uri($"/v1/users/u9/recommendations?after={next}", UriKind.Relative)), HttpStatusCode.Conflict);

        problem.GetProperty("title").GetString().ShouldBe("the list was begun by another version of the model");
        problem.GetProperty("detail").GetString()!.ShouldStartWith("after: expected the next of an answer of this version of the model, ");
    }

    [Fact]
    public async Task Users_are_like_others_by_what_they_have_rated_until_now()
    {
        JsonElement cold = await server.GetAsync("/v1/users/no%20one/similar");
        cold.GetProperty("cold").GetBoolean().ShouldBeTrue();
        cold.GetProperty("users").GetArrayLength().ShouldBe(0);

        JsonElement before = await server.GetAsync("/v1/users/u5/similar?n=19");
        before.GetProperty("users").EnumerateArray().Select(user => user.GetProperty("user").GetString())
            .ShouldBe(new SimilarRows(Saved, Side.User).Find("u5", 19).Select(row => row.Id));
        before.GetProperty("users")[0].GetProperty("rank").GetInt32().ShouldBe(1);

        await server.PostAsync("/v1/users/u5/ratings", """{"item":"i4","rating":5}""");
        JsonElement after = await server.GetAsync("/v1/users/u5/similar?n=19");
        FoldedUser folded = new UserFoldIn(Saved).Refit(5, [4], [5]);
        after.GetProperty("users").EnumerateArray().Select(user => user.GetProperty("similarity").GetDouble())
            .ShouldBe(new SimilarRows(Saved, Side.User).Find(folded, 5, 19).Select(row => row.Similarity));
        after.GetProperty("basis").GetString().ShouldBe("the user was folded in by 15 ratings: by the cosine of the user factors");
    }

    [Fact]
    public async Task Items_are_found_by_title_and_users_by_how_their_ids_begin()
    {
        JsonElement items = await server.GetAsync("/v1/items?search=title%202&n=3");
        items.GetProperty("total").GetInt32().ShouldBe(9, "2, 20 to 28 without 24, which has no title");
        items.GetProperty("items").GetArrayLength().ShouldBe(3);

        await server.PostAsync("/v1/users/u7x/ratings", """{"item":"i4","rating":5}""");
        JsonElement users = await server.GetAsync("/v1/users?search=u7");
        users.GetProperty("users").EnumerateArray().Select(user => user.GetProperty("user").GetString()).ShouldBe(["u7", "u7x"]);
    }

    [Theory]
    [InlineData("/v1/predict?user=u1", HttpStatusCode.BadRequest, "item")]
    [InlineData("/v1/users/u1/recommendations?n=0", HttpStatusCode.BadRequest, "between 1 and 1000")]
    [InlineData("/v1/users/u1/recommendations?n=ten", HttpStatusCode.BadRequest, "n")]
    [InlineData("/v1/users/u1/recommendations?model=other", HttpStatusCode.NotFound, "found \\\"other\\\"")]
    [InlineData("/v1/users/u1/recommendations?diversity=1.5", HttpStatusCode.BadRequest, "between 0 and 1")]
    [InlineData("/v1/users/u1/recommendations?explore=1", HttpStatusCode.BadRequest, "explore: expected a model that knows how sure it is")]
    [InlineData("/v1/users/u1/recommendations?explore=-1", HttpStatusCode.BadRequest, "between 0 and 100")]
    [InlineData("/v1/users/u1/recommendations?after=nonsense", HttpStatusCode.BadRequest, "after: expected the next of an earlier answer")]
    [InlineData("/v1/users/u1/recommendations?filter=studio%3DAcme", HttpStatusCode.BadRequest, "filter, character 1: expected one of the attributes genre, year, found")]
    [InlineData("/v1/users/u1/recommendations?filter=genre", HttpStatusCode.BadRequest, "filter, character 6: expected =, !=,")]
    [InlineData("/v1/items/nothing/similar?n=-1", HttpStatusCode.BadRequest, "between 1 and 1000")]
    [InlineData("/v1/nothing", HttpStatusCode.NotFound, "404")]
    public async Task A_wrong_question_is_refused_with_a_problem_that_names_the_place(string path, HttpStatusCode status, string part)
    {
        using HttpResponseMessage response = await server.Client.GetAsync(new Uri(path, UriKind.Relative));

        response.StatusCode.ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        (await response.Content.ReadAsStringAsync()).ShouldContain(part);
    }

    [Theory]
    [InlineData("""{"item":"i1"}""", "expected a rating, found none of item")]
    [InlineData("""{"item":"i1","rating":1e9}""", "must be between")]
    [InlineData("""{"rating":1}""", "item")]
    [InlineData("[]", "minimum length")]
    [InlineData("7", "could not be converted")]
    [InlineData("{", "JSON")]
    [InlineData("""{"item":"i1","rating":"NaN"}""", "could not be converted")]
    public async Task Wrong_ratings_are_refused_by_name(string body, string part) =>
        (await server.PostAsync("/v1/users/u1/ratings", body, HttpStatusCode.BadRequest)).GetRawText().ShouldContain(part);

    [Fact]
    public async Task A_map_of_the_items_is_drawn_in_the_background_and_then_kept()
    {
        HttpStatusCode status;
        do
        {
            using HttpResponseMessage response = await server.Client.GetAsync(new Uri("/v1/models/small/map?items=20", UriKind.Relative));
            status = response.StatusCode;
            status.ShouldBeOneOf(HttpStatusCode.OK, HttpStatusCode.Accepted);
        }
        while (status == HttpStatusCode.Accepted);

        JsonElement map = await server.GetAsync("/v1/models/small/map?items=20");
        map.GetProperty("items").GetArrayLength().ShouldBe(20);
        map.GetProperty("items")[0].GetProperty("x").ValueKind.ShouldBe(JsonValueKind.Number);
        map.GetProperty("klDivergence").GetDouble().ShouldBeGreaterThanOrEqualTo(0);
    }
}
