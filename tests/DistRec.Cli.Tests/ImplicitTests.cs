using System.Text.Json;

namespace DistRec.Cli.Tests;

public sealed class ImplicitTests : IDisposable
{
    [Theory]
    [InlineData("top-popular", "")]
    [InlineData("item-knn", "--neighbors 20 --shrinkage 2")]
    [InlineData("rp3beta", "--exponent 1 --popularity-exponent 0.2")]
    [InlineData("ease", "--regularization 20")]
    [InlineData("bpr", "--rank 6 --epochs 20")]
    public async Task A_model_that_counts_is_trained_saved_evaluated_and_asked(string model, string settings)
    {
        string folder = _folder["model"], test = _folder["test.csv"];
        string[] arguments = ["train", "--model", model, "--ratings", "6000", "--users", "150", "--items", "80", .. settings.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--quiet"];
        JsonElement json = await CommandLine.JsonAsync([.. arguments, "--out", folder]);
        JsonElement parted = await CommandLine.JsonAsync([.. arguments, "--partitions", "3", "--threads", "2", "--out", _folder["parted"]]);

        // What descends has the bits of its number of partitions.
        (parted.GetProperty("modelSha256").GetString() == json.GetProperty("modelSha256").GetString()).ShouldBe(model != "bpr");
        json.GetProperty("epochs").GetInt32().ShouldBe(model == "bpr" ? 20 : 1);
        json.GetProperty("testRanking").GetProperty("figures").GetProperty("ndcg@10").GetProperty("value").GetDouble().ShouldBeGreaterThan(0.1);

        (await CommandLine.JsonAsync("recommend", "--model", folder, "--user", "1", "--n", "5")).GetProperty("items").GetArrayLength().ShouldBe(5);
        double unexplained = (await CommandLine.JsonAsync("explain", "--model", folder, "--user", "1", "--item", "2")).GetProperty("residual").GetDouble();
        (model == "bpr" || unexplained == 0).ShouldBeTrue();
        File.WriteAllText(_folder["mine.csv"], "item,rating\n3,1\n5,1\n");
        (await CommandLine.JsonAsync("recommend", "--model", folder, "--ratings", _folder["mine.csv"], "--n", "4")).GetProperty("items").GetArrayLength().ShouldBe(4);
        File.WriteAllText(test, string.Concat(Enumerable.Range(1, 60).Select(user => $"{user},{(user % 70) + 1},1\n")));
        JsonElement full = await CommandLine.JsonAsync("evaluate", "--model", folder, "--data", test, "--k", "2,5");
        full.GetProperty("ranking").GetProperty("figures").GetProperty("recall@5").GetProperty("low").GetDouble().ShouldBeInRange(0, 1);
        full.GetProperty("conventions").GetProperty("map").GetString()!.ShouldContain("min(K, relevant items)");
        JsonElement other = await CommandLine.JsonAsync("evaluate", "--model", folder, "--data", test, "--seed", "7");
        JsonElement usual = await CommandLine.JsonAsync("evaluate", "--model", folder, "--data", test);
        (other.GetProperty("ranking").GetRawText() == usual.GetProperty("ranking").GetRawText()).ShouldBeFalse("intervals are drawn by the seed");
        CommandResult sampled = await CommandLine.RunAsync("evaluate", "--model", folder, "--data", test, "--candidates", "10");
        sampled.Output.ShouldContain("SAMPLED: each relevant item among 10 items");
        sampled.Error.ShouldNotContain("predicts ratings");
    }

    [Fact]
    public async Task A_model_of_ratings_says_that_it_orders_items_by_them()
    {
        await CommandLine.TrainSmallAsync(_folder["model"], "--model", "als");
        File.WriteAllText(_folder["test.csv"], "1,2,5\n2,3,4\n3,4,1\n");
        CommandResult result = await CommandLine.RunAsync("evaluate", "--model", _folder["model"], "--data", _folder["test.csv"], "--ranking");
        result.Error.ShouldContain("note: als predicts ratings, and orders items by them: what people take to is found better by models of interactions, such as --model als-implicit");
        (await CommandLine.RunAsync("evaluate", "--model", _folder["model"], "--data", _folder["test.csv"], "--seed", "7")).Mistake
            .ShouldBe("--seed: expected nothing, since errors of predictions have no draws, found \"7\"; leave it out, or give --ranking");
        (await CommandLine.RunAsync("evaluate", "--model", _folder["model"], "--data", _folder["test.csv"], "--graded", "--candidates", "0")).Mistake
            .ShouldBe("--candidates: expected a whole number from 1 to 10000, found \"0\"; all, or for instance 100");
    }

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("exact")]
    [InlineData("cg")]
    [InlineData("blocks")]
    public async Task A_model_of_interactions_is_trained_saved_evaluated_and_asked(string method)
    {
        string model = _folder["model"];
        JsonElement json = await CommandLine.JsonAsync(
            "train", "--model", "als-implicit", "--method", method, "--ratings", "6000", "--users", "150", "--items", "80", "--rank", "6",
            "--regularization", "3", "--epochs", "4", "--quiet", "--out", model);

        json.GetProperty("model").GetString().ShouldBe("als-implicit");
        json.GetProperty("rank").GetInt32().ShouldBe(6);
        json.GetProperty("validationRatings").GetInt64().ShouldBe(0);
        json.GetProperty("trainRmse").ValueKind.ShouldBe(JsonValueKind.Null);
        JsonElement ranking = json.GetProperty("testRanking");
        ranking.GetProperty("cutOffs")[0].GetInt32().ShouldBe(10);
        ranking.GetProperty("users").GetInt32().ShouldBeGreaterThan(100);
        ranking.GetProperty("figures").GetProperty("percentileRank").GetProperty("value").GetDouble().ShouldBeInRange(0.01, 0.45);
        ranking.GetProperty("figures").GetProperty("recall@10").GetProperty("value").GetDouble().ShouldBeInRange(0.05, 1);
        double[] losses = [.. json.GetProperty("curve").EnumerateArray().Select(point => point.GetProperty("loss").GetDouble())];
        losses.ShouldBe(losses.OrderDescending());
        losses.Length.ShouldBe(4);

        File.WriteAllText(_folder["new.txt"], "1 1 5\n1 2 5\n2 3 4\n3 4 1\n");
        JsonElement evaluated = await CommandLine.JsonAsync("evaluate", "--model", model, "--data", _folder["new.txt"]);
        evaluated.GetProperty("ranking").GetProperty("users").GetInt32().ShouldBeInRange(0, 3);
        JsonElement recommended = await CommandLine.JsonAsync("recommend", "--model", model, "--user", "1", "--n", "5");
        recommended.GetProperty("basis").GetString().ShouldBe("ranked by the user's predicted preferences");
        recommended.GetProperty("items").GetArrayLength().ShouldBe(5);
        JsonElement stranger = await CommandLine.JsonAsync("recommend", "--model", model, "--user", "nobody", "--n", "3");
        stranger.GetProperty("rankedBy").GetString().ShouldBe("popularity");
        string item = recommended.GetProperty("items")[0].GetProperty("item").GetString()!;
        (await CommandLine.JsonAsync("predict", "--model", model, "--user", "1", "--item", item)).GetProperty("prediction").GetDouble().ShouldBeInRange(0, 1);
        JsonElement[] similar = [.. (await CommandLine.JsonAsync("similar", "--model", model, "--item", item, "--n", "3")).GetProperty("items").EnumerateArray()];
        similar.Length.ShouldBe(3);
    }

    [Fact]
    public async Task Pairs_without_ratings_train_models_of_preferences_and_are_refused_by_models_of_ratings()
    {
        string[] pairs = ["user,item", .. Enumerable.Range(0, 200).Where(cell => cell % 3 != 0).Select(cell => $"u{cell / 10},i{cell % 10}")];
        string path = _folder["pairs.csv"];
        File.WriteAllLines(path, pairs);

        CommandResult implicitOne = await CommandLine.RunAsync("train", "--data", path, "--model", "als-implicit", "--rank", "3", "--epochs", "3", "--out", _folder["a"]);
        JsonElement ranking = await CommandLine.JsonAsync("train", "--data", path, "--model", "fm", "--task", "ranking", "--rank", "3", "--epochs", "3", "--quiet", "--out", _folder["b"]);
        CommandResult als = await CommandLine.RunAsync("train", "--data", path, "--model", "als", "--out", _folder["c"]);
        CommandResult evaluated = await CommandLine.RunAsync("evaluate", "--model", _folder["a"], "--data", path);

        implicitOne.ExitCode.ShouldBe(0, implicitOne.Error);
        implicitOne.Error.ShouldContain("note: pairs.csv: there is no column of ratings: every line counts 1");
        ranking.GetProperty("trainRatings").GetInt32().ShouldBe(120);
        als.ExitCode.ShouldBe(2);
        als.Error.ShouldContain("pairs.csv: expected ratings for als, found pairs of user and item without ratings; train --model als-implicit, or fm --task ranking");
        evaluated.ExitCode.ShouldBe(0, evaluated.Error);
    }

    [Fact]
    public async Task Events_of_several_kinds_are_chosen_by_an_option_which_the_model_remembers()
    {
        string path = _folder["events.csv"];
        File.WriteAllLines(path, ["event,user,item", .. Enumerable.Range(0, 200).Select(cell => $"{(cell % 2 == 0 ? "view" : "buy")},u{cell / 10},i{cell % 10}")]);
        string[] train = ["train", "--data", path, "--model", "als-implicit", "--rank", "3", "--epochs", "2", "--out", _folder["a"]];

        CommandResult unasked = await CommandLine.RunAsync(train);
        JsonElement json = await CommandLine.JsonAsync([.. train, "--quiet", "--feedback-type", "buy"]);

        unasked.ExitCode.ShouldBe(2);
        unasked.Error.ShouldContain("events.csv: expected one kind of feedback, found ");
        json.GetProperty("trainRatings").GetInt32().ShouldBe(90);
        File.ReadAllText(_folder["a/model.json"]).ShouldContain("\"feedbackType\"");
    }

    [Fact]
    public async Task What_the_user_took_to_explains_the_whole_score_of_an_exact_model()
    {
        string model = _folder["model"];
        await CommandLine.JsonAsync(
            "train", "--model", "als-implicit", "--ratings", "3000", "--users", "80", "--items", "50", "--rank", "4", "--epochs", "30", "--regularization", "5",
            "--test-ratio", "0", "--quiet", "--out", model);
        JsonElement why = await CommandLine.JsonAsync("explain", "--model", model, "--user", "7", "--item", "3");

        // After many epochs the users' factors are, nearly, the solution for the items as they were saved.
        double score = why.GetProperty("factorPart").GetDouble();
        why.GetProperty("method").GetString().ShouldBe("rowSolve");
        Math.Abs(why.GetProperty("residual").GetDouble()).ShouldBeLessThan(0.05 * Math.Abs(score) + 0.01);
    }

    [Fact]
    public async Task Options_without_effect_and_wrong_words_are_refused()
    {
        CommandResult result = await CommandLine.RunAsync(
            "train", "--model", "als-implicit", "--confidence", "given", "--alpha", "2", "--block-size", "16", "--regularization-exponent", "2", "--out", _folder["model"]);
        result.ExitCode.ShouldBe(2);
        string text = string.Join('\n', result.Mistakes);
        text.ShouldContain("--alpha: expected nothing, since --confidence given says that ratings are confidences");
        text.ShouldContain("--block-size: expected nothing, since only --method blocks has blocks");
        text.ShouldContain("--regularization-exponent: expected 0 to 1");
        (await CommandLine.RunAsync("train", "--model", "als-implicit", "--method", "cgg")).Mistakes[0].ShouldContain("did you mean cg?");
    }
}
