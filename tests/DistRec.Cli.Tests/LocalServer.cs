using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using DistRec.Cli.Cluster;
using DistRec.Cli.Jobs;
using DistRec.Cli.Sources;
using DistRec.Cli.Training;
using DistRec.Cluster.Hosting;
using DistRec.Serving.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Cli.Tests;

/// <summary>A server in this process whose jobs are trained by what trains those of <c>submit</c>.</summary>
public sealed class LocalServer : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private RecommendationServer? _server;

    public HttpClient Client { get; private set; } = new();

    /// <summary>A path: <c>root</c> is the folder of data, <c>data</c> what the server keeps.</summary>
    public string this[string name] => _folder[name];

    internal string Write(string name, params string[] lines) => _folder.Write(name, lines);

    public LocalServer() => Directory.CreateDirectory(_folder["root"]);

    public Task InitializeAsync() => StartAsync(ServerOptions.Alone(_folder["data"], TimeProvider.System));

    public Task DisposeAsync() => StopAsync();

    public void Dispose()
    {
        Client.Dispose();
        _folder.Dispose();
    }

    internal async Task StopAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
            _server = null;
        }
    }

    internal async Task StartAsync(ClusterNodeOptions cluster)
    {
        CliHost host = new() { Output = TextWriter.Null, Error = TextWriter.Null, Variable = _ => null, Cores = 2 };
        _server = await RecommendationServer.StartAsync(
            new ServerOptions
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                DataFolder = _folder["data"],
                Cluster = cluster with { Threads = 2 },
                Jobs = new JobSubmission(new DataRoot(_folder["root"]), host),
            },
            NullLoggerFactory.Instance);
        Client.Dispose();
        Client = new HttpClient { BaseAddress = _server.Address };
    }

    internal async Task<string> SubmitAsync(string request) => (await PostAsync(request, HttpStatusCode.Created)).GetProperty("id").GetString()!;

    internal Task<JsonElement> PostAsync(string request, HttpStatusCode expected) =>
        ReadAsync(Client.PostAsync(new Uri("/v1/jobs", UriKind.Relative), new StringContent(request, null, "application/json")), expected);

    internal Task<JsonElement> RegisterAsync(string name, string folder) => ReadAsync(
        Client.PostAsJsonAsync(new Uri("/v1/models", UriKind.Relative), new { name, folder, activate = true }), HttpStatusCode.Created);

    internal Task<JsonElement> GetAsync(string path) => ReadAsync(Client.GetAsync(new Uri(path, UriKind.Relative)), HttpStatusCode.OK);

    private static async Task<JsonElement> ReadAsync(Task<HttpResponseMessage> request, HttpStatusCode expected)
    {
        using HttpResponseMessage response = await request;
        string text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(expected, text);
        return JsonDocument.Parse(text).RootElement;
    }

    internal async Task FirstEpochAsync(string id)
    {
        await foreach (SseItem<string> one in ReadEventsAsync(id, null))
        {
            if (one.EventType == "epoch")
            {
                return;
            }
        }

        throw new ShouldAssertException("the job ended without an epoch");
    }

    internal async Task<List<SseItem<string>>> EventsAsync(string id, string? after = null)
    {
        List<SseItem<string>> events = [];
        await foreach (SseItem<string> one in ReadEventsAsync(id, after))
        {
            events.Add(one);
        }

        return events;
    }

    private async IAsyncEnumerable<SseItem<string>> ReadEventsAsync(string id, string? after)
    {
        using CancellationTokenSource late = new(TimeSpan.FromMinutes(1));
        using HttpRequestMessage request = new(HttpMethod.Get, $"/v1/jobs/{id}/events");
        request.Headers.Add("Last-Event-ID", after ?? "0");
        using HttpResponseMessage response = await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, late.Token);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        await using Stream body = await response.Content.ReadAsStreamAsync(late.Token);
        await foreach (SseItem<string> one in SseParser.Create(body).EnumerateAsync(late.Token))
        {
            yield return one;
        }
    }
}
