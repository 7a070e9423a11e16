using System.Globalization;
using System.Text.Json;
using DistRec.Numerics.Random;

namespace DistRec.Cli.Tests;

/// <summary><c>train</c> where nobody says which model.</summary>
public sealed class ModelTrialsTests : IDisposable
{
    private static readonly string[] Generated = ["--ratings", "4000", "--users", "120", "--items", "60", "--quiet"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_model_with_the_least_validation_error_is_trained_as_if_it_had_been_named()
    {
        JsonElement chosen = await CommandLine.JsonAsync(["train", .. Generated, "--out", _folder["chosen"]]);

        JsonElement[] trials = [.. chosen.GetProperty("trials").EnumerateArray()];
        trials.Select(trial => trial.GetProperty("model").GetString()).ShouldBe(["bpmf", "svd++", "als", "baseline"]);
        string best = trials.MinBy(trial => trial.GetProperty("validationRmse").GetDouble()).GetProperty("model").GetString()!;
        chosen.GetProperty("model").GetString().ShouldBe(best);
        chosen.GetProperty("notes")[0].GetString()!.ShouldStartWith($"--model is {best}: by validation RMSE, bpmf ");
        JsonElement named = await CommandLine.JsonAsync(["train", .. Generated, "--model", best, "--out", _folder["named"]]);
        chosen.GetProperty("modelSha256").GetString().ShouldBe(named.GetProperty("modelSha256").GetString());
        named.GetProperty("trials").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task What_to_do_next_is_said_of_the_folder_that_the_model_went_to()
    {
        // Folders are named after models: what was said of was that of the first one to be tried.
        string data = _folder.Write("chosen-next.csv", BiasesAndNoise());
        string[] known = [.. Folders()];
        try
        {
            CommandResult result = await CommandLine.RunAsync("train", "--data", data, "--quiet");

            result.ExitCode.ShouldBe(0, result.Error);
            string saved = Folders().Except(known).Where(folder => !folder.EndsWith(".work", StringComparison.Ordinal)).ShouldHaveSingleItem();
            saved.ShouldNotContain("svd++", customMessage: "it is the one that the data is parted for: another has to win");
            result.Output.ShouldContain($"distrec inspect --model {saved}");
        }
        finally
        {
            Folders().Except(known).ToList().ForEach(folder => Directory.Delete(folder, recursive: true));
        }

        static IEnumerable<string> Folders() =>
            Directory.Exists("runs") ? Directory.EnumerateDirectories("runs", "*chosen-next*") : [];
    }

    [Theory]
    [InlineData("svd++", "--learning-rate", "0.02")]
    [InlineData("als", "--regularization-exponent", "0.5")]
    [InlineData("fm", "--features", "user,item")]
    public async Task Options_of_some_models_leave_those(string model, params string[] option)
    {
        JsonElement result = await CommandLine.JsonAsync(["train", .. Generated, "--epochs", "3", .. option, "--out", _folder["model"]]);

        result.GetProperty("model").GetString().ShouldBe(model);
    }

    [Fact]
    public async Task Without_validation_ratings_there_is_nothing_to_choose_by_and_it_says_so()
    {
        JsonElement result = await CommandLine.JsonAsync(["train", .. Generated, "--epochs", "3", "--validation-ratio", "0", "--out", _folder["model"]]);

        result.GetProperty("model").GetString().ShouldBe("bpmf");
        result.GetProperty("notes")[0].GetString().ShouldBe("--model is bpmf: there are no validation ratings to choose by");
    }

    [Fact]
    public async Task Pairs_without_ratings_are_preferences()
    {
        string pairs = _folder.Write(
            "pairs.csv", [.. Enumerable.Range(0, 400).Select(index => $"u{index % 40},i{(index * index + index / 40) % 23}").Distinct().Prepend("user,item")]);

        JsonElement result = await CommandLine.JsonAsync("train", "--data", pairs, "--epochs", "3", "--quiet", "--out", _folder["model"]);

        result.GetProperty("model").GetString().ShouldBe("als-implicit");
        result.GetProperty("notes").EnumerateArray().Select(note => note.GetString()).ShouldContain("--model is als-implicit: the data has no ratings");
    }

    [Fact]
    public async Task A_mistake_is_told_once_and_not_once_for_each_model()
    {
        CommandResult result = await CommandLine.RunAsync("train", "--data", _folder["missing.csv"], "--out", _folder["model"]);

        result.ExitCode.ShouldBe(2);
        result.Error.Split("missing.csv").Length.ShouldBe(2);
    }

    [Theory]
    [InlineData("0.05", true)]
    [InlineData("20", false)]
    public async Task A_model_that_is_no_better_than_biases_says_so(string regularization, bool isWorse)
    {
        string path = _folder.Write("biases.csv", BiasesAndNoise());

        JsonElement result = await CommandLine.JsonAsync(
            "train", "--data", path, "--model", "als", "--rank", "16", "--regularization", regularization, "--bias-regularization", "0.2", "--quiet",
            "--out", _folder["model"]);

        string[] notes = [.. result.GetProperty("notes").EnumerateArray().Select(note => note.GetString()!)];
        notes.Any(note => note.StartsWith("als is no better than biases alone on the validation ratings", StringComparison.Ordinal)).ShouldBe(isWorse);
    }

    // Factors can only learn the noise.
    private static string[] BiasesAndNoise()
    {
        EntityRandom random = new(3, RandomPurpose.SyntheticRating, 0);
        return
        [
            "user,item,rating",
            .. Enumerable.Range(0, 3000).Select(index =>
            {
                int user = index % 150, item = index * 7 % 97;
                double rating = 3 + (user % 5 * 0.3) + (item % 3 * 0.4) + random.NextGaussian();
                return string.Create(CultureInfo.InvariantCulture, $"u{user},i{item},{rating:0.00}");
            }),
        ];
    }
}
