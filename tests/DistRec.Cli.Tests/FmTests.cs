using System.Text.Json;
using DistRec.Models.Persistence;

namespace DistRec.Cli.Tests;

/// <summary>Factorization machines and polynomials from ratings.</summary>
public sealed class FmTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sgd")]
    [InlineData("adagrad")]
    [InlineData("sgda")]
    [InlineData("als")]
    [InlineData("mcmc", "--burn-in", "1", "--kept-samples", "3", "--validation-ratio", "0.05")]
    public async Task Every_learner_trains_saves_and_tells_its_errors(string learner, params string[] more)
    {
        JsonElement json = await TrainAsync(["--learner", learner, "--rank", "6", .. more]);

        json.GetProperty("state").GetString().ShouldBe("completed");
        json.GetProperty("features").GetInt32().ShouldBe(180);
        json.GetProperty("settings").GetProperty("learner").GetString().ShouldBe(learner == "sgda" ? "adaptiveSgd" : learner == "adagrad" ? "adaGrad" : learner);
        foreach (string figure in new[] { "trainRmse", "validationRmse", "testRmse", "testMae" })
        {
            json.GetProperty(figure).GetDouble().ShouldBeInRange(0.1, 2, figure);
        }

        SavedModel saved = ModelFolder.Load(_folder["model"]);
        saved.Model.Machine!.Shape.Rank.ShouldBe(learner == "mcmc" ? 48 : 6);
        saved.Model.Machine.Space.Groups.Select(group => group.Name).ShouldBe(["user", "item"]);

        JsonElement judged = await CommandLine.JsonAsync("predict", "--model", _folder["model"], "--user", "1", "--item", "1");
        judged.GetProperty("meaning").GetString().ShouldBe("prediction");
        judged.GetProperty("prediction").GetDouble().ShouldBeInRange(0.5, 5);
    }

    [Theory]
    [InlineData("sgd")]
    [InlineData("mcmc")]
    public async Task Classification_answers_with_probabilities_in_every_verb(string learner)
    {
        JsonElement json = await TrainAsync("--task", "classification", "--positive-from", "3", "--learner", learner, "--epochs", "30", "--rank", "4");

        json.GetProperty("testRmse").ValueKind.ShouldBe(JsonValueKind.Null);
        json.GetProperty("testClassification").GetProperty("auc").GetDouble().ShouldBeGreaterThan(0.6);

        // Of probabilities, also where the model learns from hidden scores.
        double[] errors = [.. json.GetProperty("curve").EnumerateArray().Select(epoch => epoch.GetProperty("trainRmse").GetDouble())];
        errors.ShouldAllBe(error => error > 0 && error < 0.6);
        errors[^1].ShouldBeLessThan(errors[0]);
        string[] model = ["--model", _folder["model"]];
        JsonElement probability = await CommandLine.JsonAsync(["predict", .. model, "--user", "1", "--item", "1"]);
        probability.GetProperty("meaning").GetString().ShouldBe("probability");
        probability.GetProperty("prediction").GetDouble().ShouldBeInRange(0, 1);
        (await CommandLine.RunAsync(["predict", .. model, "--user", "1", "--item", "1"])).Output.ShouldContain("probability");
        (await CommandLine.RunAsync(["recommend", .. model, "--user", "1"])).Output.ShouldContain("probability");
        JsonElement why = await CommandLine.JsonAsync(["explain", .. model, "--user", "1", "--item", "1"]);
        why.GetProperty("contributions").GetArrayLength().ShouldBe(0);
        JsonElement shown = (await CommandLine.JsonAsync(["inspect", .. model])).GetProperty("machine");
        shown.GetProperty("answers").GetString().ShouldBe("probability");
        double liked = await FoldedAsync("1=5,3=5,4=5"), disliked = await FoldedAsync("1=1,3=1,4=1");
        disliked.ShouldBeInRange(0, liked);
        liked.ShouldBeInRange(disliked, 1);
        File.ReadAllText(_folder["model/report.html"]).ShouldContain("Test log-loss");

        async Task<double> FoldedAsync(string rated) =>
            (await CommandLine.JsonAsync(["predict", .. model, "--rated", rated, "--item", "2"])).GetProperty("prediction").GetDouble();
    }

    [Fact]
    public async Task Ranking_machines_answer_with_preferences_that_differ()
    {
        JsonElement json = await TrainAsync("--task", "ranking", "--epochs", "10", "--rank", "4");

        json.GetProperty("testRanking").GetProperty("figures").GetProperty("recall@10").GetProperty("value").GetDouble().ShouldBeGreaterThan(0);
        JsonElement found = await CommandLine.JsonAsync("recommend", "--model", _folder["model"], "--user", "1", "--n", "5");
        found.GetProperty("meaning").GetString().ShouldBe("preference");
        double[] preferences = [.. found.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("prediction").GetDouble())];
        preferences.ShouldBe(preferences.OrderDescending());
        preferences.Distinct().Count().ShouldBe(5);
    }

    [Fact]
    public async Task Users_and_items_without_ratings_are_told_by_their_features()
    {
        // Users a, who like what is x, and b, who like what is y; c has no training rating but is like a.
        string train = _folder.Write("train.csv", ["user,item,rating", .. Enumerable.Range(0, 12).SelectMany(user => Enumerable.Range(0, 12).Select(item => $"u{user},i{item},{(user % 2 == item % 2 ? 5 : 1)}"))]);
        string test = _folder.Write("test.csv", "user,item,rating", "new,i0,5", "new,i1,1", "u0,fresh,5", "plain,i0,3");
        string users = _folder.Write("users.csv", ["user,kind", .. Enumerable.Range(0, 12).Select(user => $"u{user},{(user % 2 == 0 ? "a" : "b")}"), "new,a"]);
        string items = _folder.Write("items.csv", ["item,sort", .. Enumerable.Range(0, 12).Select(item => $"i{item},{(item % 2 == 0 ? "x" : "y")}"), "fresh,x"]);
        await CommandLine.JsonAsync(
            "train", "--train", train, "--test", test, "--model", "fm", "--features", "user,item,kind,sort", "--user-features", users, "--item-features", items,
            "--rank", "2", "--epochs", "200", "--quiet", "--out", _folder["model"]);

        JsonElement liked = await PredictAsync("new", "i0");
        JsonElement disliked = await PredictAsync("new", "i1");
        JsonElement fresh = await PredictAsync("u0", "fresh");
        JsonElement plain = await PredictAsync("plain", "i0");

        liked.GetProperty("prediction").GetDouble().ShouldBeGreaterThan(disliked.GetProperty("prediction").GetDouble() + 2);
        liked.GetProperty("answer").GetString().ShouldBe("coldUser");
        liked.GetProperty("basis").GetString().ShouldBe("the user has no training ratings: told by its features");
        fresh.GetProperty("basis").GetString().ShouldBe("the item has no training ratings: told by its features");
        plain.GetProperty("basis").GetString().ShouldBe("the user has no training ratings: mean + item bias");
        JsonElement found = await CommandLine.JsonAsync("recommend", "--model", _folder["model"], "--user", "new", "--n", "1");
        found.GetProperty("basis").GetString().ShouldBe("the user has no training ratings and is told by its features: ranked by the user's predicted ratings");
        (await CommandLine.JsonAsync("recommend", "--model", _folder["model"], "--user", "plain", "--n", "1")).GetProperty("rankedBy").GetString().ShouldBe("dampedMean");
        JsonElement similar = await CommandLine.JsonAsync("similar", "--model", _folder["model"], "--item", "fresh", "--n", "1");
        similar.GetProperty("items")[0].GetProperty("item").GetString()!.TrimStart('i').ShouldBeOneOf("0", "2", "4", "6", "8", "10");

        Task<JsonElement> PredictAsync(string user, string item) => CommandLine.JsonAsync("predict", "--model", _folder["model"], "--user", user, "--item", item);
    }

    [Fact]
    public async Task A_side_that_no_feature_tells_of_adds_nothing()
    {
        await TrainAsync("--features", "item", "--epochs", "30");

        JsonElement one = await CommandLine.JsonAsync("predict", "--model", _folder["model"], "--user", "1", "--item", "1");
        JsonElement other = await CommandLine.JsonAsync("predict", "--model", _folder["model"], "--user", "2", "--item", "1");
        one.GetProperty("prediction").GetDouble().ShouldBe(other.GetProperty("prediction").GetDouble());
    }

    [Theory]
    [InlineData("regression")]
    [InlineData("classification", "--positive-from", "3")]
    public async Task Polynomials_train_and_are_asked_by_rows_alone(string task, params string[] more)
    {
        JsonElement json = await CommandLine.JsonAsync(
            ["train", "--ratings", "4000", "--users", "120", "--items", "60", "--model", "poly-svm", "--task", task, "--epochs", "4", "--quiet", "--out", _folder["model"], .. more]);

        json.GetProperty("state").GetString().ShouldBe("completed");
        json.GetProperty("settings").TryGetProperty("rank", out _).ShouldBeFalse();
        json.GetProperty("features").GetInt32().ShouldBeGreaterThan(3600, "a weight for every pair of a user and an item");
        foreach (string verb in new[] { "similar --item 1", "predict --user 1 --item 1", "recommend --user 1", "explain --user 1 --item 1" })
        {
            CommandResult refused = await CommandLine.RunAsync([.. verb.Split(' '), "--model", _folder["model"]]);
            refused.Mistake.ShouldStartWith("--model: expected a model of users and items, found poly-svm");
        }
    }

    [Fact]
    public async Task A_job_file_sets_what_the_command_line_does()
    {
        string file = _folder.Write("job.yaml", "model: fm", "task: classification", "positive-from: 3", "learner: adagrad", "features: user,item,other-items", "rank: 4", "epochs: 2");

        JsonElement json = await CommandLine.JsonAsync("train", "--job", file, "--ratings", "1500", "--users", "60", "--items", "30", "--quiet", "--out", _folder["model"]);

        JsonElement settings = json.GetProperty("settings");
        settings.GetProperty("task").GetString().ShouldBe("classification");
        settings.GetProperty("features").GetString().ShouldBe("user,item,other-items");
        settings.GetProperty("positiveFrom").GetDouble().ShouldBe(3);
        json.GetProperty("features").GetInt32().ShouldBe(60 + 30 + 30);
    }

    [Theory]
    [InlineData("--learner mcmc --regularization 1", "--regularization: expected nothing, since --learner mcmc draws every lambda")]
    [InlineData("--learner mcmc --learning-rate 1", "--learning-rate: expected nothing, since --learner mcmc takes no steps")]
    [InlineData("--learner mcmc --consistency asp", "--consistency: expected nothing, since --learner mcmc takes no steps")]
    [InlineData("--learner mcmc --patience 3", "--patience: expected nothing, since --learner mcmc averages its epochs")]
    [InlineData("--learner als --clocks 4", "--clocks: expected nothing, since --learner als takes no steps")]
    [InlineData("--learner sgd --burn-in 4", "--burn-in: expected nothing, since --learner sgd does not sample")]
    [InlineData("--learner als --likelihood-power 1", "--likelihood-power: expected nothing, since only mcmc for regression tempers its likelihood")]
    [InlineData("--learner als --kept-samples 4", "--kept-samples: expected nothing, since --learner als does not sample")]
    [InlineData("--learner gibbs", "--learner: expected one of mcmc, sgd, adagrad, sgda, als, found \"gibbs\"")]
    [InlineData("--learner als --order 3", "--order: expected 2 with --learner als, found 3")]
    [InlineData("--order 7", "--order: expected 2 to 5, found 7")]
    [InlineData("--task ranking --learner als", "--task: expected regression or classification with --learner als, found ranking")]
    [InlineData("--task sorting", "--task: expected one of regression, classification, ranking, found \"sorting\"")]
    [InlineData("--positive-from 4", "--positive-from: expected nothing, since only --task classification asks what counts as 1")]
    [InlineData("--hash-bits 40", "--hash-bits: expected a whole number from 10 to 28, found \"40\"")]
    [InlineData("--user-features missing.csv", "--user-features: expected a file that says something of each")]
    [InlineData("--degree 2", "--degree: expected an option of fm, found one of poly-svm")]
    [InlineData("--method cg", "--method: expected an option of fm, found one of als-implicit")]
    public async Task A_wrong_option_of_fm_is_named(string options, string expected)
    {
        CommandResult result = await CommandLine.RunAsync(["train", "--model", "fm", .. options.Split(' '), "--out", _folder["model"]]);

        result.Mistake.ShouldStartWith(expected);
    }

    [Theory]
    [InlineData("--model poly-svm --rank 8", "--rank: expected an option of poly-svm")]
    [InlineData("--model poly-svm --task ranking", "--task: expected regression or classification with poly-svm, found ranking")]
    [InlineData("--model mf --features user", "--features: expected an option of mf, found one of fm and poly-svm")]
    [InlineData("--model fm --features user,colour", "features: expected ")]
    [InlineData("--model fm --features user,user", "features: expected each block once, found \"user\" again")]
    [InlineData("--model fm --features user,time", "features: expected ratings with times for \"time\", found none")]
    [InlineData("--model fm --features user,genre", "features: expected ")]
    [InlineData("--model fm --task classification", "ratings.csv: expected targets of 0 and 1 for classification, found 2; say from which rating on one counts as 1")]
    [InlineData("--model fm --task ranking --validation-ratio 0.1", "")]
    public async Task What_cannot_be_learned_from_is_refused_before_training(string options, string expected)
    {
        string data = _folder.Write("ratings.csv", ["user,item,rating", .. Enumerable.Range(0, 200).Select(index => $"u{index % 20},i{index / 20},{index % 5 + 1}")]);

        CommandResult result = await CommandLine.RunAsync(["train", "--data", data, .. options.Split(' '), "--quiet", "--out", _folder["model"]]);

        result.ExitCode.ShouldBe(2, result.Output);
        result.Mistakes.ShouldHaveSingleItem().ShouldStartWith(expected);
        result.Error.ShouldNotContain("unexpected");
        Directory.Exists(_folder["model"]).ShouldBeFalse();
    }

    private Task<JsonElement> TrainAsync(params string[] more) => CommandLine.JsonAsync(
        [
            "train", "--ratings", "4000", "--users", "120", "--items", "60", "--model", "fm", "--quiet", "--out", _folder["model"],
            .. more.Contains("--epochs") ? [] : new[] { "--epochs", "5" },
            .. more,
        ]);
}
