using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using DistRec.Serving.Dashboard;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace DistRec.Serving.Tests.Dashboard;

/// <summary>How the dashboard's files are served; what they do in a browser is tested in one.</summary>
public sealed class DashboardFilesTests : IAsyncLifetime
{
    private const string Script = "console.log('Life Is Beautiful (La Vita è bella)')";

    private readonly Dictionary<string, byte[]> _files = new()
    {
        ["index.html"] = Pack("<!doctype html><script src=\"assets/app-1.js\"></script>"),
        ["assets/app-1.js"] = Pack(Script),
    };

    private WebApplication? _application;

    private HttpClient Client { get; set; } = null!;

    public Task InitializeAsync() => StartAsync(_files);

    public async Task DisposeAsync()
    {
        Client.Dispose();
        await _application!.DisposeAsync();
    }

    [Fact]
    public async Task The_page_is_asked_for_anew_and_its_assets_are_kept_for_good()
    {
        using HttpResponseMessage page = await Client.GetAsync("/");
        page.Headers.CacheControl!.ToString().ShouldBe("no-cache");
        page.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        using HttpResponseMessage asset = await Client.GetAsync("/assets/app-1.js");
        asset.Headers.CacheControl!.ToString().ShouldBe("public, max-age=31536000, immutable");
        asset.Content.Headers.ContentType!.ToString().ShouldBe("text/javascript; charset=utf-8");
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/assets/app-1.js")]
    public async Task Nothing_from_elsewhere_is_let_in_and_no_site_may_frame_it(string path)
    {
        using HttpResponseMessage response = await Client.GetAsync(path);
        string policy = response.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldContain("default-src 'none'");
        policy.ShouldContain("script-src 'self'");
        policy.ShouldContain("frame-ancestors 'none'");
        policy.ShouldNotContain("unsafe");
        policy.ShouldNotContain("data:");
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        response.Headers.GetValues("Referrer-Policy").ShouldBe(["no-referrer"]);
    }

    [Fact]
    public async Task Who_can_unpack_gets_the_packed_bytes_and_who_cannot_gets_the_same_text()
    {
        using HttpResponseMessage plain = await Client.GetAsync("/assets/app-1.js");
        plain.Content.Headers.ContentEncoding.ShouldBeEmpty();
        plain.Content.Headers.ContentLength.ShouldBe(Encoding.UTF8.GetByteCount(Script));
        (await plain.Content.ReadAsStringAsync()).ShouldBe(Script);

        using HttpRequestMessage asking = new(HttpMethod.Get, "/assets/app-1.js");
        asking.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip"));
        using HttpResponseMessage packed = await Client.SendAsync(asking);
        packed.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        (await packed.Content.ReadAsByteArrayAsync()).ShouldBe(_files["assets/app-1.js"]);
        packed.Headers.ETag.ShouldBe(plain.Headers.ETag);

        using HttpRequestMessage refusing = new(HttpMethod.Get, "/assets/app-1.js");
        refusing.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("gzip", 0));
        using HttpResponseMessage unpacked = await Client.SendAsync(refusing);
        (await unpacked.Content.ReadAsStringAsync()).ShouldBe(Script);
    }

    [Fact]
    public async Task Who_has_the_file_already_is_told_so()
    {
        using HttpResponseMessage first = await Client.GetAsync("/");
        using HttpRequestMessage again = new(HttpMethod.Get, "/") { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using HttpResponseMessage second = await Client.SendAsync(again);
        second.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        using HttpRequestMessage other = new(HttpMethod.Get, "/");
        other.Headers.IfNoneMatch.Add(new EntityTagHeaderValue("\"other\"", isWeak: true));
        using HttpResponseMessage third = await Client.SendAsync(other);
        third.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Head_tells_the_length_and_sends_nothing()
    {
        using HttpResponseMessage response = await Client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/assets/app-1.js"));
        response.Content.Headers.ContentLength.ShouldBe(Encoding.UTF8.GetByteCount(Script));
        (await response.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/assets/app-2.js")]
    [InlineData("/assets/index.html")]
    [InlineData("/assets/../index.html.gz")]
    public async Task There_are_no_other_files(string path)
    {
        using HttpResponseMessage response = await Client.GetAsync(path);
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_build_without_the_dashboard_has_a_page_that_says_so_and_what_to_do()
    {
        await DisposeAsync();
        await StartAsync([]);
        string page = await Client.GetStringAsync("/");
        page.ShouldContain("This build has no dashboard");
        page.ShouldContain("install Node.js 18 or later with npm");
        page.ShouldContain("href=\"openapi/v1.json\"");
    }

    private static byte[] Pack(string text)
    {
        using MemoryStream packed = new();
        using (GZipStream gzip = new(packed, CompressionLevel.Optimal))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }

    private async Task StartAsync(Dictionary<string, byte[]> files)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _application = builder.Build();
        DashboardFiles.Map(_application, files);
        await _application.StartAsync();
        Client = new HttpClient { BaseAddress = new Uri(_application.Urls.First()) };
    }
}
