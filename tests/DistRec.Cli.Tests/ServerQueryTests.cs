using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using DistRec.Cli.Cluster;
using DistRec.Cli.Queries;

namespace DistRec.Cli.Tests;

/// <summary>Questions to a server are answered as by the folder of the model that it serves.</summary>
public sealed class ServerQueryTests(TrainedModel model, LocalServer server) : IClassFixture<TrainedModel>, IClassFixture<LocalServer>, IAsyncLifetime
{
    private string _address = "";

    public async Task InitializeAsync()
    {
        _address = server.Client.BaseAddress!.ToString();
        await server.RegisterAsync("films", model.Path);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("predict --user 4 --item 003")]
    [InlineData("predict --user nobody --item 003")]
    [InlineData("predict --rated 000=5,003=1,nothing=2 --item 004")]
    [InlineData("recommend --user 4 --n 5")]
    [InlineData("recommend --user 4 --n 100 --diversity 0.5")]
    [InlineData("recommend --user nobody --n 3")]
    [InlineData("recommend --user 4 --n 20 --filter genre=Drama|crime,genre!=Comedy")]
    [InlineData("recommend --user 4 --rated 001=9.5 --include-seen --n 7")]
    [InlineData("similar --item 003 --n 4")]
    [InlineData("similar --user 4 --n 4")]
    [InlineData("similar --rated 000=5,002=4 --n 4")]
    [InlineData("explain --user 4 --item 003 --n 2")]
    [InlineData("explain --rated 000=5,002=4 --item 003")]
    public async Task A_server_answers_as_the_folder_does(string typed)
    {
        string[] words = typed.Split(' ');
        CommandResult folder = await CommandLine.RunAsync([.. words, "--model", model.Path]);
        CommandResult asked = await CommandLine.RunAsync([.. words, "--server", _address, "--model", "films"]);

        folder.ExitCode.ShouldBe(0, folder.Error);
        asked.ShouldBe(folder);
        JsonObject expected = await JsonAsync([.. words, "--model", model.Path]);
        JsonObject found = await JsonAsync([.. words, "--server", _address, "--model", "films"]);
        found["served"]!["model"]!.GetValue<string>().ShouldBe("films");
        found.Remove("served");
        expected.Remove("served");
        JsonNode.DeepEquals(found, expected).ShouldBeTrue($"{found}\n{expected}");
    }

    [Fact]
    public async Task The_answers_are_those_of_a_calculation_by_hand_from_the_tables_of_the_folder()
    {
        JsonElement header = HeaderOf(out byte[] bytes, out int start);
        string[] users = File.ReadAllLines(Path.Combine(model.Path, "users.ids"));
        string[] items = File.ReadAllLines(Path.Combine(model.Path, "items.ids"));
        int rank = header.GetProperty("userFactors").GetProperty("shape")[1].GetInt32();
        double By(int user, int item) => Number("globalMean", 0) + (Number("ratingUnit", 0) * (Number("userBiases", user) + Number("itemBiases", item)
            + Enumerable.Range(0, rank).Sum(factor => Number("userFactors", user * rank + factor) * Number("itemFactors", item * rank + factor))));

        int asked = Array.IndexOf(users, "4");
        JsonElement list = await CommandLine.JsonAsync("recommend", "--server", _address, "--model", "films", "--user", "4", "--n", "15");

        // User 4 has rated the fifteen even items.
        string[] best = [.. Enumerable.Range(0, items.Length).Where(item => int.Parse(items[item]) % 2 == 1).OrderByDescending(item => By(asked, item)).Select(item => items[item])];
        list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("item").GetString()).ShouldBe(best);
        foreach (JsonElement item in list.GetProperty("items").EnumerateArray())
        {
            double byHand = By(asked, Array.IndexOf(items, item.GetProperty("item").GetString()));
            item.GetProperty("score").GetDouble().ShouldBe(byHand, 1e-5);
            item.GetProperty("prediction").GetDouble().ShouldBe(Math.Clamp(byHand, 0.5, 4.5), 1e-5);
        }

        double Number(string table, int index)
        {
            int from = start + header.GetProperty(table).GetProperty("data_offsets")[0].GetInt32();
            return BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(from + sizeof(float) * index));
        }
    }

    private JsonElement HeaderOf(out byte[] bytes, out int start)
    {
        bytes = File.ReadAllBytes(Path.Combine(model.Path, "factors.safetensors"));
        int length = (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        start = sizeof(long) + length;
        return JsonDocument.Parse(bytes.AsMemory(sizeof(long), length)).RootElement;
    }

    [Fact]
    public async Task Lists_of_items_travel_to_the_server()
    {
        string allow = model.Write("allow.txt", "001", "002", "003", "nobody-knows");
        string[] words = ["recommend", "--user", "4", "--allow", allow, "--deny", model.Write("deny.txt", "003")];

        (await CommandLine.RunAsync([.. words, "--server", _address])).ShouldBe(await CommandLine.RunAsync([.. words, "--model", model.Path]));
    }

    [Fact]
    public async Task Pages_travel_between_a_folder_and_a_server_of_the_same_model()
    {
        string[] words = ["recommend", "--user", "4", "--n", "5"];
        string next = (await JsonAsync([.. words, "--model", model.Path]))["next"]!.GetValue<string>();

        CommandResult page = await CommandLine.RunAsync([.. words, "--after", next, "--server", _address]);

        page.ExitCode.ShouldBe(0, page.Error);
        page.ShouldBe(await CommandLine.RunAsync([.. words, "--after", next, "--model", model.Path]));
    }

    [Fact]
    public async Task The_environment_names_a_server_and_a_folder_that_is_typed_comes_before_it()
    {
        Func<CliHost, CliHost> inEnvironment = host => host with { Variable = name => name == ServerClientOptions.AddressVariable ? _address : null };

        CommandResult asked = await CommandLine.RunAsync(inEnvironment, "predict", "--user", "4", "--item", "003", "--json");
        CommandResult folder = await CommandLine.RunAsync(inEnvironment, "predict", "--user", "4", "--item", "003", "--json", "--model", model.Path);

        asked.Json.GetProperty("served").GetProperty("model").GetString().ShouldBe("films");
        folder.Json.GetProperty("served").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task What_the_server_refuses_is_a_mistake_with_its_place()
    {
        (await CommandLine.RunAsync("recommend", "--server", _address, "--user", "4", "--model", "shows")).Mistake
            .ShouldBe($"{_address} answered 404: model: expected a model with an active version, found \"shows\"; GET /v1/models lists them");
        (await CommandLine.RunAsync("recommend", "--server", _address, "--user", "4", "--n", "1001")).Mistake.ShouldContain("answered 400: The field n must be between 1 and 1000.", Case.Insensitive);
        (await CommandLine.RunAsync("predict", "--server", _address, "--rated", "003", "--item", "004")).Mistake
            .ShouldBe($"{_address} answered 400: ratings[0]: expected a rating, found none of item \"003\"; give one; only models of interactions can do without");
    }

    [Theory]
    [InlineData("--server ftp://there", "--server: expected an address that begins with http:// or https://, found \"ftp://there\"; give the address of a server, such as http://127.0.0.1:7500")]
    [InlineData("--model nowhere", "--model: expected the folder of a model, found nothing at \"nowhere\"; give the folder that distrec train saved to")]
    [InlineData("--api-key-file key", "--api-key-file: expected nothing without --server, found \"key\"; leave it out")]
    [InlineData("--server http://127.0.0.1:1 --api-key-file nowhere", "--api-key-file: expected a file with an API key, found none that can be read at \"nowhere\"; check the path and its permissions")]
    public async Task A_wrong_server_or_key_is_a_mistake(string typed, string expected) =>
        (await CommandLine.RunAsync(["predict", "--user", "4", "--item", "003", .. typed.Split(' ')])).Mistakes[0].ShouldBe(expected);

    [Fact]
    public async Task A_server_that_does_not_answer_is_named()
    {
        CommandResult result = await CommandLine.RunAsync("predict", "--user", "4", "--item", "003", "--server", "http://127.0.0.1:1");

        result.Mistake.ShouldStartWith("http://127.0.0.1:1/: expected a DistRec server that answers, found: ");
        result.Mistake.ShouldEndWith("; start one with distrec serve, or check the address");
    }

    private static async Task<JsonObject> JsonAsync(string[] words) => JsonNode.Parse((await CommandLine.JsonAsync(words)).GetRawText())!.AsObject();
}
