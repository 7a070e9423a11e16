using System.Net;
using System.Text;
using System.Text.Json;
using DistRec.Cluster.Hosting;
using DistRec.Models.Queries.Asking;
using DistRec.Serving.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Serving.Tests.Api;

/// <summary>A server in the process of the tests, with a small model.</summary>
public sealed class TestServer : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("distrec-serving-").FullName;
    private RecommendationServer? _server;

    public HttpClient Client { get; private set; } = null!;

    /// <summary>What the server keeps.</summary>
    public string Folder => _folder;

    internal RecommendationServer Server => _server!;

    internal ServingModel Model { get; } = SmallModels.Serving();

    public async Task InitializeAsync()
    {
        _server = await StartAsync(_folder, ServerOptions.Alone(_folder, TimeProvider.System));
        _server.Node.Models = SmallModels.Active(Model);
        Client = new HttpClient { BaseAddress = _server.Address };
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await _server!.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public Task<JsonElement> GetAsync(string path) => ReadAsync(Client.GetAsync(new Uri(path, UriKind.Relative)), HttpStatusCode.OK);

    public Task<JsonElement> PostAsync(string path, string json, HttpStatusCode expected = HttpStatusCode.OK) =>
        ReadAsync(Client.PostAsync(new Uri(path, UriKind.Relative), new StringContent(json, Encoding.UTF8, "application/json")), expected);

    /// <summary>An answer with a given status, as JSON.</summary>
    public static async Task<JsonElement> ReadAsync(Task<HttpResponseMessage> request, HttpStatusCode expected)
    {
        using HttpResponseMessage response = await request;
        string text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(expected, text);
        return JsonDocument.Parse(text).RootElement;
    }

    internal static Task<RecommendationServer> StartAsync(string folder, ClusterNodeOptions cluster) => RecommendationServer.StartAsync(
        new ServerOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), DataFolder = folder, Cluster = cluster }, NullLoggerFactory.Instance);
}
