using System.Net;

namespace DistRec.Cluster.Tests.Security;

/// <summary>
/// A node without a secret trusted everything that came over the loopback, and so every page that a browser had open in another tab:
/// such a page could cancel and remove jobs, or read them where its own name pointed to the loopback.
/// </summary>
public sealed class BrowserRequestsTests : IAsyncLifetime
{
    private GuardedServer _server = null!;

    public async Task InitializeAsync() => _server = await GuardedServer.StartAsync(null, () => "node-7.cluster");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData("localhost")]
    [InlineData("LocalHost")]
    [InlineData("127.0.0.1")]
    [InlineData("127.3.2.1")]
    [InlineData("[::1]")]
    [InlineData("node-7.cluster")]
    public async Task A_program_may_call_the_node_by_every_name_of_its_own(string name)
    {
        (await AskAsync($"{name}:{_server.Address.Port}")).Status.ShouldBe(HttpStatusCode.OK);
        (await AskAsync(name)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("node-7.cluster.evil.example")]
    [InlineData("10.0.0.7")]
    [InlineData("[::2]")]
    public async Task A_name_that_was_made_to_point_here_is_refused(string name)
    {
        (HttpStatusCode status, string text) = await AskAsync($"{name}:{_server.Address.Port}");

        status.ShouldBe(HttpStatusCode.Forbidden);
        text.ShouldBe(
            "a node without a secret: expected to be called localhost, 127.0.0.1 or [::1], or node-7.cluster, "
            + $"found \"{name}:{_server.Address.Port}\"; call it by one of these, "
            + "or give the cluster a secret with --secret-file where others are to call it");
        _server.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task Without_an_advertised_name_only_those_of_the_loopback_are_the_nodes_own()
    {
        await using GuardedServer server = await GuardedServer.StartAsync(null);
        using HttpRequestMessage request = new(HttpMethod.Get, server.Address);
        request.Headers.Host = "node-7.cluster";

        (HttpStatusCode status, string text) = await GuardedServer.SendAsync(request);

        status.ShouldBe(HttpStatusCode.Forbidden);
        text.ShouldContain("expected to be called localhost, 127.0.0.1 or [::1], found");
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("http://localhost:1")]
    [InlineData("http://127.0.0.1")]
    [InlineData("null")]
    public async Task A_page_of_another_origin_is_refused(string origin)
    {
        (HttpStatusCode status, string text) = await AskAsync(_server.Address.Authority, ("Origin", origin));

        status.ShouldBe(HttpStatusCode.Forbidden);
        text.ShouldContain(
            $"pages of http://{_server.Address.Authority}, found one of a page of \"{origin}\"; "
            + $"open http://{_server.Address.Authority} in the browser, or give the cluster a secret");
        _server.Calls.ShouldBe(0);
    }

    [Fact]
    public async Task A_page_of_the_same_port_under_another_scheme_is_of_another_origin() =>
        (await AskAsync(_server.Address.Authority, ("Origin", $"https://{_server.Address.Authority}")))
            .Status.ShouldBe(HttpStatusCode.Forbidden);

    [Theory]
    [InlineData("cross-site", HttpStatusCode.Forbidden)]
    [InlineData("same-site", HttpStatusCode.Forbidden)]
    [InlineData("same-origin", HttpStatusCode.OK)]
    [InlineData("none", HttpStatusCode.OK)]
    public async Task What_a_browser_says_of_the_page_counts_where_it_sends_no_origin(string site, HttpStatusCode expected)
    {
        (HttpStatusCode status, string text) = await AskAsync(_server.Address.Authority, ("Sec-Fetch-Site", site));

        status.ShouldBe(expected);
        text.Contains($"a browser calls {site}", StringComparison.Ordinal).ShouldBe(expected == HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_page_of_the_node_itself_may_call_it() =>
        (await AskAsync(_server.Address.Authority, ("Origin", $"http://{_server.Address.Authority}"), ("Sec-Fetch-Site", "same-origin")))
            .Status.ShouldBe(HttpStatusCode.OK);

    private async Task<(HttpStatusCode Status, string Text)> AskAsync(string host, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, _server.Address);
        request.Headers.Host = host;
        foreach ((string name, string value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await GuardedServer.SendAsync(request);
    }
}
