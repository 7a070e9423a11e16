using System.Text.Json;

namespace DistRec.Cli.Tests;

public sealed class QueryTests(TrainedModel model) : IClassFixture<TrainedModel>
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(15)]
    public async Task Recommend_returns_exactly_as_many_unseen_items_as_asked_for(int count)
    {
        JsonElement json = await CommandLine.JsonAsync("recommend", "--model", model.Path, "--user", "4", "--n", $"{count}");

        string[] items = [.. json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("item").GetString()!)];
        items.Distinct().Count().ShouldBe(count);

        // User 4 has rated the fifteen even items.
        items.ShouldAllBe(item => int.Parse(item) % 2 == 1);
    }

    [Fact]
    public async Task Recommend_returns_what_there_is_where_more_is_asked_for_and_says_so()
    {
        CommandResult result = await CommandLine.RunAsync("recommend", "--model", model.Path, "--user", "4", "--n", "100");

        result.ExitCode.ShouldBe(0);
        result.Error.ShouldContain("15 items left, 100 asked for: 30 in the model, 15 seen");
        result.Output.ShouldContain("Film [1], part \"two\"");
    }

    [Fact]
    public async Task Recommend_obeys_allow_and_deny_lists_and_can_include_what_was_seen()
    {
        string allow = model.Write("allow.txt", "001", "002", "003", "", "nobody-knows");
        string deny = model.Write("deny.txt", "003");

        JsonElement unseen = await CommandLine.JsonAsync("recommend", "--model", model.Path, "--user", "4", "--allow", allow, "--deny", deny);
        JsonElement seen = await CommandLine.JsonAsync("recommend", "--model", model.Path, "--user", "4", "--allow", allow, "--deny", deny, "--include-seen");

        Items(unseen).ShouldBe(["001"]);
        Items(seen).Order().ShouldBe(["001", "002"]);
        unseen.GetProperty("unknownIds")[0].GetString().ShouldBe("nobody-knows");
    }

    [Fact]
    public async Task Recommend_can_choose_items_that_differ_and_says_by_how_much_they_do()
    {
        JsonElement plain = await CommandLine.JsonAsync("recommend", "--model", model.Path, "--user", "4", "--n", "5", "--include-seen");
        JsonElement diverse = await CommandLine.JsonAsync("recommend", "--model", model.Path, "--user", "4", "--n", "5", "--include-seen", "--diversity", "0.9");

        diverse.GetProperty("diversity").GetDouble().ShouldBeGreaterThan(plain.GetProperty("diversity").GetDouble());
        Items(diverse)[0].ShouldBe(Items(plain)[0]);
        diverse.GetProperty("basis").GetString().ShouldBe("ranked by the user's predicted ratings, then chosen to differ (diversity 0.9)");
        plain.GetProperty("basis").GetString().ShouldBe("ranked by the user's predicted ratings");
    }

    [Fact]
    public async Task Recommend_goes_on_behind_an_earlier_list_of_the_same_version_alone()
    {
        JsonElement whole = await CommandLine.JsonAsync("recommend", "--model", model.Path, "--user", "4", "--n", "12");
        JsonElement first = await CommandLine.JsonAsync("recommend", "--model", model.Path, "--user", "4", "--n", "8");
        string next = first.GetProperty("next").GetString()!;
        JsonElement second = await CommandLine.JsonAsync("recommend", "--model", model.Path, "--user", "4", "--n", "4", "--after", next);

        Items(first).Concat(Items(second)).ShouldBe(Items(whole));
        second.GetProperty("items")[0].GetProperty("rank").GetInt32().ShouldBe(9);
        (await CommandLine.RunAsync("recommend", "--model", model.Path, "--user", "4", "--n", "8")).Output.ShouldContain($"more with --after {next}\n");
        (await CommandLine.RunAsync("recommend", "--model", model.Path, "--user", "4", "--after", "nonsense")).Mistake
            .ShouldBe("--after: expected the next of an earlier answer, found \"nonsense\"; pass it on as it was, or begin again without it");

        using var folder = new TemporaryFolder();
        await CommandLine.TrainSmallAsync(folder["model"]);
        (await CommandLine.RunAsync("recommend", "--model", folder["model"], "--user", "1", "--after", next)).Mistake
            .ShouldStartWith("--after: expected the next of an answer of this version of the model, ");
    }

    [Fact]
    public async Task Recommend_obeys_conditions_on_what_the_items_are()
    {
        JsonElement dramas = await CommandLine.JsonAsync("recommend", "--model", model.Path, "--user", "4", "--n", "30", "--include-seen", "--filter", "genres=Drama");
        JsonElement unseen = await CommandLine.JsonAsync("recommend", "--model", model.Path, "--user", "4", "--n", "5", "--filter", "genre = crime");

        Items(dramas).Order().ShouldBe(Enumerable.Range(0, 10).Select(index => $"{3 * index:000}"));
        dramas.GetProperty("shortage").GetString().ShouldBe("10 items left, 30 asked for: 30 in the model, 20 filtered out");
        Items(unseen).Length.ShouldBe(5);
        Items(unseen).ShouldAllBe(item => int.Parse(item) % 2 == 1 && int.Parse(item) % 3 != 0);
        (await CommandLine.RunAsync("recommend", "--model", model.Path, "--user", "4", "--filter", "genre=Drama,studio=Acme")).Mistake
            .ShouldBe("--filter, character 13: expected one of the attributes genre, found \"studio\"; correct it");
        (await CommandLine.JsonAsync("inspect", "--model", model.Path)).GetProperty("attributes").EnumerateArray().Select(name => name.GetString()).ShouldBe(["genre"]);
    }

    [Fact]
    public async Task Recommend_explores_what_a_sampled_model_is_not_sure_of()
    {
        using var folder = new TemporaryFolder();
        await CommandLine.TrainSmallAsync(folder["model"], "--model", "bpmf", "--burn-in", "1");
        JsonElement plain = await CommandLine.JsonAsync("recommend", "--model", folder["model"], "--user", "1", "--n", "3");
        JsonElement bold = await CommandLine.JsonAsync("recommend", "--model", folder["model"], "--user", "1", "--n", "3", "--explore", "50");

        bold.GetProperty("rankedBy").GetString().ShouldBe("upperBound");
        double Deviations(JsonElement json) => json.GetProperty("items").EnumerateArray().Sum(item => item.GetProperty("deviation").GetDouble());
        Deviations(bold).ShouldBeGreaterThan(Deviations(plain));
        JsonElement first = plain.GetProperty("items")[0];
        JsonElement prediction = await CommandLine.JsonAsync("predict", "--model", folder["model"], "--user", "1", "--item", first.GetProperty("item").GetString()!);
        first.GetProperty("deviation").GetDouble().ShouldBe(prediction.GetProperty("deviation").GetDouble());
        (await CommandLine.RunAsync("recommend", "--model", folder["model"], "--user", "1")).Output.ShouldContain("±");
        (await CommandLine.RunAsync("recommend", "--model", model.Path, "--user", "4", "--explore", "1")).Mistake
            .ShouldBe("explore: expected a model that knows how sure it is of a rating, found a model \"als\" without deviations; leave it out, or train bpmf");
    }

    [Fact]
    public async Task An_unknown_user_gets_the_cold_ranking_and_is_told_so()
    {
        JsonElement json = await CommandLine.JsonAsync("recommend", "--model", model.Path, "--user", "stranger", "--n", "7");

        json.GetProperty("rankedBy").GetString().ShouldBe("dampedMean");
        json.GetProperty("basis").GetString()!.ShouldContain("no training ratings");
        Items(json).Length.ShouldBe(7);
    }

    [Theory]
    [InlineData("4", "000", "known")]
    [InlineData("stranger", "000", "coldUser")]
    [InlineData("4", "nothing", "coldItem")]
    [InlineData("stranger", "nothing", "coldBoth")]
    public async Task Predict_and_explain_answer_any_pair_with_a_finite_rating_and_its_basis(string user, string item, string answer)
    {
        JsonElement prediction = await CommandLine.JsonAsync("predict", "--model", model.Path, "--user", user, "--item", item);
        JsonElement explanation = await CommandLine.JsonAsync("explain", "--model", model.Path, "--user", user, "--item", item);

        prediction.GetProperty("answer").GetString().ShouldBe(answer);
        prediction.GetProperty("prediction").GetDouble().ShouldBeInRange(0.5, 5);
        explanation.GetProperty("prediction").GetDouble().ShouldBe(prediction.GetProperty("prediction").GetDouble());
        explanation.GetProperty("contributions").GetArrayLength().ShouldBe(answer == "known" ? 10 : 0);
    }

    [Fact]
    public async Task The_parts_of_an_explanation_add_up_to_the_prediction()
    {
        JsonElement json = await CommandLine.JsonAsync("explain", "--model", model.Path, "--user", "4", "--item", "001", "--n", "3");

        double Part(string name) => json.GetProperty(name).GetDouble();
        double sum = json.GetProperty("contributions").EnumerateArray().Sum(one => one.GetProperty("value").GetDouble());
        (Part("globalMean") + Part("userBias") + Part("itemBias") + Part("factorPart")).ShouldBe(Part("unclipped"), 1e-6);
        (sum + Part("otherContributions") + Part("residual")).ShouldBe(Part("factorPart"), 1e-6);
        json.GetProperty("contributions").GetArrayLength().ShouldBe(3);
    }

    [Fact]
    public async Task Similar_items_have_titles_and_leave_the_item_itself_out()
    {
        JsonElement json = await CommandLine.JsonAsync("similar", "--model", model.Path, "--item", "002", "--n", "5");

        Items(json).Length.ShouldBe(5);
        Items(json).ShouldNotContain("002");
        json.GetProperty("title").GetString().ShouldBe("Film [2], part \"two\"");
        json.GetProperty("items").EnumerateArray().ShouldAllBe(one => Math.Abs(one.GetProperty("similarity").GetDouble()) <= 1);
    }

    [Fact]
    public async Task Nothing_is_similar_to_an_unknown_item_and_that_is_an_answer()
    {
        JsonElement json = await CommandLine.JsonAsync("similar", "--model", model.Path, "--item", "nothing", "--n", "5");

        json.GetProperty("cold").GetBoolean().ShouldBeTrue();
        Items(json).ShouldBeEmpty();
    }

    [Fact]
    public async Task Similar_users_leave_the_user_itself_out_and_a_new_one_is_compared_by_its_ratings()
    {
        JsonElement known = await CommandLine.JsonAsync("similar", "--model", model.Path, "--user", "4", "--n", "5");
        JsonElement fresh = await CommandLine.JsonAsync("similar", "--model", model.Path, "--rated", "000=5,002=0.5", "--n", "30");
        JsonElement cold = await CommandLine.JsonAsync("similar", "--model", model.Path, "--user", "stranger");

        known.GetProperty("user").GetString().ShouldBe("4");
        known.GetProperty("users").GetArrayLength().ShouldBe(5);
        known.GetProperty("users").EnumerateArray().Select(one => one.GetProperty("user").GetString()).ShouldNotContain("4");
        fresh.GetProperty("users").GetArrayLength().ShouldBe(20);
        fresh.GetProperty("basis").GetString().ShouldBe("the user was folded in by 2 ratings: by the cosine of the user factors");
        cold.GetProperty("cold").GetBoolean().ShouldBeTrue();
        cold.GetProperty("users").GetArrayLength().ShouldBe(0);
    }

    [Theory]
    [InlineData("predict --user 4 --item 001", "Film [1], part \"two\"")]
    [InlineData("recommend --user 4 --n 3", "rank")]
    [InlineData("similar --item 002 --n 3", "similarity")]
    [InlineData("similar --user 4 --n 3", "similarity")]
    [InlineData("explain --user 4 --item 001", "item bias")]
    [InlineData("inspect", "item factors")]
    public async Task A_person_gets_a_table(string command, string expected)
    {
        CommandResult result = await CommandLine.RunAsync([.. command.Split(' '), "--model", model.Path]);

        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.ShouldContain(expected);
    }

    [Fact]
    public async Task Inspect_tells_shapes_hashes_and_where_the_model_is_from()
    {
        JsonElement json = await CommandLine.JsonAsync("inspect", "--model", model.Path);

        json.GetProperty("kind").GetString().ShouldBe("als");
        json.GetProperty("trainingRatings").GetInt32().ShouldBe(300);
        json.GetProperty("hashesMatch").GetBoolean().ShouldBeTrue();
        json.GetProperty("tables").EnumerateArray().Single(table => table.GetProperty("name").GetString() == "item factors")
            .GetProperty("shape").EnumerateArray().Select(size => size.GetInt32()).ShouldBe([30, 4]);
    }

    [Fact]
    public async Task Evaluate_counts_ratings_of_unknown_users_and_items()
    {
        string data = model.Write("new.csv", "user,item,rating", "4,001,3", "4,nothing,2", "stranger,001,4", "stranger,nothing,5");

        JsonElement json = await CommandLine.JsonAsync("evaluate", "--model", model.Path, "--data", data);

        json.GetProperty("count").GetInt32().ShouldBe(4);
        json.GetProperty("coldUsers").GetInt32().ShouldBe(2);
        json.GetProperty("coldItems").GetInt32().ShouldBe(2);
        json.GetProperty("rmse").GetDouble().ShouldBeGreaterThan(0);
        json.GetProperty("mae").GetDouble().ShouldBeLessThanOrEqualTo(json.GetProperty("rmse").GetDouble());
    }

    [Fact]
    public async Task Evaluate_on_the_training_ratings_gives_the_training_error()
    {
        JsonElement trained = await CommandLine.JsonAsync("inspect", "--model", model.Path);
        JsonElement evaluated = await CommandLine.JsonAsync("evaluate", "--model", model.Path, "--data", model["data"]);

        evaluated.GetProperty("rmse").GetDouble().ShouldBe(trained.GetProperty("metrics").GetProperty("trainRmse").GetDouble(), 1e-9);
        evaluated.GetProperty("coldUsers").GetInt32().ShouldBe(0);
    }

    [Theory]
    [InlineData("recommend --user 4 --n 0", "--n: expected a whole number of at least 1, found \"0\"")]
    [InlineData("similar --item 1 --n -2", "--n: expected a whole number of at least 1, found \"-2\"")]
    [InlineData("recommend --user 4 --filter genre", "--filter, character 6: expected =, !=, <, <=, > or >= behind the name, found the end")]
    [InlineData("similar", "--item: expected the id of an item, or of a user, found nothing; write --item ID or --user ID")]
    [InlineData("similar --item 002 --user 4", "--user: expected an item or a user to compare with, found \"4\"; leave one of the two out")]
    [InlineData("recommend --user 4 --diversity 1.5", "--diversity: expected a number from 0 to 1, found \"1.5\"; 0 leaves the ranking as it is")]
    [InlineData("recommend --user 4 --diversity much", "--diversity: expected a number from 0 to 1, found \"much\"")]
    [InlineData("recommend --user 4 --allow missing.txt", "--allow: expected a file of item ids, one a line")]
    [InlineData("predict --user 4", "--item: expected the id of an item, found nothing")]
    [InlineData("evaluate --data missing.csv", "--data: expected a file, a folder or the name of a data set")]
    public async Task Wrong_questions_are_refused(string command, string expected)
    {
        (await CommandLine.RunAsync([.. command.Split(' '), "--model", model.Path])).Mistake.ShouldStartWith(expected);
    }

    private static string[] Items(JsonElement json) => [.. json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("item").GetString()!)];
}
