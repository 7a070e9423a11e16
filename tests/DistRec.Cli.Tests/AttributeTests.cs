using System.Text.Json.Nodes;

namespace DistRec.Cli.Tests;

/// <summary>A small factorization machine of ids and attributes, trained once.</summary>
public sealed class DescribedModel : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public string Path => _folder["model"];

    public async Task InitializeAsync()
    {
        Directory.CreateDirectory(_folder["data"]);
        IEnumerable<string> ratings = Enumerable.Range(0, 300)
            .Select(index => $"{index / 15},{(index % 15 * 2) + (index / 15 % 2)},{(index * 7 % 9 / 2.0) + 0.5}");
        _folder.Write("data/ratings.csv", ["userId,movieId,rating", .. ratings]);
        IEnumerable<string> users = Enumerable.Range(0, 20).Select(user => $"{user},{(user % 3 == 0 ? "F" : "M")},{15 + (user * 2)}");
        _folder.Write("users.csv", ["id,gender,age", .. users]);
        IEnumerable<string> items = Enumerable.Range(0, 30)
            .Select(item => $"{item},Film {item},{(item % 3 == 0 ? "Drama" : "Comedy|Crime")}");
        _folder.Write("data/movies.csv", ["movieId,title,genres", .. items]);
        await CommandLine.JsonAsync(
            "train", "--data", _folder["data"], "--model", "fm", "--features", "user,item,gender,age,genre",
            "--user-features", _folder["users.csv"], "--learner", "sgd", "--rank", "4", "--epochs", "3", "--quiet", "--out", Path);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _folder.Dispose();
}

/// <summary>Users whom features alone tell of, by a folder and by a server.</summary>
public sealed class AttributeTests(DescribedModel model, LocalServer server)
    : IClassFixture<DescribedModel>, IClassFixture<LocalServer>, IAsyncLifetime
{
    private const string Form = "write for instance gender=F,age=25, and bars between several texts";

    public Task InitializeAsync() => server.RegisterAsync("described", model.Path);

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("predict --attributes gender=F,age=25 --item 3")]
    [InlineData("predict --user newcomer --attributes gender=F|M,hobby=chess --item 3")]
    [InlineData("predict --attributes gender=X --item 3")]
    [InlineData("recommend --attributes gender=F,age=25 --n 5")]
    [InlineData("recommend --attributes gender=X --n 5")]
    [InlineData("explain --attributes gender=F,age=25 --item 3")]
    [InlineData("similar --attributes gender=F,age=25 --n 4")]
    public async Task A_server_answers_as_the_folder_does(string typed)
    {
        string[] inFolder = [.. typed.Split(' '), "--model", model.Path];
        string[] byServer = [.. typed.Split(' '), "--server", server.Client.BaseAddress!.ToString(), "--model", "described"];

        CommandResult folder = await CommandLine.RunAsync(inFolder);
        CommandResult asked = await CommandLine.RunAsync(byServer);

        folder.ExitCode.ShouldBe(0, folder.Error);
        asked.ShouldBe(folder);
        JsonObject expected = await JsonAsync(inFolder), found = await JsonAsync(byServer);
        found.Remove("served");
        expected.Remove("served");
        JsonNode.DeepEquals(found, expected).ShouldBeTrue($"{found}\n{expected}");
    }

    [Fact]
    public async Task Attributes_make_a_difference_and_what_training_never_met_is_told()
    {
        CommandResult predicted = await CommandLine.RunAsync(
            "predict", "--attributes", "gender=F,hobby=chess", "--item", "3", "--model", model.Path);

        predicted.Output.ShouldContain("the user came after training and is told by its features");
        predicted.Error.ShouldContain("note: the model was not trained on \"hobby=chess\"");
        (await PredictionAsync("gender=F")).ShouldNotBe(await PredictionAsync("gender=M"));
    }

    [Theory]
    [InlineData("--attributes gender", $"--attributes: expected NAME=TEXT, each name once, found \"gender\"; {Form}")]
    [InlineData("--attributes gender=F,gender=M", $"--attributes: expected NAME=TEXT, each name once, found \"gender=M\"; {Form}")]
    [InlineData(
        "--attributes gender=F --rated 3=5",
        "--attributes: expected ratings or attributes, found both; keep the ratings, which tell more, or the others")]
    [InlineData(
        "--user 4 --attributes gender=F",
        "attributes: expected none for a user whom the model was trained on, found those of \"4\"; "
        + "leave them out: training knew the user")]
    public async Task What_cannot_be_meant_is_a_mistake(string typed, string expected) =>
        (await CommandLine.RunAsync(["predict", "--item", "3", "--model", model.Path, .. typed.Split(' ')])).Mistakes[0]
            .ShouldBe(expected);

    private async Task<double> PredictionAsync(string attributes) =>
        (await CommandLine.JsonAsync("predict", "--attributes", attributes, "--item", "3", "--model", model.Path))
            .GetProperty("prediction").GetDouble();

    private static async Task<JsonObject> JsonAsync(string[] words) =>
        JsonNode.Parse((await CommandLine.JsonAsync(words)).GetRawText())!.AsObject();
}
