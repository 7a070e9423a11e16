using System.Text.Json;
using DistRec.Models.Persistence;
using DistRec.Oracles;

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

    // The bounds are at most those of the best of other programs on the same split; DistRec's settings were chosen inside the training file.
    [SkippableTheory]
    [InlineData("baseline", 0.948)]
    [InlineData("als", 0.912)]
    [InlineData("mf", 0.909)]
    [InlineData("svd++", 0.898)]
    [InlineData("asvd", 0.903)]
    [InlineData("nsvd", 0.935)]
    [InlineData("nmf", 0.926)]
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

    // Six ratings a user, from 0 to 10: settings of MovieLens, taken as they were, made most models worse than two biases. Those come to 1.517 with
    // all ratings fitted.
    [SkippableTheory]
    [InlineData("als", 1.518)]
    [InlineData("mf", 1.518)]
    [InlineData("svd++", 1.518)]
    [InlineData("asvd", 1.518)]
    [InlineData("nmf", 1.527)]
    public async Task Default_settings_are_no_worse_than_biases_where_users_have_few_ratings(string model, double worstRmse)
    {
        JsonElement json = await CommandLine.JsonAsync("train", "--data", Find("movietweetings-100k"), "--model", model, "--quiet", "--out", _folder["model"]);

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

    // Of the 1,500 most rated items, by the neighbours that the angle between factors gives. A random map has about 0.5; 0.914 and 0.956
    // were measured.
    [SkippableTheory]
    [InlineData("als", 0.9)]
    [InlineData("als-implicit", 0.94)]
    public async Task A_map_keeps_the_neighbours_of_items_of_MovieLens_100K(string model, double leastTrustworthiness)
    {
        await CommandLine.JsonAsync("train", "--data", Find("ml-100k"), "--model", model, "--quiet", "--out", _folder["model"]);

        JsonElement json = await CommandLine.JsonAsync("map", "--model", _folder["model"], "--items", "1500", "--quiet");

        SavedModel saved = ModelFolder.Load(_folder["model"]);
        JsonElement[] items = [.. json.GetProperty("items").EnumerateArray()];
        double[][] directions = [.. items.Select(item => DirectionOf(saved, item.GetProperty("item").GetString()!))];
        double[][] map = [.. items.Select(item => new[] { item.GetProperty("x").GetDouble(), item.GetProperty("y").GetDouble() })];
        items.Length.ShouldBeInRange(1400, 1500);
        NaiveTsne.Trustworthiness(directions, map, 10).ShouldBeGreaterThan(leastTrustworthiness);
    }

    private static double[] DirectionOf(SavedModel saved, string id)
    {
        saved.Items.TryGetIndex(id, out int item).ShouldBeTrue();
        double[] factors = [.. saved.Model.ItemFactors!.Row(item).ToArray().Select(value => (double)value)];
        double length = Math.Sqrt(factors.Sum(value => value * value));
        return [.. factors.Select(value => value / length)];
    }

    internal static string Find(string name)
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
