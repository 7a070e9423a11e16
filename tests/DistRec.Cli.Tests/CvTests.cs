using System.Text.Json;

namespace DistRec.Cli.Tests;

/// <summary><c>cv</c>: a model on each of several folds.</summary>
public sealed class CvTests : IDisposable
{
    private static readonly string[] Small = ["--ratings", "4000", "--users", "120", "--items", "60", "--model", "als", "--rank", "4", "--epochs", "4", "--quiet"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_fold_has_the_figures_of_training_on_it_alone_and_the_mean_is_theirs()
    {
        JsonElement result = await CommandLine.JsonAsync(["cv", "--folds", "3", .. Small]);

        JsonElement[] folds = [.. result.GetProperty("folds").EnumerateArray()];
        folds.Length.ShouldBe(3);
        folds.Sum(fold => fold.GetProperty("testRatings").GetInt64()).ShouldBe(4000, "every rating is in one test part");
        for (int fold = 0; fold < 3; fold++)
        {
            JsonElement trained = await CommandLine.JsonAsync(["train", "--fold", $"{fold + 1}/3", .. Small, "--out", _folder["model"]]);
            Test(folds[fold], "rmse").ShouldBe(trained.GetProperty("testRmse").GetDouble());
            Test(folds[fold], "mae").ShouldBe(trained.GetProperty("testMae").GetDouble());
        }

        double[] errors = [.. folds.Select(fold => Test(fold, "rmse"))];
        double mean = (errors[0] + errors[1] + errors[2]) / 3;
        result.GetProperty("mean").GetProperty("rmse").GetDouble().ShouldBe(mean, 1e-15);
        result.GetProperty("standardDeviation").GetProperty("rmse").GetDouble()
            .ShouldBe(Math.Sqrt(errors.Sum(error => (error - mean) * (error - mean)) / 2), 1e-15);
        result.GetProperty("state").GetString().ShouldBe("completed");
    }

    [Fact]
    public async Task Figures_do_not_depend_on_threads_and_partitions()
    {
        JsonElement one = await CommandLine.JsonAsync(["cv", "--folds", "2", .. Small, "--threads", "1", "--partitions", "1"]);
        JsonElement other = await CommandLine.JsonAsync(["cv", "--folds", "2", .. Small, "--threads", "2", "--partitions", "3"]);

        other.GetProperty("mean").GetRawText().ShouldBe(one.GetProperty("mean").GetRawText());
        JsonElement seeded = await CommandLine.JsonAsync(["cv", "--folds", "2", .. Small, "--seed", "7"]);
        seeded.GetProperty("mean").GetRawText().ShouldNotBe(one.GetProperty("mean").GetRawText());
    }

    [Fact]
    public async Task Folds_of_files_are_trained_and_tested_as_they_come()
    {
        string[] lines = [.. Enumerable.Range(0, 1200).Select(index => $"u{index % 40},i{index / 40},{1 + (index * 7 + index / 40 * 3) % 5}")];
        string[] Part(bool isTest, int fold) => [.. lines.Where((_, index) => (index % 3 == fold) == isTest)];
        string[] files = [.. Enumerable.Range(0, 2).SelectMany(fold => new[] { _folder.Write($"f{fold}.base", Part(false, fold)), _folder.Write($"f{fold}.test", Part(true, fold)) })];
        string[] model = ["--model", "als", "--rank", "2", "--epochs", "3", "--quiet"];

        JsonElement result = await CommandLine.JsonAsync(["cv", "--fold", $"{files[0]},{files[1]}", "--fold", $"{files[2]},{files[3]}", .. model]);

        JsonElement[] folds = [.. result.GetProperty("folds").EnumerateArray()];
        folds.Select(fold => fold.GetProperty("fold").GetString()).ShouldBe(["f0.test", "f1.test"]);
        JsonElement second = await CommandLine.JsonAsync(["train", "--train", files[2], "--test", files[3], .. model, "--out", _folder["model"]]);
        Test(folds[1], "rmse").ShouldBe(second.GetProperty("testRmse").GetDouble());
        string job = _folder.Write("job.yaml", $"fold: [{string.Join(", ", files)}]", "model: als", "rank: 2", "epochs: 3");
        JsonElement listed = await CommandLine.JsonAsync("cv", "--job", job, "--quiet");
        listed.GetProperty("mean").GetRawText().ShouldBe(result.GetProperty("mean").GetRawText());
    }

    [Fact]
    public async Task A_model_of_interactions_is_judged_by_its_rankings()
    {
        JsonElement result = await CommandLine.JsonAsync(["cv", "--folds", "2", .. Small.Select(text => text == "als" ? "als-implicit" : text)]);

        result.GetProperty("mean").EnumerateObject().Select(figure => figure.Name).ShouldBe(["ndcg@10", "recall@10", "hitRate@10", "mrr@10", "map@10"]);
        result.GetProperty("mean").GetProperty("ndcg@10").GetDouble().ShouldBeInRange(0.01, 1);
    }

    [Fact]
    public async Task A_table_has_a_line_a_fold_and_their_mean_and_deviation()
    {
        CommandResult result = await CommandLine.RunAsync(["cv", "--folds", "2", .. Small.SkipLast(1)]);

        result.ExitCode.ShouldBe(0, result.Error);
        string[] rows = [.. result.Output.Split('\n').Select(line => line.Trim().Split(' ')[0]).Where(word => word.Length > 0)];
        rows.Take(6).Where(row => row[0] != '─').ShouldBe(["fold", "1", "2", "mean", "deviation"]);
        result.Error.Split('\n').Count(line => line.StartsWith("fold ", StringComparison.Ordinal) && line.Contains("RMSE", StringComparison.Ordinal)).ShouldBe(2);
        result.Error.ShouldNotContain("epoch 1/");
    }

    [Fact]
    public async Task Stopped_it_tells_the_folds_that_are_done()
    {
        using CancellationTokenSource stop = new();
        CommandResult result = await CommandLine.RunAsync(
            host => host with { Error = new StopWriter("fold 2/3: training", stop), Stop = stop.Token }, ["cv", "--folds", "3", .. Small.SkipLast(1), "--json"]);

        result.ExitCode.ShouldBe(130);
        result.Json.GetProperty("state").GetString().ShouldBe("stopped");
        JsonElement fold = result.Json.GetProperty("folds").EnumerateArray().ShouldHaveSingleItem();
        result.Json.GetProperty("mean").GetProperty("rmse").GetDouble().ShouldBe(Test(fold, "rmse"));
        result.Json.GetProperty("standardDeviation").GetProperty("rmse").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("--fold a,b,c", "--fold: expected two files a fold, TRAIN,TEST, found \"a,b,c\"; write --fold u1.base,u1.test --fold u2.base,u2.test; random parts are --data with --folds 5")]
    [InlineData("--folds 1", "--folds: expected a whole number of at least 2, found \"1\"; 5 and 10 are usual")]
    [InlineData("--learning-rate 0.1 --model als", "--learning-rate: expected an option of als, found one of mf, svd++, asvd, nsvd, integrated, neumf-mf, mlp, fm, bpr and poly-svm; leave it out, or train --model mf")]
    [InlineData("--out x", "--out: expected an option of cv, found an unknown one; see distrec cv --help")]
    public async Task What_has_no_sense_is_refused(string arguments, string mistake)
    {
        CommandResult result = await CommandLine.RunAsync(["cv", .. arguments.Split(' '), "--quiet"]);

        result.Mistake.ShouldBe(mistake);
    }

    [Fact]
    public async Task Missing_files_and_folds_beside_data_are_told_together()
    {
        CommandResult result = await CommandLine.RunAsync("cv", "--fold", $"{_folder["a.base"]},{_folder["a.test"]}", "--folds", "3");

        result.ExitCode.ShouldBe(2);
        result.Mistakes.ShouldContain("--folds: expected nothing, since --fold names the files, found \"3\"; leave it or --fold out");
    }

    private static double Test(JsonElement fold, string figure) => fold.GetProperty("test").GetProperty(figure).GetDouble();
}
