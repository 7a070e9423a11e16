using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Threading.RateLimiting;
using DistRec.Serving.Api;
using DistRec.Serving.Client;
using DistRec.Serving.Hosting;
using DistRec.Serving.Tests.Api;
using DistRec.Serving.Tests.Keys;

namespace DistRec.Serving.Tests.Hosting;

/// <summary>What no request may cost the server: too often, too long, too slow, too deep.</summary>
public sealed class RequestLimitTests : IAsyncLifetime, IDisposable
{
    private const int Refusals = 5;

    // No test takes longer, unless something is broken.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(60);

    private readonly KeyedServer _server = new();

    public Task InitializeAsync() => _server.StartAsync(options => options with
    {
        RequestsPerSecond = 4, Refusals = Refusals, BodyGrace = TimeSpan.FromSeconds(1.01),
    });

    public Task DisposeAsync() => _server.DisposeAsync();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task A_key_that_asks_too_often_waits_while_others_are_answered()
    {
        HttpStatusCode status;
        int answered = 0;
        do
        {
            using HttpResponseMessage response = await _server.SendAsync("read", "GET", "/v1/items");
            status = response.StatusCode;
            answered++;
        }
        while (status == HttpStatusCode.OK);

        // Eight at once, and those that the time of the test gives; the one that was refused is not among them.
        answered.ShouldBeGreaterThan(8);
        using HttpResponseMessage refused = await FirstRefusalAsync();
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        JsonElement problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync()).RootElement;
        refused.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        problem.GetProperty("title").GetString().ShouldBe("too many requests");
        problem.GetProperty("detail").GetString().ShouldBe("expected at most 4 requests a second with one key, found more; ask again after 1 s, and not so often");

        using HttpResponseMessage other = await _server.SendAsync("admin", "GET", "/v1/items");
        other.StatusCode.ShouldBe(HttpStatusCode.OK);
        using HttpResponseMessage probe = await _server.SendAsync("read", "GET", "/healthz/live");
        probe.StatusCode.ShouldBe(HttpStatusCode.OK);
        using RecommendationClient client = new(_server.Client.BaseAddress!, _server["read"]);
        ServerException told = await Should.ThrowAsync<ServerException>(async () =>
        {
            while (true)
            {
                await client.PredictAsync(new PredictRequest { User = "u1", Item = "i1" });
            }
        });
        (told.Status, told.IsInput).ShouldBe((429, false), "the same request may be answered later");

        async Task<HttpResponseMessage> FirstRefusalAsync()
        {
            while (true)
            {
                HttpResponseMessage response = await _server.SendAsync("read", "GET", "/v1/items");
                if (response.StatusCode == HttpStatusCode.TooManyRequests)
                {
                    return response;
                }

                response.Dispose();
            }
        }
    }

    [Fact]
    public async Task An_address_that_shows_no_valid_key_too_often_is_put_off_and_a_valid_one_is_not()
    {
        List<HttpStatusCode> answers = [];
        while (answers.Count <= Refusals || answers[^1] == HttpStatusCode.Unauthorized)
        {
            using HttpResponseMessage response = await _server.SendAsync(answers.Count % 2 == 0 ? "unknown" : null, "GET", "/v1/items");
            answers.Add(response.StatusCode);
        }

        answers.Take(Refusals).ShouldAllBe(status => status == HttpStatusCode.Unauthorized);
        answers[^1].ShouldBe(HttpStatusCode.TooManyRequests);
        using HttpResponseMessage valid = await _server.SendAsync("read", "GET", "/v1/items");
        valid.StatusCode.ShouldBe(HttpStatusCode.OK);
        using HttpResponseMessage page = await _server.SendAsync(null, "GET", "/");
        page.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(1, 1, 1000)]
    [InlineData(25, 3, 120)]
    [InlineData(10_000, 1000, 100)]
    public void Tokens_come_back_at_the_rate_that_was_asked_for(int perSecond, int tokens, int milliseconds)
    {
        TokenBucketRateLimiterOptions bucket = RequestLimits.BucketOf(perSecond, 2 * perSecond);

        (bucket.TokenLimit, bucket.TokensPerPeriod, bucket.ReplenishmentPeriod).ShouldBe((2 * perSecond, tokens, TimeSpan.FromMilliseconds(milliseconds)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_of_more_than_four_mebibytes_is_refused_by_its_size(bool isLengthTold)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/v1/events") { Content = new StringContent($"\"{new string('x', 4 << 20)}\"", Encoding.UTF8, "application/json") };
        _server.Sign(request, "admin");
        request.Headers.TransferEncodingChunked = isLengthTold ? null : true;

        // The server may answer before it has read everything.
        request.Headers.ExpectContinue = true;
        JsonElement problem = await TestServer.ReadAsync(_server.Client.SendAsync(request), HttpStatusCode.RequestEntityTooLarge);

        problem.GetProperty("status").GetInt32().ShouldBe(413);
    }

    [Fact]
    public async Task A_body_that_comes_too_slowly_is_cut_off()
    {
        using TcpClient connection = new();
        await connection.ConnectAsync(IPAddress.Loopback, _server.Client.BaseAddress!.Port);
        NetworkStream stream = connection.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"POST /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {_server["admin"]}\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{{"));

        using StreamReader reader = new(stream, Encoding.ASCII);
        string answer = await reader.ReadToEndAsync().WaitAsync(Bound);

        // To the end: the connection is closed.
        answer.ShouldStartWith("HTTP/1.1 408 ");
        answer.ShouldContain("application/problem+json");
    }

    [Theory]
    [InlineData("""{"user":"u1","item":"i1","ratings":[{"item":"i2","rating":1e39}]}""")]
    [InlineData("""{"user":"u1","item":"i1","ratings":[{"item":"i2","rating":1e400}]}""")]
    [InlineData("""{"user":"u1","item":"i1","ratings":[{"item":"i2","rating":NaN}]}""")]
    [InlineData("""{"user":"u1","item":"i1","ratings":[{"item":"i2","rating":"NaN"}]}""")]
    [InlineData("""{"user":"u1","item":"i1","ratings":[{"item":"i2","rating":-Infinity}]}""")]
    public async Task A_number_that_is_none_or_too_large_is_refused(string body) =>
        await TestServer.ReadAsync(_server.SendAsync("admin", "POST", "/v1/predict", body), HttpStatusCode.BadRequest);

    [Fact]
    public async Task Objects_in_objects_without_end_are_refused()
    {
        string deep = string.Concat(Enumerable.Repeat("{\"item\":", 10_000)) + "1" + new string('}', 10_000);

        (await TestServer.ReadAsync(_server.SendAsync("admin", "POST", "/v1/predict", deep), HttpStatusCode.BadRequest)).GetProperty("title").GetString()
            .ShouldBe("the request cannot be read");
    }

    [Fact]
    public async Task Headers_without_end_are_refused()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, "/v1/items");
        for (int number = 0; number < 200; number++)
        {
            request.Headers.Add(string.Create(CultureInfo.InvariantCulture, $"X-{number}"), "x");
        }

        using HttpResponseMessage response = await _server.Client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.RequestHeaderFieldsTooLarge);
    }
}
