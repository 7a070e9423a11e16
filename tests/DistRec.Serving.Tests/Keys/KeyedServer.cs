using System.Net;
using System.Net.Http.Headers;
using System.Text;
using DistRec.Serving.Hosting;
using DistRec.Serving.Keys;
using DistRec.Serving.Stores;
using DistRec.Training.Databases;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Serving.Tests.Keys;

/// <summary>A server in the process of the tests that asks for keys, and keys of all kinds.</summary>
public sealed class KeyedServer : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal) { ["unknown"] = "drk_" + new string('x', 43) };
    private RecommendationServer? _server;

    /// <summary>Sends without a key.</summary>
    public HttpClient Client { get; private set; } = null!;

    internal RecommendationServer Server => _server!;

    /// <summary>The key of a kind: unknown, expired, revoked, read, events or admin.</summary>
    public string this[string kind] => _keys[kind];

    public Task InitializeAsync() => StartAsync(options => options with { Refusals = int.MaxValue });

    public async Task DisposeAsync()
    {
        Client?.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    public void Dispose() => _folder.Dispose();

    internal async Task StartAsync(Func<ServerOptions, ServerOptions> adjust)
    {
        ServerOptions options = adjust(new ServerOptions
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            DataFolder = _folder.Path,
            Cluster = ServerOptions.Alone(_folder.Path, TimeProvider.System),
            Partitions = 4,
        });
        await MakeKeysAsync(options.DatabasePlace);
        _server = await RecommendationServer.StartAsync(options, NullLoggerFactory.Instance);
        _server.Node.Models = SmallModels.Active(SmallModels.Serving());
        Client = new HttpClient { BaseAddress = _server.Address };
    }

    /// <summary>Sends a request.</summary>
    /// <param name="key">A kind of key; null for none.</param>
    /// <param name="method">Such as GET.</param>
    /// <param name="path">The path and query.</param>
    /// <param name="body">The body; null for none.</param>
    /// <param name="type">Its type; null for JSON.</param>
    internal Task<HttpResponseMessage> SendAsync(string? key, string method, string path, string? body = null, string? type = null)
    {
        HttpRequestMessage request = new(new HttpMethod(method), path)
        {
            Content = body is null ? null : new StringContent(body, Encoding.UTF8, type ?? "application/json"),
        };
        Sign(request, key);
        return Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    internal void Sign(HttpRequestMessage request, string? key) =>
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", _keys.GetValueOrDefault(key, key));

    // By a clock that is long gone, so that a key has expired.
    private async Task MakeKeysAsync(string place)
    {
        await using IDatabase database = await DatabaseSetting.OpenAsync("--database", place, ServingSchema.Steps, TimeProvider.System);
        ManualTime past = new();
        ApiKeys kept = new(database, past);
        foreach (ApiScope scope in Enum.GetValues<ApiScope>())
        {
            _keys[ApiScopes.NameOf(scope)] = (await kept.CreateAsync($"for {ApiScopes.NameOf(scope)}", [scope])).Text;
        }

        _keys["expired"] = (await kept.CreateAsync("expired", [ApiScope.Admin], past.GetUtcNow() + TimeSpan.FromDays(1))).Text;
        NewApiKey revoked = await kept.CreateAsync("revoked", [ApiScope.Admin], past.GetUtcNow() + TimeSpan.FromDays(1));
        _keys["revoked"] = revoked.Text;
        await kept.RevokeAsync(revoked.Key.Id);
    }
}
