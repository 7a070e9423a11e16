using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using DistRec.Serving.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Serving.Tests.Keys;

/// <summary>From a server that asks for no keys to one that does, and never back.</summary>
public sealed class KeyApiTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private RecommendationServer? _server;
    private HttpClient _client = new();

    public Task InitializeAsync() => StartAsync(new IPEndPoint(IPAddress.Loopback, 0));

    public async Task DisposeAsync() => await _server!.DisposeAsync();

    public void Dispose()
    {
        _client.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task On_the_loopback_no_key_is_asked_for_until_one_is_made_and_then_with_every_request()
    {
        _server!.AsksForKeys.ShouldBeFalse();
        (await GetKeysAsync(null)).ShouldBeEmpty();

        JsonElement made = await MakeAsync(null, """{"name":"operator","scopes":["admin"]}""");
        string key = made.GetProperty("key").GetString()!;

        key.ShouldMatch("^drk_[A-Za-z0-9_-]{43}$");
        (_server.AsksForKeys, _server.HasAdminKey).ShouldBe((true, true));
        await SendAsync(null, HttpMethod.Get, "/v1/items", HttpStatusCode.Unauthorized);
        JsonElement listed = (await GetKeysAsync(key)).ShouldHaveSingleItem();
        listed.GetProperty("name").GetString().ShouldBe("operator");
        listed.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString()).ShouldBe(["admin"]);
        listed.GetRawText().ShouldNotContain(key[4..]);
    }

    [Fact]
    public async Task A_key_that_is_revoked_is_refused_at_once_and_the_last_one_leaves_the_server_closed()
    {
        string admin = (await MakeAsync(null, """{"name":"operator","scopes":["admin"]}""")).GetProperty("key").GetString()!;
        JsonElement second = await MakeAsync(admin, """{"name":"shop","scopes":["events","read"],"expires":"2999-01-01T00:00:00Z"}""");
        string shop = second.GetProperty("key").GetString()!;
        await SendAsync(shop, HttpMethod.Get, "/v1/users/x/ratings", HttpStatusCode.OK);

        await SendAsync(admin, HttpMethod.Delete, $"/v1/keys/{second.GetProperty("about").GetProperty("id")}", HttpStatusCode.NoContent);
        await SendAsync(shop, HttpMethod.Get, "/v1/users/x/ratings", HttpStatusCode.Unauthorized);
        await SendAsync(admin, HttpMethod.Delete, "/v1/keys/77", HttpStatusCode.NotFound);
        await SendAsync(admin, HttpMethod.Delete, "/v1/keys/1", HttpStatusCode.NoContent);

        (_server!.AsksForKeys, _server.HasAdminKey).ShouldBe((true, false));
        foreach (string? key in new[] { null, admin, shop })
        {
            await SendAsync(key, HttpMethod.Get, "/v1/keys", HttpStatusCode.Unauthorized);
        }

        await RestartAsync();
        await SendAsync(null, HttpMethod.Get, "/v1/keys", HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Off_the_loopback_keys_are_asked_for_from_the_start()
    {
        await _server!.DisposeAsync();
        await StartAsync(new IPEndPoint(IPAddress.Any, 0));

        (_server.AsksForKeys, _server.HasAdminKey).ShouldBe((true, false));
        _client.Dispose();
        _client = new HttpClient { BaseAddress = new UriBuilder(_server.Address) { Host = "127.0.0.1" }.Uri };
        await SendAsync(null, HttpMethod.Get, "/v1/items", HttpStatusCode.Unauthorized);
        await SendAsync(null, HttpMethod.Post, "/v1/keys", HttpStatusCode.Unauthorized, """{"name":"operator","scopes":["admin"]}""");
    }

    [Fact]
    public async Task Off_the_loopback_the_API_is_not_served_in_the_clear_by_accident()
    {
        ArgumentException refused = await Should.ThrowAsync<ArgumentException>(RecommendationServer.StartAsync(
            new ServerOptions { Listen = new IPEndPoint(IPAddress.Any, 0), DataFolder = _folder.Path, Cluster = ServerOptions.Alone(_folder.Path, TimeProvider.System) },
            NullLoggerFactory.Instance));

        refused.Message.ShouldStartWith("Listen: expected TLS off the loopback, found connections in the clear at 0.0.0.0:0");
    }

    [Fact]
    public async Task What_is_no_name_no_scope_or_no_time_is_refused_by_name()
    {
        (string Body, string Said)[] wrong =
        [
            ("{}", "name"),
            ("""{"name":"","scopes":["read"]}""", "Name"),
            ("""{"name":"a\nb","scopes":["read"]}""", "expected a name of 1 to 200 characters in one line"),
            ("""{"name":"a","scopes":[]}""", "Scopes"),
            ("""{"name":"a","scopes":["root"]}""", "scopes"),
            ("""{"name":"a","scopes":[null]}""", "scopes"),
            ("""{"name":"a","scopes":[7]}""", "expected one or more of read, events and admin"),
            ("""{"name":"a","scopes":["read"],"expires":"2020-01-01T00:00:00Z"}""", "expected a time to expire after"),
        ];
        foreach ((string body, string said) in wrong)
        {
            (await SendAsync(null, HttpMethod.Post, "/v1/keys", HttpStatusCode.BadRequest, body)).ShouldContain(said, customMessage: body);
        }

        (await GetKeysAsync(null)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_done_to_a_model_is_noted_by_the_name_of_the_key()
    {
        string admin = (await MakeAsync(null, """{"name":"operator","scopes":["admin"]}""")).GetProperty("key").GetString()!;
        ModelFolder.Save(Path.Combine(_folder.Path, "small"), SmallModels.Saved());

        await SendAsync(admin, HttpMethod.Post, "/v1/models", HttpStatusCode.Created, JsonSerializer.Serialize(new { name = "small", folder = Path.Combine(_folder.Path, "small"), activate = true }));

        JsonElement history = JsonDocument.Parse(await SendAsync(admin, HttpMethod.Get, "/v1/models/small/history", HttpStatusCode.OK)).RootElement;
        history.GetProperty("activations").EnumerateArray().Select(change => change.GetProperty("by").GetString()).Distinct().ShouldBe(["operator (key 1)"]);
    }

    private async Task StartAsync(IPEndPoint listen)
    {
        _server = await RecommendationServer.StartAsync(
            new ServerOptions
            {
                Listen = listen, DataFolder = _folder.Path, Cluster = ServerOptions.Alone(_folder.Path, TimeProvider.System), Partitions = 4, AllowPlaintext = true,
            },
            NullLoggerFactory.Instance);
        _server.Node.Models = SmallModels.Active(SmallModels.Serving());
        _client.Dispose();
        _client = new HttpClient { BaseAddress = _server.Address };
    }

    private async Task RestartAsync()
    {
        await _server!.DisposeAsync();
        await StartAsync(new IPEndPoint(IPAddress.Loopback, 0));
    }

    private async Task<JsonElement> MakeAsync(string? key, string body) =>
        JsonDocument.Parse(await SendAsync(key, HttpMethod.Post, "/v1/keys", HttpStatusCode.Created, body)).RootElement;

    private async Task<List<JsonElement>> GetKeysAsync(string? key) =>
        [.. JsonDocument.Parse(await SendAsync(key, HttpMethod.Get, "/v1/keys", HttpStatusCode.OK)).RootElement.GetProperty("keys").EnumerateArray()];

    private async Task<string> SendAsync(string? key, HttpMethod method, string path, HttpStatusCode expected, string? body = null)
    {
        using HttpRequestMessage request = new(method, path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        using HttpResponseMessage response = await _client.SendAsync(request);
        string text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(expected, $"{method} {path}: {text}");
        return text;
    }
}
