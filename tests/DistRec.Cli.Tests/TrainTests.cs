using System.Text.Json;
using DistRec.Models.Persistence;

namespace DistRec.Cli.Tests;

public sealed class TrainTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ALS", "als")]
    [InlineData("svd", "mf")]
    [InlineData("SVDpp", "svd++")]
    [InlineData("ials", "als-implicit")]
    [InlineData("bias", "baseline")]
    public async Task What_others_call_a_model_trains_it(string typed, string model)
    {
        JsonElement json = await CommandLine.JsonAsync(
            "train", "--model", typed, "--ratings", "2000", "--users", "80", "--items", "40", "--epochs", "1", "--quiet", "--out", _folder["model"]);

        json.GetProperty("model").GetString().ShouldBe(model);
        ModelFolder.Load(_folder["model"]).Description.Kind.ShouldBe(model);
    }

    [Theory]
    [InlineData("baseline")]
    [InlineData("als")]
    [InlineData("mf")]
    [InlineData("nmf")]
    [InlineData("bpmf")]
    public async Task Training_on_generated_ratings_saves_a_model_that_loads_and_prints_all_its_figures(string model)
    {
        string[] rank = model switch { "baseline" => [], "bpmf" => ["--rank", "6", "--burn-in", "1", "--validation-ratio", "0.05"], _ => ["--rank", "6"] };
        CommandResult result = await CommandLine.RunAsync(
            ["train", "--model", model, "--ratings", "4000", "--users", "120", "--items", "60", .. rank, "--epochs", "4", "--out", _folder["model"], "--json"]);

        result.ExitCode.ShouldBe(0, result.Error);
        JsonElement json = result.Json;
        json.GetProperty("model").GetString().ShouldBe(model);
        json.GetProperty("ratings").GetInt64().ShouldBe(4000);
        json.GetProperty("users").GetInt32().ShouldBe(120);
        json.GetProperty("items").GetInt32().ShouldBe(60);
        json.GetProperty("rank").GetInt32().ShouldBe(model == "baseline" ? 0 : 6);
        json.GetProperty("epochs").GetInt32().ShouldBeInRange(1, 4);
        json.GetProperty("bestEpoch").GetInt32().ShouldBeInRange(1, 4);
        json.GetProperty("state").GetString().ShouldBe("completed");
        json.GetProperty("stopReason").GetString().ShouldNotBeNullOrWhiteSpace();
        foreach (string figure in new[] { "trainRmse", "validationRmse", "testRmse", "testMae", "secondsPerEpoch", "ratingsPerSecond", "peakMemoryMiB" })
        {
            json.GetProperty(figure).GetDouble().ShouldBeGreaterThan(0, figure);
        }

        json.GetProperty("checkpointPath").ValueKind.ShouldBe(JsonValueKind.Null);
        json.GetProperty("notes").ValueKind.ShouldBe(JsonValueKind.Array);
        json.GetProperty("dataFingerprint").GetString()!.Length.ShouldBe(64);
        json.GetProperty("settings").GetProperty("seed").GetInt32().ShouldBe(42);
        File.Exists(json.GetProperty("reportPath").GetString()).ShouldBeTrue();
        JsonElement[] curve = [.. json.GetProperty("curve").EnumerateArray()];
        curve.Length.ShouldBe(json.GetProperty("epochs").GetInt32());
        foreach (string field in new[] { "epoch", "trainRmse", "validationRmse", "validationMae", "loss", "learningRate", "seconds" })
        {
            curve[0].TryGetProperty(field, out _).ShouldBeTrue(field);
        }

        SavedModel saved = ModelFolder.Load(json.GetProperty("modelPath").GetString()!);
        saved.Description.ModelSha256.ShouldBe(json.GetProperty("modelSha256").GetString());
        // Those that the best epoch was found by are fitted with the others in the end.
        saved.Ratings!.Count.ShouldBe(json.GetProperty("trainRatings").GetInt64() + json.GetProperty("validationRatings").GetInt64());
    }

    [Fact]
    public async Task What_nobody_gave_suits_the_data_and_what_was_given_stays()
    {
        string[] train = ["train", "--model", "svd++", "--ratings", "600", "--users", "100", "--items", "40", "--rank", "4", "--epochs", "2", "--quiet"];
        JsonElement usual = (await CommandLine.JsonAsync([.. train, "--out", _folder["usual"]])).GetProperty("settings");
        JsonElement given = (await CommandLine.JsonAsync([.. train, "--regularization", "0.05", "--out", _folder["given"]])).GetProperty("settings");

        usual.GetProperty("regularization").GetDouble().ShouldBeGreaterThan(0.1);
        given.GetProperty("regularization").GetDouble().ShouldBe(0.05, 1e-6);
        given.GetProperty("feedbackRegularization").GetDouble().ShouldBe(usual.GetProperty("feedbackRegularization").GetDouble());
    }

    [Theory]
    [InlineData("als")]
    [InlineData("mf")]
    public async Task A_bare_run_ends_within_two_percent_of_the_noise_floor(string model)
    {
        JsonElement json = await CommandLine.JsonAsync("train", "--model", model, "--partitions", "2", "--quiet", "--out", _folder["floor"]);

        json.GetProperty("ratings").GetInt64().ShouldBe(1_000_000);
        double floor = json.GetProperty("noiseFloorRmse").GetDouble();
        json.GetProperty("testRmse").GetDouble().ShouldBeInRange(floor, floor * 1.02);
    }

    [Fact]
    public async Task Figures_that_were_not_measured_are_null()
    {
        JsonElement json = await CommandLine.TrainSmallAsync(_folder["model"], "--test-ratio", "0", "--validation-ratio", "0");

        json.GetProperty("testRmse").ValueKind.ShouldBe(JsonValueKind.Null);
        json.GetProperty("testMae").ValueKind.ShouldBe(JsonValueKind.Null);
        json.GetProperty("validationRmse").ValueKind.ShouldBe(JsonValueKind.Null);
        json.GetProperty("curve")[0].GetProperty("validationRmse").ValueKind.ShouldBe(JsonValueKind.Null);
        json.GetProperty("trainRmse").GetDouble().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_person_sees_figures_the_curve_and_what_to_do_next()
    {
        CommandResult result = await CommandLine.RunAsync("train", "--ratings", "4000", "--users", "120", "--items", "60", "--rank", "6", "--epochs", "4", "--out", _folder["model"]);

        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.ShouldContain("RMSE");
        result.Output.ShouldContain("best");
        result.Output.ShouldContain("report.html");
        result.Output.ShouldContain($"distrec recommend --model {_folder["model"]} --user");
        result.Error.ShouldContain("epoch 1/4: train RMSE");
    }

    [Fact]
    public async Task Quiet_training_says_nothing_but_its_result()
    {
        CommandResult result = await CommandLine.RunAsync("train", "--ratings", "4000", "--users", "120", "--items", "60", "--epochs", "1", "--out", _folder["model"], "--quiet");

        result.ExitCode.ShouldBe(0, result.Error);
        result.Error.ShouldBeEmpty();
        result.Output.ShouldContain("RMSE");
    }

    [Theory]
    [InlineData("random", 400)]
    [InlineData("time", 400)]
    [InlineData("per-user-last", 120)]
    public async Task Each_split_keeps_its_share_for_the_test(string split, int testRatings)
    {
        JsonElement json = await CommandLine.TrainSmallAsync(_folder["model"], "--split", split);

        json.GetProperty("testRatings").GetInt32().ShouldBe(testRatings);
    }

    [Fact]
    public async Task Folds_together_test_every_rating_once()
    {
        int sum = 0;
        for (int fold = 1; fold <= 3; fold++)
        {
            JsonElement json = await CommandLine.TrainSmallAsync(_folder["model"], "--fold", $"{fold}/3");
            sum += json.GetProperty("testRatings").GetInt32();
        }

        sum.ShouldBe(4000);
    }

    [Fact]
    public async Task Training_and_test_files_are_used_as_they_are_and_cold_test_ratings_are_counted()
    {
        string train = _folder.Write("train.csv", ["user,item,rating", .. Enumerable.Range(0, 200).Select(index => $"u{index % 20},i{index / 20},{index % 5 + 1}")]);
        string test = _folder.Write("test.csv", "user,item,rating", "new,i1,3", "u1,unseen,4", "u2,unseen2,2");

        JsonElement json = await CommandLine.JsonAsync("train", "--train", train, "--test", test, "--rank", "2", "--epochs", "2", "--quiet", "--out", _folder["model"]);

        json.GetProperty("ratings").GetInt32().ShouldBe(203);
        json.GetProperty("testRatings").GetInt32().ShouldBe(3);
        json.GetProperty("testColdUsers").GetInt32().ShouldBe(1);
        json.GetProperty("testColdItems").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task Training_again_into_the_same_folder_replaces_the_model()
    {
        JsonElement first = await CommandLine.TrainSmallAsync(_folder["model"]);
        JsonElement second = await CommandLine.TrainSmallAsync(_folder["model"], "--seed", "7");

        second.GetProperty("modelSha256").GetString().ShouldNotBe(first.GetProperty("modelSha256").GetString());
        ModelFolder.Load(_folder["model"]).Description.ModelSha256.ShouldBe(second.GetProperty("modelSha256").GetString());
    }

    [Fact]
    public async Task A_data_set_smaller_than_the_number_of_threads_trains_all_the_same()
    {
        string data = _folder.Write("ratings.csv", "user,item,rating", "a,x,5", "a,y,3", "a,z,4");

        JsonElement json = await CommandLine.JsonAsync("train", "--data", data, "--threads", "4", "--test-ratio", "0", "--validation-ratio", "0", "--epochs", "2", "--quiet", "--out", _folder["model"]);

        json.GetProperty("settings").GetProperty("partitions").GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Ratings_that_are_all_the_same_are_learnt_exactly_and_their_errors_are_zero_not_missing()
    {
        string data = _folder.Write("ratings.csv", ["user,item,rating", .. Enumerable.Range(0, 60).Select(index => $"{index % 10},{index / 10},4")]);

        JsonElement json = await CommandLine.JsonAsync("train", "--data", data, "--model", "baseline", "--validation-ratio", "0.2", "--quiet", "--out", _folder["model"]);

        json.GetProperty("validationRmse").GetDouble().ShouldBe(0);
        json.GetProperty("curve")[0].GetProperty("validationRmse").GetDouble().ShouldBe(0);
    }

    [Fact]
    public async Task Descent_that_leaves_the_data_ends_in_a_model_with_a_note_or_in_a_failure_with_a_reason()
    {
        CommandResult result = await CommandLine.RunAsync(
            "train", "--ratings", "4000", "--users", "120", "--items", "60", "--rank", "8", "--epochs", "3", "--learning-rate", "500", "--out", _folder["model"], "--json");

        result.ExitCode.ShouldBeOneOf(0, 1);
        JsonElement json = result.Json;
        if (result.ExitCode == 0)
        {
            json.GetProperty("notes").GetArrayLength().ShouldBeGreaterThan(0);
        }
        else
        {
            json.GetProperty("state").GetString().ShouldBe("failed");
            result.Error.ShouldContain("training failed");
            Directory.Exists(_folder["model"]).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task A_file_of_items_that_cannot_be_read_is_told_and_leaves_the_model_without_what_it_says()
    {
        Directory.CreateDirectory(_folder["data"]);
        _folder.Write("data/ratings.csv", ["userId,movieId,rating", .. Enumerable.Range(0, 100).Select(index => $"{index / 10},{index % 10},{(index % 9 / 2.0) + 0.5}")]);
        _folder.Write("data/movies.csv", "movieId,title,genres", "1,Well (1999),Drama", "2,Bad, very (1999),Drama");

        CommandResult result = await CommandLine.RunAsync(
            "train", "--data", _folder["data"], "--model", "baseline", "--epochs", "1", "--test-ratio", "0", "--out", _folder["model"]);

        result.ExitCode.ShouldBe(0, result.Error);
        result.Error.ShouldContain("note: the model will not know what its items are, for filters: movies.csv:3: expected 3 fields separated by commas, found 4;");
        SavedModel saved = ModelFolder.Load(_folder["model"]);
        saved.TitleOf(1).ShouldBe("Well (1999)");
        saved.Attributes.All.ShouldBeEmpty();
        (await CommandLine.RunAsync("recommend", "--model", _folder["model"], "--user", "1", "--filter", "genre=Drama")).Mistake
            .ShouldBe("--filter: expected a model that knows what its items are, such as their genres, found one that does not; leave it out, or train on data with u.item, movies.dat, movies.csv or items.csv");
    }
}
