using System.Net;
using System.Text;
using System.Text.Json;
using DistRec.Serving.Hosting;
using DistRec.Serving.Tests.Api;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Serving.Tests.Jobs;

/// <summary>A server in the process of the tests whose jobs stand still until a test lets them end.</summary>
public sealed class JobServer : IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private RecommendationServer? _server;

    public HttpClient Client { get; private set; } = null!;

    internal ScriptedSubmission Submission { get; } = new();

    public async Task InitializeAsync()
    {
        _server = await RecommendationServer.StartAsync(
            new ServerOptions
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                DataFolder = _folder.Path,
                Cluster = ServerOptions.Alone(_folder.Path, TimeProvider.System) with { MaximumJobs = 20 },
                Jobs = Submission,
            },
            NullLoggerFactory.Instance);
        Client = new HttpClient { BaseAddress = _server.Address };
    }

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await _server!.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Submits a job, and waits until it is run.</summary>
    public async Task<string> SubmitAsync(string request = "{}")
    {
        JsonElement job = await SendAsync(HttpMethod.Post, "", HttpStatusCode.Created, request);
        string id = job.GetProperty("id").GetString()!;
        await Submission.WhenBegunAsync(id);
        return id;
    }

    public Task<JsonElement> FindAsync(string id) => SendAsync(HttpMethod.Get, "/" + id, HttpStatusCode.OK);

    public Task<JsonElement> SendAsync(HttpMethod method, string path, HttpStatusCode expected, string? body = null) => TestServer.ReadAsync(
        Client.SendAsync(new HttpRequestMessage(method, "/v1/jobs" + path) { Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json") }), expected);
}
