using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DistRec.Serving.Hosting;

namespace DistRec.Serving.Tests.Experiments;

/// <summary>A server with versions 1 and 2 of the model "films", of which the first is active; it can be stopped, and started again on what it kept.</summary>
public sealed class ExperimentServer : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("distrec-experiments-").FullName;
    private RecommendationServer? _server;

    public HttpClient Client { get; private set; } = null!;

    internal RecommendationServer Server => _server!;

    internal string Folder => _folder;

    public async Task InitializeAsync()
    {
        await StartAsync();
        foreach (ulong seed in new ulong[] { 1, 2 })
        {
            string folder = Path.Combine(_folder, $"trained-{seed}");
            ModelFolder.Save(folder, SmallModels.Saved(seed));
            await PostAsync("/v1/models", new { name = "films", folder, activate = seed == 1 }, HttpStatusCode.Created);
        }
    }

    public async Task DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
    }

    public Task<JsonElement> GetAsync(string path) => Api.TestServer.ReadAsync(Client.GetAsync(new Uri(path, UriKind.Relative)), HttpStatusCode.OK);

    public Task<JsonElement> PostAsync(string path, object body, HttpStatusCode expected = HttpStatusCode.OK) =>
        Api.TestServer.ReadAsync(Client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body), expected);

    /// <summary>Begins an experiment over both versions, "old" and "new".</summary>
    public Task<JsonElement> BeginAsync(string name, string policy, double oldWeight = 1, double newWeight = 1, object? more = null)
    {
        Dictionary<string, object?> body = new()
        {
            ["name"] = name,
            ["policy"] = policy,
            ["arms"] = new[] { new { name = "old", version = 1, weight = oldWeight }, new { name = "new", version = 2, weight = newWeight } },
        };
        foreach (JsonProperty option in JsonSerializer.SerializeToElement(more ?? new { }).EnumerateObject())
        {
            body[option.Name] = option.Value;
        }

        return PostAsync("/v1/experiments", body, HttpStatusCode.Created);
    }

    /// <summary>What answered each of some users.</summary>
    public async Task<Served[]> ServeAsync(IEnumerable<string> users)
    {
        List<Served> all = [];
        foreach (string[] part in users.Chunk(10_000))
        {
            JsonElement answers = await PostAsync("/v1/recommendations/batch", new { users = part, n = 1 });
            all.AddRange(answers.GetProperty("answers").EnumerateArray().Select(answer => Served.Of(answer)));
        }

        return [.. all];
    }

    /// <summary>Tells the server that answers were shown, and which of them were clicked, an hour ago.</summary>
    public async Task ShowAsync(IEnumerable<(Served Answer, bool IsClicked)> answers)
    {
        DateTimeOffset time = DateTimeOffset.UtcNow.AddHours(-1);
        foreach ((Served Answer, bool IsClicked)[] part in answers.Chunk(4_000))
        {
            object[] events =
            [
                .. part.Select(one => new { kind = "impression", user = one.Answer.User, item = "i1", answerId = one.Answer.AnswerId, time }),
                .. part.Where(one => one.IsClicked).Select(one => new { kind = "click", user = one.Answer.User, item = "i1", answerId = one.Answer.AnswerId, time }),
            ];
            await PostAsync("/v1/events", new { events });
        }
    }

    private async Task StartAsync()
    {
        _server = await Api.TestServer.StartAsync(_folder, ServerOptions.Alone(_folder, TimeProvider.System));
        Client = new HttpClient { BaseAddress = _server.Address };
    }

    private async Task StopAsync()
    {
        Client.Dispose();
        await _server!.DisposeAsync();
    }
}

/// <summary>What an answer says of itself.</summary>
public sealed record Served(string User, string AnswerId, string Model, int Version, string? Experiment, string Arm, double Propensity)
{
    public static Served Of(JsonElement answer)
    {
        JsonElement served = answer.GetProperty("served");
        return new Served(
            answer.GetProperty("user").GetString() ?? "",
            served.GetProperty("answerId").GetString()!,
            served.GetProperty("model").GetString()!,
            served.GetProperty("version").GetInt32(),
            served.GetProperty("experiment").GetString(),
            served.GetProperty("arm").GetString()!,
            served.GetProperty("propensity").GetDouble());
    }
}
