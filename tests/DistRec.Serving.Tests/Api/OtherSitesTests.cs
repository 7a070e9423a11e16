using System.Net;

namespace DistRec.Serving.Tests.Api;

/// <summary>What a browser of this machine may be made to send by the pages of other sites, while the server asks for no keys.</summary>
public sealed class OtherSitesTests(TestServer server) : IClassFixture<TestServer>
{
    [Theory]
    [InlineData("Host", "evil.example", "expected to be called localhost, 127.0.0.1 or [::1], found \"evil.example\"; call it by one of these, or make a key with distrec keys create")]
    [InlineData("Origin", "http://evil.example", "in the browser, or make a key with distrec keys create, which this server then asks for instead")]
    [InlineData("Sec-Fetch-Site", "cross-site", "found one that a browser calls cross-site; open http://127.0.0.1:")]
    public async Task A_request_of_another_site_is_refused_and_told_what_a_person_can_do(string header, string value, string told)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/items");
        request.Headers.Add(header, value);

        string detail = (await TestServer.ReadAsync(server.Client.SendAsync(request), HttpStatusCode.Forbidden)).GetProperty("detail").GetString()!;

        detail.ShouldStartWith("a server without keys: ");
        detail.ShouldContain(told);
    }

    [Theory]
    [InlineData("/", HttpStatusCode.OK)]
    [InlineData("/docs", HttpStatusCode.OK)]
    [InlineData("/assets/none.js", HttpStatusCode.NotFound)]
    [InlineData("/v1/items", HttpStatusCode.Forbidden)]
    [InlineData("/metrics", HttpStatusCode.Forbidden)]
    public async Task A_link_of_another_site_opens_a_page_and_asks_nothing(string path, HttpStatusCode expected)
    {
        using HttpResponseMessage response = await server.Client.SendAsync(Visit(HttpMethod.Get, path));

        response.StatusCode.ShouldBe(expected);
    }

    [Fact]
    public async Task A_page_in_a_frame_a_form_or_under_a_borrowed_name_is_refused_all_the_same()
    {
        HttpRequestMessage frame = Visit(HttpMethod.Get, "/");
        frame.Headers.Remove("Sec-Fetch-Dest");
        frame.Headers.Add("Sec-Fetch-Dest", "iframe");
        HttpRequestMessage form = Visit(HttpMethod.Post, "/");
        HttpRequestMessage borrowed = Visit(HttpMethod.Get, "/");
        borrowed.Headers.Host = "evil.example";

        foreach (HttpRequestMessage request in new[] { frame, form, borrowed })
        {
            using HttpResponseMessage response = await server.Client.SendAsync(request);
            response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }
    }

    private static HttpRequestMessage Visit(HttpMethod method, string path) => new(method, path)
    {
        Headers = { { "Sec-Fetch-Site", "cross-site" }, { "Sec-Fetch-Mode", "navigate" }, { "Sec-Fetch-Dest", "document" } },
    };
}
