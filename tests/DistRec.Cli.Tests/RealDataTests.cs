using System.Text.Json;

namespace DistRec.Cli.Tests;

/// <summary>Published data sets train as they are. They are not part of the project: a test is skipped where its set is missing.</summary>
public sealed partial class RealDataTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData("ml-100k", 100_000, 943, 1_682, 1.0)]
    [InlineData("ml-latest-small", 100_836, 610, 9_724, 0.95)]
    [InlineData("movietweetings-100k", 100_000, 16_554, 10_506, 1.7)]
    public async Task A_published_data_set_trains_as_it_is(string name, int ratings, int users, int items, double worstRmse)
    {
        string data = Find(name);

        JsonElement json = await CommandLine.JsonAsync("train", "--data", data, "--model", "als", "--rank", "8", "--epochs", "3", "--quiet", "--out", _folder["model"]);

        json.GetProperty("ratings").GetInt32().ShouldBe(ratings);
        json.GetProperty("users").GetInt32().ShouldBe(users);
        json.GetProperty("items").GetInt32().ShouldBe(items);
        json.GetProperty("testRmse").GetDouble().ShouldBeInRange(0.7, worstRmse);
    }

    [SkippableFact]
    public async Task The_published_folds_of_a_data_set_train_as_two_files()
    {
        string data = Find("ml-100k");

        JsonElement json = await CommandLine.JsonAsync(
            "train", "--train", Path.Combine(data, "u1.base"), "--test", Path.Combine(data, "u1.test"), "--model", "mf", "--epochs", "5", "--quiet", "--out", _folder["model"]);

        json.GetProperty("testRatings").GetInt32().ShouldBe(20_000);
        json.GetProperty("testRmse").GetDouble().ShouldBeInRange(0.85, 1.0);
    }

    // The bounds are those of the best of other programs on the same split; DistRec's settings were chosen inside the training file.
    [SkippableTheory]
    [InlineData("baseline", 0.948)]
    [InlineData("als", 0.918)]
    [InlineData("mf", 0.914)]
    [InlineData("svd++", 0.908)]
    [InlineData("asvd", 0.914)]
    [InlineData("nsvd", 0.935)]
    [InlineData("nmf", 0.944)]
    [InlineData("bpmf", 0.901)]
    public async Task Default_settings_are_good_settings_on_a_given_split_of_MovieLens_100K(string model, double worstRmse)
    {
        string data = Find("ml-100k-r80");

        JsonElement json = await CommandLine.JsonAsync(
            "train", "--train", Path.Combine(data, "train.tsv"), "--test", Path.Combine(data, "test.tsv"), "--model", model, "--quiet", "--out", _folder["model"]);

        json.GetProperty("testRmse").GetDouble().ShouldBeLessThan(worstRmse);
    }

    [SkippableTheory]
    [InlineData("als", 0.855)]
    [InlineData("mf", 0.850)]
    [InlineData("svd++", 0.846)]
    [InlineData("bpmf", 0.838)]
    public async Task Default_settings_are_good_settings_on_MovieLens_1M(string model, double worstRmse)
    {
        JsonElement json = await CommandLine.JsonAsync("train", "--data", Find("ml-1m"), "--model", model, "--quiet", "--out", _folder["model"]);

        json.GetProperty("testRmse").GetDouble().ShouldBeLessThan(worstRmse);
    }

    // Koren's table on Netflix ratings has this order: what describes users better predicts better. All have the default rank.
    [SkippableFact]
    public async Task The_better_a_model_describes_users_the_better_it_predicts_on_MovieLens_1M()
    {
        Dictionary<string, double> rmse = [];
        foreach (string model in new[] { "baseline", "nsvd", "mf", "asvd", "svd++" })
        {
            JsonElement json = await CommandLine.JsonAsync("train", "--data", Find("ml-1m"), "--model", model, "--quiet", "--out", _folder[model]);
            rmse[model] = json.GetProperty("testRmse").GetDouble();
        }

        rmse["nsvd"].ShouldBeLessThan(rmse["baseline"]);
        rmse["mf"].ShouldBeLessThan(rmse["baseline"]);
        rmse["asvd"].ShouldBeLessThan(Math.Min(rmse["nsvd"], rmse["mf"]));
        rmse["svd++"].ShouldBeLessThan(rmse["asvd"]);
    }

    private static string Find(string name)
    {
        List<string> roots = [];
        if (Environment.GetEnvironmentVariable("DISTREC_DATA") is { Length: > 0 } given)
        {
            roots.Add(given);
        }

        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            roots.Add(Path.Combine(folder.FullName, "shared", "data"));
        }

        string? found = roots.Select(root => Path.Combine(root, name)).FirstOrDefault(Directory.Exists);
        Skip.If(found is null, $"the data set {name} is not here; set DISTREC_DATA to the folder that holds it");
        return found!;
    }
}
