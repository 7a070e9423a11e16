using System.Text.Json;

namespace DistRec.Cli.Tests;

public sealed class FoldInTests(TrainedModel model) : IClassFixture<TrainedModel>
{
    [Fact]
    public async Task A_new_user_is_recommended_items_by_ratings_of_its_own()
    {
        string mine = model.Write("mine.csv", "movieId,rating", "000,5", "002,0.5", "", "nobody-knows,3");
        JsonElement json = await CommandLine.JsonAsync("recommend", "--model", model.Path, "--ratings", mine, "--n", "28");

        json.GetProperty("user").ValueKind.ShouldBe(JsonValueKind.Null);
        json.GetProperty("rankedBy").GetString().ShouldBe("prediction");
        json.GetProperty("basis").GetString().ShouldBe("the user was folded in by 2 ratings: ranked by the user's predicted ratings");
        json.GetProperty("foldIn").GetProperty("ratings").GetInt32().ShouldBe(2);
        json.GetProperty("foldIn").GetProperty("unknownItems")[0].GetString().ShouldBe("nobody-knows");
        string[] items = [.. json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("item").GetString()!)];
        items.Length.ShouldBe(28);
        items.ShouldNotContain("000");
        items.ShouldNotContain("002");
    }

    [Theory]
    [InlineData("000\t5", "002\t0.5")]
    [InlineData("000;5", "002;0.5")]
    [InlineData("\"000\", 5", "002, 5e-1")]
    [InlineData("item,rating", "002,0.5", "000,5")]
    public async Task Any_form_of_the_ratings_gives_the_same_answer(params string[] lines)
    {
        string mine = model.Write("form.csv", lines);
        JsonElement file = await CommandLine.JsonAsync("predict", "--model", model.Path, "--ratings", mine, "--item", "004");
        JsonElement text = await CommandLine.JsonAsync("predict", "--model", model.Path, "--rated", "000=5,002=0.5", "--item", "004");

        file.GetRawText().ShouldBe(text.GetRawText());
        file.GetProperty("answer").GetString().ShouldBe("known");
        file.GetProperty("basis").GetString().ShouldBe("the user was folded in by 2 ratings");
    }

    [Fact]
    public async Task A_known_users_ratings_are_extended_and_overridden()
    {
        // User 4 has rated 000, so that to rate it again replaces it and 001 comes on top of fifteen.
        JsonElement json = await CommandLine.JsonAsync("recommend", "--model", model.Path, "--user", "4", "--rated", "000=5,001=5", "--n", "30");

        json.GetProperty("user").GetString().ShouldBe("4");
        json.GetProperty("foldIn").GetProperty("ratings").GetInt32().ShouldBe(16);
        json.GetProperty("items").GetArrayLength().ShouldBe(14);
    }

    [Fact]
    public async Task A_user_whom_the_model_does_not_know_is_new()
    {
        JsonElement json = await CommandLine.JsonAsync("predict", "--model", model.Path, "--user", "stranger", "--rated", "000=5", "--item", "nothing");

        json.GetProperty("user").GetString().ShouldBe("stranger");
        json.GetProperty("answer").GetString().ShouldBe("coldItem");
        json.GetProperty("basis").GetString().ShouldBe("the user was folded in by 1 rating, the item has no training ratings: mean + user bias");
    }

    [Fact]
    public async Task An_explanation_of_a_new_user_names_its_ratings()
    {
        JsonElement json = await CommandLine.JsonAsync("explain", "--model", model.Path, "--rated", "000=5,002=0.5", "--item", "004");

        json.GetProperty("contributions").EnumerateArray().Select(one => one.GetProperty("item").GetString()).Order().ShouldBe(["000", "002"]);
        json.GetProperty("residual").GetDouble().ShouldBe(0, 1e-5);
    }

    [Fact]
    public async Task A_person_is_told_what_was_not_used()
    {
        CommandResult result = await CommandLine.RunAsync("predict", "--model", model.Path, "--rated", "000=50,what=1", "--item", "004");

        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.ShouldContain("(new)");
        result.Error.ShouldContain("note: the model does not know 1 rated item, such as \"what\"");
        result.Error.ShouldContain("note: 1 rating outside of the range that the model was trained on; they count as they are");
    }

    [Theory]
    [InlineData("000,5|000,4|x,1", "mine.csv:2: expected each item once, found \"000\" again, which is in mine.csv:1 already; keep one of its ratings")]
    [InlineData("000,5|001,good", "mine.csv:2: expected a finite number as rating, found \"good\"; correct the rating")]
    [InlineData("000;5|001;4,5", "mine.csv:2: expected a finite number as rating, found \"4,5\"; write it with a dot")]
    [InlineData("000,5|001,", "mine.csv:2: expected a finite number as rating, found nothing; correct the rating")]
    [InlineData("000,NaN", "mine.csv:1: expected a finite number as rating, found \"NaN\"; correct the rating")]
    [InlineData("000,2e9", "mine.csv:1: expected a rating from -1,000,000,000 to 1,000,000,000 for this model, found \"2e9\"; correct the rating")]
    [InlineData("000,5|001", "mine.csv:2: expected item and rating separated by a tab, a semicolon or a comma, found one of them alone in \"001\"; give each item its rating")]
    [InlineData("4,000,5", "mine.csv:1: expected item and rating separated by a tab, a semicolon or a comma, found more in \"4,000,5\"; leave other columns out")]
    [InlineData("000,5|,4", "mine.csv:2: expected an item id in UTF-8, found nothing; write it as the ratings of the model had it")]
    [InlineData("item,rating", "mine.csv: expected at least one rating as item and rating separated by a tab, a semicolon or a comma, found none; give some ratings")]
    public async Task Wrong_lines_are_refused_by_their_number(string lines, string expected)
    {
        string mine = model.Write("mine.csv", lines.Split('|'));
        CommandResult result = await CommandLine.RunAsync("recommend", "--model", model.Path, "--ratings", mine);

        result.ExitCode.ShouldBe(2);
        result.Mistakes[0].ShouldBe(expected);
        result.Output.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(
        "recommend",
        "--user: expected the id of a user, found nothing; write --user ID, or --ratings FILE or --attributes LIST for a new user")]
    [InlineData("recommend --rated 5=1 --ratings no.csv", "--rated: expected ratings in one place, found --ratings as well; keep one of them")]
    [InlineData("recommend --ratings no.csv", "--ratings: expected a file of item,rating lines, found nothing at \"no.csv\"; check the path")]
    [InlineData("recommend --rated what=5", "--rated: expected at least one item that the model knows, found none among 1, such as \"what\"; see items.ids in the model's folder")]
    [InlineData("recommend --rated 000=5,001=x", "--rated: expected a finite number as rating, found \"x\"; correct the rating")]
    [InlineData("recommend --rated 000=5,000=4", "--rated: expected each item once, found \"000\" again; keep one of its ratings")]
    [InlineData("recommend --rated 000", "--rated: expected item=rating, found one of them alone in \"000\"; give each item its rating")]
    public async Task Wrong_questions_are_refused(string command, string expected)
    {
        CommandResult result = await CommandLine.RunAsync([.. command.Split(' '), "--model", model.Path]);

        result.ExitCode.ShouldBe(2);
        result.Mistakes[0].ShouldBe(expected);
    }

    [Fact]
    public async Task Interactions_need_no_rating()
    {
        using var folder = new TemporaryFolder();
        await CommandLine.TrainSmallAsync(folder["model"], "--model", "als-implicit");
        string[] lines = ["item", "1", "2", "3"];
        string mine = folder.Write("mine.txt", lines);
        JsonElement file = await CommandLine.JsonAsync("recommend", "--model", folder["model"], "--ratings", mine);
        JsonElement text = await CommandLine.JsonAsync("recommend", "--model", folder["model"], "--rated", "1,2=1,3");

        file.GetProperty("foldIn").GetProperty("ratings").GetInt32().ShouldBe(3);
        file.GetProperty("basis").GetString()!.ShouldEndWith("ranked by the user's predicted preferences");
        file.GetProperty("items").GetRawText().ShouldBe(text.GetProperty("items").GetRawText());
        CommandResult wrong = await CommandLine.RunAsync("recommend", "--model", folder["model"], "--rated", "1=-2");
        wrong.Mistakes.ShouldHaveSingleItem().ShouldBe("--rated: expected a rating from 0 to 1,000,000,000 for this model, found \"-2\"; correct the rating");
    }
}
