using System.Text.Json;

namespace DistRec.Cli.Tests;

/// <content>Factorization machines.</content>
public sealed partial class RealDataTests
{
    private const string SideBlocks = "user,item,age,gender,occupation,genre,year";

    // The settings of each learner were chosen inside the training file.
    [SkippableTheory]
    [InlineData("sgd", 0.913)]
    [InlineData("adagrad", 0.913)]
    [InlineData("sgda", 0.925)]
    [InlineData("als", 0.919)]
    public async Task Learners_of_fm_find_users_and_items_on_a_given_split_of_MovieLens_100K(string learner, double worstRmse) =>
        (await TestRmseAsync("--learner", learner)).ShouldBeLessThan(worstRmse);

    [SkippableFact]
    public async Task Sampled_machines_predict_a_given_split_of_MovieLens_100K() => (await TestRmseAsync()).ShouldBeLessThan(0.8955);

    [SkippableFact]
    public async Task Sampled_machines_with_side_features_predict_a_given_split_of_MovieLens_100K() => (await TestRmseAsync(Sides())).ShouldBeLessThan(0.889);

    [SkippableFact]
    public async Task Side_features_help_from_early_on()
    {
        double plain = await TestRmseAsync("--epochs", "80");
        double described = await TestRmseAsync([.. Sides(), "--epochs", "80"]);

        described.ShouldBeLessThan(plain - 0.003);
    }

    [SkippableFact]
    public async Task Sampled_machines_with_side_features_learn_MovieLens_1M_in_eighty_epochs()
    {
        JsonElement json = await CommandLine.JsonAsync("train", "--data", Find("ml-1m"), "--model", "fm", "--features", SideBlocks, "--epochs", "80", "--quiet", "--out", _folder["model"]);

        json.GetProperty("testRmse").GetDouble().ShouldBeLessThan(0.833);
    }

    [SkippableTheory]
    [InlineData("sgd", "--epochs", "20")]
    [InlineData("mcmc", "--rank", "8", "--epochs", "60")]
    public async Task Machines_tell_the_two_classes_of_a9a_and_a_saved_one_does_too(string learner, params string[] more)
    {
        string data = Find("a9a");
        string test = Path.Combine(data, "a9a.t");

        JsonElement trained = await CommandLine.JsonAsync(
            ["train", "--train", Path.Combine(data, "a9a"), "--test", test, "--model", "fm", "--task", "classification", "--learner", learner, "--quiet", "--out", _folder["model"], .. more]);
        JsonElement again = await CommandLine.JsonAsync("evaluate", "--model", _folder["model"], "--rows", test);

        JsonElement figures = trained.GetProperty("testClassification");
        figures.GetProperty("count").GetInt32().ShouldBe(16_281);
        figures.GetProperty("accuracy").GetDouble().ShouldBeGreaterThan(0.845);
        figures.GetProperty("logLoss").GetDouble().ShouldBeLessThan(0.33);
        again.GetProperty("classification").GetRawText().ShouldBe(figures.GetRawText());
        again.GetProperty("unknownFeatures").GetInt32().ShouldBe(0);
    }

    [SkippableFact]
    public async Task A_ranking_machine_finds_what_test_users_rated()
    {
        JsonElement json = await CommandLine.JsonAsync("train", "--data", Find("ml-100k"), "--model", "fm", "--task", "ranking", "--quiet", "--out", _folder["model"]);

        json.GetProperty("testRanking").GetProperty("figures").GetProperty("cappedRecall@10").GetProperty("value").GetDouble().ShouldBeGreaterThan(0.3);
    }

    private static string[] Sides()
    {
        string about = Find("ml-100k");
        return ["--user-features", Path.Combine(about, "u.user"), "--item-features", Path.Combine(about, "u.item"), "--features", SideBlocks];
    }

    private async Task<double> TestRmseAsync(params string[] more)
    {
        string data = Find("ml-100k-r80");
        JsonElement json = await CommandLine.JsonAsync(
            ["train", "--train", Path.Combine(data, "train.tsv"), "--test", Path.Combine(data, "test.tsv"), "--model", "fm", "--quiet", "--out", _folder["model"], .. more]);
        return json.GetProperty("testRmse").GetDouble();
    }
}
