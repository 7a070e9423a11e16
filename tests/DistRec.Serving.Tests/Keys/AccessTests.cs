using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using DistRec.Serving.Keys;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace DistRec.Serving.Tests.Keys;

/// <summary>Who may do what.</summary>
public sealed class AccessTests(KeyedServer server) : IClassFixture<KeyedServer>
{
    [Theory]
    [InlineData(null, "a key is missing")]
    [InlineData("unknown", "the key is not valid")]
    [InlineData("revoked", "the key is not valid")]
    [InlineData("expired", "the key has expired")]
    public async Task No_operation_is_done_without_a_key_that_is_worth_something(string? key, string title)
    {
        HashSet<string> said = [];
        foreach ((string method, string path, string? type) in await OperationsAsync())
        {
            using HttpResponseMessage response = await server.SendAsync(key, method, path, type is null ? null : "{}", type);
            JsonElement problem = await ProblemAsync(response, HttpStatusCode.Unauthorized, $"{key} {method} {path}");
            problem.GetProperty("title").GetString().ShouldBe(title);
            said.Add(problem.GetProperty("detail").GetString()!);
            response.Headers.WwwAuthenticate.Single().ToString().ShouldBe(key is null ? "Bearer realm=\"DistRec\"" : "Bearer realm=\"DistRec\", error=\"invalid_token\"");
        }

        said.ShouldHaveSingleItem().ShouldEndWith("; whoever runs the server makes keys with distrec keys create");
    }

    [Theory]
    [InlineData("read")]
    [InlineData("events")]
    [InlineData("admin")]
    public async Task A_key_does_what_its_scope_allows_and_nothing_else(string key)
    {
        int allowed = 0, refused = 0;
        foreach ((string method, string path, string? type) in await OperationsAsync())
        {
            string needed = ScopeOf(method, path);
            using HttpResponseMessage response = await server.SendAsync(key, method, path, type is null ? null : "{}", type);
            if (key == needed || key == "admin")
            {
                allowed++;
                ((int)response.StatusCode).ShouldBeLessThan(500, $"{method} {path}");
                response.StatusCode.ShouldNotBeOneOf(HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.TooManyRequests);
                continue;
            }

            refused++;
            JsonElement problem = await ProblemAsync(response, HttpStatusCode.Forbidden, $"{key} {method} {path}");
            problem.GetProperty("detail").GetString().ShouldStartWith($"expected a key with the scope {needed}, found one with {key}; ");
            response.Headers.WwwAuthenticate.Single().ToString().ShouldEndWith($"error=\"insufficient_scope\", scope=\"{needed}\"");
        }

        allowed.ShouldBeGreaterThan(1);
        (refused > 0).ShouldBe(key != "admin");
    }

    [Theory]
    [InlineData("/healthz/live")]
    [InlineData("/healthz/ready")]
    [InlineData("/")]
    [InlineData("/docs")]
    [InlineData("/openapi/v1.json")]
    public async Task Probes_pages_and_the_document_need_no_key_and_a_wrong_one_does_no_harm(string path)
    {
        foreach (string? key in new[] { null, "unknown", "expired" })
        {
            using HttpResponseMessage response = await server.SendAsync(key, "GET", path);
            response.StatusCode.ShouldBe(HttpStatusCode.OK, $"{key} {path}");
        }
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("events", HttpStatusCode.Forbidden)]
    [InlineData("read", HttpStatusCode.OK)]
    [InlineData("admin", HttpStatusCode.OK)]
    public async Task Metrics_are_for_who_may_read(string? key, HttpStatusCode expected)
    {
        using HttpResponseMessage response = await server.SendAsync(key, "GET", "/metrics");
        response.StatusCode.ShouldBe(expected);
    }

    [Theory]
    [InlineData("Basic dXNlcjpwYXNz", "a key is missing", "found another one")]
    [InlineData("Bearer", "a key is missing", "found another one")]
    [InlineData("Bearer drk_short", "the key is not valid", "found another one")]
    [InlineData("Bearer drk_ééééééééééééééééééééééééééééééééééééééééééé", "the key is not valid", "found another one")]
    public async Task What_is_no_key_is_told_what_one_looks_like(string header, string title, string found)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/items");
        request.Headers.TryAddWithoutValidation("Authorization", header);
        using HttpClient client = new(new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.UTF8 }) { BaseAddress = server.Client.BaseAddress };
        using HttpResponseMessage response = await client.SendAsync(request);

        JsonElement problem = await ProblemAsync(response, HttpStatusCode.Unauthorized, header);
        problem.GetProperty("title").GetString().ShouldBe(title);
        problem.GetProperty("detail").GetString()!.ShouldContain(found);
    }

    [Fact]
    public async Task The_scheme_of_the_header_may_be_written_in_any_case()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/items");
        request.Headers.TryAddWithoutValidation("Authorization", $"bearer  {server["read"]}").ShouldBeTrue();
        using HttpResponseMessage response = await server.Client.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public void Every_endpoint_says_whether_it_is_open_or_which_scope_it_needs()
    {
        RouteEndpoint[] endpoints = [.. server.Server.Endpoints.OfType<RouteEndpoint>()];

        endpoints.Length.ShouldBeGreaterThan(35);
        foreach (RouteEndpoint endpoint in endpoints)
        {
            bool isOpen = endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;
            string? scope = ScopePolicies.ScopeOf(endpoint);
            (isOpen ^ (scope is not null)).ShouldBeTrue(endpoint.RoutePattern.RawText);
            isOpen.ShouldBe(!endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("v1", StringComparison.Ordinal) && endpoint.RoutePattern.RawText != "/metrics", endpoint.RoutePattern.RawText);
        }
    }

    // By hand, so that the server's own word is not what it is judged by.
    private static string ScopeOf(string method, string path) => (method, path) switch
    {
        ("PUT", _) => "admin",
        ("POST", "/v1/events" or "/v1/events/import" or "/v1/users/x/ratings") => "events",
        (_, "/v1/models/x/map") => "read",
        _ when new[] { "models", "jobs", "catalogue", "keys", "cluster", "overview", "experiments" }.Contains(path.Split('/')[2]) => "admin",
        _ => "read",
    };

    private static async Task<JsonElement> ProblemAsync(HttpResponseMessage response, HttpStatusCode expected, string told)
    {
        string text = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(expected, $"{told}: {text}");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json", told);
        return JsonDocument.Parse(text).RootElement;
    }

    // Each with the type of its body, where it has one: what cannot be for an operation at all (404, 405, 415) is told before a key is asked for.
    private async Task<List<(string Method, string Path, string? Type)>> OperationsAsync()
    {
        JsonElement document = JsonDocument.Parse(await server.Client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative))).RootElement;
        List<(string, string, string?)> operations = [];
        foreach (JsonProperty path in document.GetProperty("paths").EnumerateObject())
        {
            // A number where one is needed, which is none of a key.
            string example = path.Name.Replace("{version}", "1000", StringComparison.Ordinal).Replace("keys/{id}", "keys/1000", StringComparison.Ordinal);
            example = Regex.Replace(example, @"\{\w+\}", "x");
            foreach (JsonProperty operation in path.Value.EnumerateObject())
            {
                string? type = operation.Value.TryGetProperty("requestBody", out JsonElement body) ? body.GetProperty("content").EnumerateObject().First().Name : null;
                operations.Add((operation.Name.ToUpperInvariant(), example, type));
            }
        }

        operations.Count.ShouldBeGreaterThan(30);
        return operations;
    }
}
