using System.Globalization;
using System.Text.Json;
using DistRec.Cli.Tests;
using DistRec.Models.Settings;

namespace DistRec.NewModel.Tests;

/// <summary>
/// A model more is its options, its formulas and a line of the catalogue: everything that people type, and everything that nodes and files carry, follows from
/// these. What a model of the product has besides, its tests and a section of the docs, makes five files.
/// </summary>
public sealed class NewModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    static NewModelTests() => ModelCatalogue.Add(new ModelDefinition("a number for each user and item", new OneFactorOptions()));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Help_lists_the_model_and_its_setting_with_its_default()
    {
        CommandResult help = await CommandLine.RunAsync("train", "--model", "one-factor", "--help");

        string text = string.Join(' ', help.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        text.ShouldContain("poly-svm, baseline, one-factor [the best of bpmf,");
        text.ShouldContain("--damping <X> How many ratings at the mean a row is damped with [2]");
        text.ShouldContain("Epochs at most [12]");
    }

    [Fact]
    public async Task A_setting_out_of_range_and_one_of_another_model_are_refused()
    {
        (await TryAsync("--damping", "101")).ShouldBe("--damping: expected above 0, at most 100, found 101; 2 is a good start");
        (await TryAsync("--damping", "NaN")).ShouldStartWith("--damping: expected above 0, at most 100, found NaN");
        (await TryAsync("--damping", "much")).ShouldStartWith("--damping: expected a number, found \"much\"");
        (await TryAsync("--rank", "4")).ShouldStartWith("--rank: expected an option of one-factor, found one of bpmf, mf, als,");
        (await TryAsync("--consistency", "asp")).ShouldStartWith("--consistency: expected an option of one-factor, found one of mf, svd++,");
        CommandResult other = await CommandLine.RunAsync("train", "--model", "als", "--damping", "2", "--out", _folder["none"]);
        other.Mistake.ShouldStartWith("--damping: expected an option of als, found one of knn and one-factor; leave it out, or train --model knn");
    }

    [Fact]
    public async Task Planted_factors_are_found_with_the_same_bits_in_any_number_of_partitions_and_from_a_job_file()
    {
        string data = WriteRatings();
        JsonElement one = await TrainAsync("--data", data, "--partitions", "1", "--out", _folder["one"]);
        JsonElement three = await TrainAsync("--data", data, "--partitions", "3", "--out", _folder["three"]);
        File.WriteAllText(_folder["job.yaml"], $"model: one-factor\ndamping: 0.01\npatience: 0\ndata: {data}\npartitions: 2\nout: {_folder["job"]}\n");
        JsonElement job = await CommandLine.JsonAsync("train", "--quiet", "--job", _folder["job.yaml"]);

        one.GetProperty("testRmse").GetDouble().ShouldBeLessThan(0.05);
        three.GetProperty("modelSha256").GetString().ShouldBe(one.GetProperty("modelSha256").GetString());
        job.GetProperty("modelSha256").GetString().ShouldBe(one.GetProperty("modelSha256").GetString());
        using var description = JsonDocument.Parse(File.ReadAllText(Path.Combine(_folder["one"], "model.json")));
        description.RootElement.GetProperty("options").GetProperty("damping").GetSingle().ShouldBe(0.01f);

        // A user of the model answers as before from its training ratings alone, which are folded in with the damping that the model was trained with.
        JsonElement known = await CommandLine.JsonAsync("predict", "--model", _folder["one"], "--user", "u3", "--item", "i5");
        JsonElement folded = await CommandLine.JsonAsync(
            "predict", "--model", _folder["one"], "--ratings", _folder.Write("u3.csv", [.. RatingsOf(3)]), "--item", "i5");
        folded.GetProperty("prediction").GetDouble().ShouldBe(known.GetProperty("prediction").GetDouble(), 0.05);
        known.GetProperty("prediction").GetDouble().ShouldBe(3 + (Planted(3) * Planted(5 + 7)), 0.1);
    }

    private static double Planted(int index) => Math.Sin(1 + (index * 0.7));

    private static IEnumerable<string> RatingsOf(int user) =>
        Enumerable.Range(0, 50).Where(item => (item + user) % 3 > 0)
            .Select(item => string.Create(CultureInfo.InvariantCulture, $"i{item},{Rating(user, item)}"));

    private static double Rating(int user, int item) => Math.Round(3 + (Planted(user) * Planted(item + 7)), 4);

    private string WriteRatings()
    {
        string path = _folder["ratings.csv"];
        File.WriteAllLines(
            path,
            ["user,item,rating", .. Enumerable.Range(0, 60 * 50).Where(cell => ((cell % 50) + (cell / 50)) % 3 > 0)
                .Select(cell => string.Create(CultureInfo.InvariantCulture, $"u{cell / 50},i{cell % 50},{Rating(cell / 50, cell % 50)}"))]);
        return path;
    }

    private Task<JsonElement> TrainAsync(params string[] options) =>
        CommandLine.JsonAsync(["train", "--model", "one-factor", "--damping", "0.01", "--patience", "0", "--quiet", .. options]);

    private async Task<string> TryAsync(params string[] options) =>
        (await CommandLine.RunAsync(["train", "--model", "one-factor", "--out", _folder["none"], .. options])).Mistake;
}
