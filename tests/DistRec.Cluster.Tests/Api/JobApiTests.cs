using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Cluster.Tests.Api;

/// <summary>What a coordinator answers to whoever calls it without DistRec's own client.</summary>
public sealed class JobApiTests : IAsyncLifetime, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("distrec-api-").FullName;
    private readonly HttpClient _http = new();
    private ClusterNode _coordinator = null!;

    public async Task InitializeAsync()
    {
        _coordinator = await ClusterNode.StartAsync(SmallCluster.CoordinatorIn(_folder) with { UploadQuota = 1000 }, NullLoggerFactory.Instance);
        _http.BaseAddress = _coordinator.Address;
    }

    public async Task DisposeAsync()
    {
        await _coordinator.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    public void Dispose() => _http.Dispose();

    // A pattern that ended in $ once let a trailing newline pass.
    [Theory]
    [InlineData("abc%0A")]
    [InlineData("..%2F..")]
    [InlineData("a%20b")]
    public async Task An_id_that_is_none_is_refused(string id)
    {
        using HttpResponseMessage answer = await _http.GetAsync(new Uri($"jobs/{id}", UriKind.Relative));

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("expected 1 to 64 letters, digits and hyphens");
    }

    [Fact]
    public async Task More_than_the_quota_of_uploads_is_refused_before_it_is_read()
    {
        using ByteArrayContent much = new(new byte[1001]);
        using HttpResponseMessage answer = await _http.PutAsync(new Uri("jobs/big/data/user-factors-0", UriKind.Relative), much);

        answer.StatusCode.ShouldBe(HttpStatusCode.InsufficientStorage);
        (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString().ShouldNotBeNull().ShouldContain("raise --upload-quota");
        Directory.Exists(Path.Combine(_folder, "store/jobs")).ShouldBeFalse();
    }

    [Fact]
    public async Task An_upload_that_could_not_be_stored_takes_no_room()
    {
        string jobs = Path.Combine(_folder, "store/jobs");
        await File.WriteAllTextAsync(jobs, "in the way");
        (await UploadAsync("first")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        File.Delete(jobs);
        (await UploadAsync("second")).ShouldBe(HttpStatusCode.NoContent);

        async Task<HttpStatusCode> UploadAsync(string job)
        {
            using ByteArrayContent most = new(new byte[900]);
            using HttpResponseMessage answer = await _http.PutAsync(new Uri($"jobs/{job}/data/user-factors-0", UriKind.Relative), most);
            return answer.StatusCode;
        }
    }

    [Fact]
    public async Task A_node_without_a_secret_does_not_listen_to_pages_in_a_browser()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "jobs");
        request.Headers.Add("Origin", "https://somewhere.example");
        using HttpResponseMessage answer = await _http.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Health_is_told_to_everybody()
    {
        foreach (string path in new[] { "health", "health/live", "health/ready" })
        {
            (await _http.GetStringAsync(new Uri(path, UriKind.Relative))).ShouldBe("ok");
        }
    }
}
