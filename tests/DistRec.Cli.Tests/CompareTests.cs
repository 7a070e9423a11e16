using System.Text.Json;

namespace DistRec.Cli.Tests;

/// <summary><c>compare</c>: several models on one split.</summary>
public sealed class CompareTests : IDisposable
{
    private static readonly string[] Small = ["--ratings", "6000", "--users", "150", "--items", "60", "--test-ratio", "0.2", "--quiet"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_model_has_the_figures_of_training_it_alone_and_the_best_is_first()
    {
        JsonElement result = await CommandLine.JsonAsync(["compare", "--models", "baseline,ALS", .. Small]);

        JsonElement[] models = [.. result.GetProperty("models").EnumerateArray()];
        models.Length.ShouldBe(2);
        foreach (JsonElement model in models)
        {
            JsonElement trained = await CommandLine.JsonAsync(["train", "--model", NameOf(model), .. Small, "--out", _folder["model"]]);
            model.GetProperty("rmse").GetDouble().ShouldBe(trained.GetProperty("testRmse").GetDouble());
            model.GetProperty("mae").GetDouble().ShouldBe(trained.GetProperty("testMae").GetDouble());
        }

        result.GetProperty("testRatings").GetInt64().ShouldBe(1200);
        models[0].GetProperty("fromBest").ValueKind.ShouldBe(JsonValueKind.Null);
        (double first, double second) = (models[0].GetProperty("rmse").GetDouble(), models[1].GetProperty("rmse").GetDouble());
        first.ShouldBeLessThan(second);
        JsonElement difference = models[1].GetProperty("fromBest");
        difference.GetProperty("value").GetDouble().ShouldBe((second * second) - (first * first), 1e-9);
        difference.GetProperty("low").GetDouble().ShouldBeLessThan(difference.GetProperty("value").GetDouble());
        difference.GetProperty("high").GetDouble().ShouldBeGreaterThan(difference.GetProperty("value").GetDouble());
        difference.GetProperty("isClear").GetBoolean().ShouldBe(difference.GetProperty("low").GetDouble() > 0);
    }

    [Fact]
    public async Task Figures_and_intervals_do_not_depend_on_threads_and_partitions()
    {
        string[] three = ["compare", "--models", "baseline,als,bpmf", "--epochs", "6", .. Small];
        JsonElement one = await CommandLine.JsonAsync([.. three, "--threads", "1", "--partitions", "1"]);
        JsonElement other = await CommandLine.JsonAsync([.. three, "--threads", "2", "--partitions", "3"]);

        Figures(other).ShouldBe(Figures(one));

        static string[] Figures(JsonElement result) =>
            [.. result.GetProperty("models").EnumerateArray().Select(model => $"{NameOf(model)} {model.GetProperty("rmse").GetRawText()} {model.GetProperty("fromBest").GetRawText()}")];
    }

    [Fact]
    public async Task Models_of_ratings_and_of_interactions_are_compared_by_the_order_of_items()
    {
        string[] arguments = ["compare", "--models", "baseline,top-popular,ease", "--regularization", "20", "--k", "3,10", .. Small];
        JsonElement result = await CommandLine.JsonAsync([.. arguments, "--threads", "2", "--partitions", "3"]);
        result.GetProperty("comparedBy").GetString().ShouldBe("ndcg@10");
        JsonElement[] models = [.. result.GetProperty("models").EnumerateArray()];
        models.Select(NameOf).ShouldBe(["ease", "top-popular", "baseline"], ignoreOrder: true);
        double[] gains = [.. models.Select(Gain)];
        gains.ShouldBe(gains.OrderDescending());
        models[2].GetProperty("fromBest").GetProperty("value").GetDouble().ShouldBe(gains[2] - gains[0], 1e-12);
        models.Single(model => NameOf(model) == "baseline").GetProperty("rmse").GetDouble().ShouldBeGreaterThan(0);
        models[0].GetProperty("ranking").GetProperty("figures").TryGetProperty("precision@3", out _).ShouldBeTrue();

        JsonElement again = await CommandLine.JsonAsync([.. arguments, "--threads", "1", "--partitions", "1"]);
        again.GetProperty("models").EnumerateArray().Select(model => model.GetProperty("ranking").GetRawText())
            .ShouldBe(models.Select(model => model.GetProperty("ranking").GetRawText()));

        CommandResult table = await CommandLine.RunAsync([.. arguments, "--candidates", "20"]);
        table.ExitCode.ShouldBe(0, table.Error);
        table.Output.ShouldContain("SAMPLED: each relevant item among 20 items");
        table.Output.ShouldContain("baseline predicts ratings, and orders items by them");

        string page = _folder["rankings.html"];
        CommandResult drawn = await CommandLine.RunAsync([.. arguments, "--out", page]);
        drawn.ExitCode.ShouldBe(0, drawn.Error);
        string html = await File.ReadAllTextAsync(page);
        foreach (string model in new[] { "baseline", "top-popular", "ease" })
        {
            html.ShouldContain($"<th scope=\"col\">{model}</th>");
        }

        html.ShouldContain("<title>ease, thousandths of the candidates, from the first place 1000: 1.0000</title>");

        static double Gain(JsonElement model) => model.GetProperty("ranking").GetProperty("figures").GetProperty("ndcg@10").GetProperty("value").GetDouble();
    }

    [Fact]
    public async Task A_setting_goes_to_the_models_that_have_it()
    {
        JsonElement result = await CommandLine.JsonAsync(["compare", "--models", "baseline,als,mf", "--rank", "3", "--epochs", "3", .. Small]);

        foreach (JsonElement model in result.GetProperty("models").EnumerateArray())
        {
            bool hasRank = model.GetProperty("settings").TryGetProperty("rank", out JsonElement rank);
            hasRank.ShouldBe(NameOf(model) != "baseline");
            (!hasRank || rank.GetInt32() == 3).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_model_that_fails_is_named_and_hides_no_other()
    {
        // 110 MiB and tables of 1,024 factors do not fit; 110 MiB and biases do.
        CommandResult result = await CommandLine.RunAsync(
            host => host with { AvailableMemory = 112L << 20 }, ["compare", "--models", "als,baseline", "--rank", "1024", "--epochs", "2", .. Small, "--json"]);

        result.ExitCode.ShouldBe(1);
        JsonElement[] models = [.. result.Json.GetProperty("models").EnumerateArray()];
        models.Select(NameOf).ShouldBe(["baseline", "als"]);
        models[0].GetProperty("rmse").GetDouble().ShouldBeGreaterThan(0);
        models[0].GetProperty("failure").ValueKind.ShouldBe(JsonValueKind.Null);
        models[1].GetProperty("rmse").ValueKind.ShouldBe(JsonValueKind.Null);
        models[1].GetProperty("failure").GetString()!.ShouldContain("memory");
        result.Error.ShouldContain("error: als failed: ");
    }

    [Fact]
    public async Task The_table_says_in_words_what_its_columns_mean()
    {
        CommandResult result = await CommandLine.RunAsync(["compare", "--models", "baseline,als", .. Small]);

        result.ExitCode.ShouldBe(0, result.Error);
        result.Output.ShouldContain("MSE above best");
        result.Output.ShouldContain("95 % interval");
        result.Output.ShouldContain("which of the two is better may be chance");
        result.Output.ShouldContain(" best ");
    }

    [Fact]
    public async Task Stopped_it_tells_the_models_that_are_done()
    {
        using CancellationTokenSource stop = new();
        CommandResult result = await CommandLine.RunAsync(
            host => host with { Error = new StopWriter("als: training", stop), Stop = stop.Token }, ["compare", "--models", "baseline,als", .. Small.SkipLast(1), "--json"]);

        result.ExitCode.ShouldBe(130);
        result.Json.GetProperty("state").GetString().ShouldBe("stopped");
        NameOf(result.Json.GetProperty("models").EnumerateArray().ShouldHaveSingleItem()).ShouldBe("baseline");
    }

    [Theory]
    [InlineData("--models als", "--models: expected two or more models, found \"als\"; write them as als,mf,bpmf")]
    [InlineData("--models als,svdpp,svd++", "--models: expected each model once, found svd++ 2 times; leave one out")]
    [InlineData("--models als,ease --k 5,0", "--k: expected lengths from 1 to 10,000, found \"5,0\"; for instance 5,10,20")]
    [InlineData("--models als,ease --candidates some", "--candidates: expected a whole number from 1 to 10000, found \"some\"; all, or for instance 100")]
    [InlineData("--models als,bpmf --learning-rate 0.1", "--learning-rate: expected an option of als or bpmf, found one of mf, svd++, asvd, nsvd, integrated, neumf-mf, mlp, fm, bpr, poly-svm; leave it out")]
    [InlineData("--models als,bpmf --test-ratio 0", "--test-ratio: expected ratings to compare by, a share above 0, found \"0\"; leave it out")]
    [InlineData("--models als,bpmf --out page.html", "--out: expected nothing, since models are compared by errors, found \"page.html\"; leave it out, or give --ranking")]
    [InlineData("--models als,ease --lists-only --out page.html", "--out: expected nothing, since --lists-only leaves out where other items are, found \"page.html\"; leave one of them out")]
    [InlineData("--models als,ease --out .", "--out: expected a file, or a path where nothing is, found a folder at \".\"; give a file, such as compare.html")]
    [InlineData("--models als,bpmf --rank x", "--rank: expected a whole number, found \"x\"; give digits alone")]
    public async Task What_has_no_sense_is_refused(string arguments, string mistake)
    {
        CommandResult result = await CommandLine.RunAsync(["compare", .. arguments.Split(' '), "--quiet"]);

        result.Mistake.ShouldBe(mistake);
    }

    private static string NameOf(JsonElement model) => model.GetProperty("model").GetString()!;
}
