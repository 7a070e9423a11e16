using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using DistRec.Training.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;

namespace DistRec.Cluster.Tests.Security;

/// <summary>
/// The proof of a request left its host and body open: whoever could change a request on its way could store other ratings.
/// </summary>
public sealed class SecretGuardTests : IAsyncLifetime
{
    private static readonly ClusterSecret Secret = ClusterSecret.FromText("correct horse battery staple");
    private static readonly byte[] Body = [.. Enumerable.Range(0, 100_000).Select(position => (byte)(position * 31))];

    private GuardedServer _server = null!;

    public async Task InitializeAsync() => _server = await GuardedServer.StartAsync(Secret);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(0, false)]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(100_000, false)]
    [InlineData(100_000, true)]
    public async Task A_signed_body_is_handed_over_as_it_was_sent(int length, bool isChunked)
    {
        using HttpRequestMessage request = Signed(Body[..length], Body[..length], isChunked);

        (await GuardedServer.SendAsync(request)).Status.ShouldBe(HttpStatusCode.OK);

        _server.Kept.ShouldHaveSingleItem().ShouldBe(Body[..length]);
    }

    [Fact]
    public async Task A_request_without_any_body_is_let_through_with_the_hash_of_nothing()
    {
        using HttpRequestMessage request = new(HttpMethod.Get, _server.Address);
        Secret.Sign(request, BodyHash.Empty, TimeProvider.System.GetUtcNow());

        (await GuardedServer.SendAsync(request)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(99_999, false)]
    [InlineData(99_999, true)]
    public async Task An_upload_that_was_changed_on_its_way_is_refused_and_not_kept(int position, bool isChunked)
    {
        byte[] changed = [.. Body];
        changed[position] ^= 1;
        using HttpRequestMessage request = Signed(Body, changed, isChunked);

        (HttpStatusCode status, string text) = await GuardedServer.SendAsync(request);

        status.ShouldBe(HttpStatusCode.Unauthorized);
        text.ShouldContain("it was changed on its way");
        _server.Kept.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_upload_that_was_changed_on_its_way_becomes_no_blob()
    {
        string folder = Directory.CreateTempSubdirectory("distrec-store-").FullName;
        FolderBlobStore store = new(folder);
        _server.Endpoint = context => store.PutAsync("ratings", context.Request.Body.CopyToAsync, context.RequestAborted);
        byte[] changed = [.. Body];
        changed[^1] ^= 1;
        using HttpRequestMessage bad = Signed(Body, changed);

        (await GuardedServer.SendAsync(bad)).Status.ShouldBe(HttpStatusCode.Unauthorized);

        (await store.ExistsAsync("ratings")).ShouldBeFalse();
        using HttpRequestMessage good = Signed(Body, Body);
        (await GuardedServer.SendAsync(good)).Status.ShouldBe(HttpStatusCode.OK);
        (await store.ExistsAsync("ratings")).ShouldBeTrue();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData(99_999, false)]
    [InlineData(99_999, true)]
    [InlineData(0, true)]
    public async Task A_body_of_which_a_part_was_taken_away_is_refused_and_not_kept(int length, bool isChunked)
    {
        using HttpRequestMessage request = Signed(Body, Body[..length], isChunked);

        (await GuardedServer.SendAsync(request)).Status.ShouldBe(HttpStatusCode.Unauthorized);

        _server.Kept.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_body_that_was_taken_away_is_refused_before_the_endpoint_that_would_not_read_it()
    {
        using HttpRequestMessage request = Signed(Body, []);

        (await GuardedServer.SendAsync(request)).Status.ShouldBe(HttpStatusCode.Unauthorized);

        _server.Calls.ShouldBe(0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_that_was_put_to_a_request_without_one_is_refused_by_whoever_reads_it(bool isChunked)
    {
        using HttpRequestMessage request = Signed([], Body, isChunked);

        (await GuardedServer.SendAsync(request)).Status.ShouldBe(HttpStatusCode.Unauthorized);

        _server.Kept.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_body_that_is_read_exactly_or_as_JSON_or_by_a_pipe_is_checked_too()
    {
        byte[] sent = """{"epochs":4}"""u8.ToArray();
        byte[] changed = """{"epochs":9}"""u8.ToArray();
        List<object?> taken = [];
        RequestDelegate[] endpoints =
        [
            async context =>
            {
                byte[] all = new byte[context.Request.ContentLength!.Value];
                await context.Request.Body.ReadExactlyAsync(all);
                taken.Add(all);
            },
            async context => taken.Add(await JsonSerializer.DeserializeAsync<Dictionary<string, int>>(context.Request.Body)),
            async context =>
            {
                ReadResult read;
                while (!(read = await context.Request.BodyReader.ReadAsync()).IsCompleted)
                {
                    context.Request.BodyReader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
                }

                taken.Add(read.Buffer.Length);
            },
        ];
        foreach (RequestDelegate endpoint in endpoints)
        {
            _server.Endpoint = endpoint;
            using HttpRequestMessage good = Signed(sent, sent);
            (await GuardedServer.SendAsync(good)).Status.ShouldBe(HttpStatusCode.OK);
            taken.Count.ShouldBe(1);
            taken.Clear();

            using HttpRequestMessage bad = Signed(sent, changed);
            (await GuardedServer.SendAsync(bad)).Status.ShouldBe(HttpStatusCode.Unauthorized);
            taken.ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task An_endpoint_that_answers_the_bodys_failure_itself_is_overruled_where_its_answer_has_not_begun()
    {
        _server.Endpoint = async context =>
        {
            try
            {
                await context.Request.Body.CopyToAsync(Stream.Null);
            }
            catch (CryptographicException)
            {
                context.Response.StatusCode = StatusCodes.Status201Created;
                context.Response.Headers.Location = "/kept";
            }
        };
        using HttpRequestMessage request = Signed(Body, Body[1..]);

        (await GuardedServer.SendAsync(request)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task An_answer_that_began_before_the_body_proved_changed_is_cut_off()
    {
        _server.Endpoint = async context =>
        {
            context.Response.ContentLength = 1000;
            await context.Response.WriteAsync("all is");
            await context.Request.Body.CopyToAsync(Stream.Null);
            await context.Response.WriteAsync(" well");
        };
        using HttpRequestMessage request = Signed(Body, Body[1..]);

        await Should.ThrowAsync<HttpRequestException>(() => GuardedServer.SendAsync(request));
    }

    [Fact]
    public async Task A_recorded_request_opens_no_other_host_target_or_method()
    {
        using HttpRequestMessage recorded = Signed(Body, Body);
        foreach ((HttpMethod method, string target, string? host) in new[]
        {
            (HttpMethod.Put, "/jobs/b/data", null),
            (HttpMethod.Post, "/jobs/a/data", null),
            (HttpMethod.Put, "/jobs/a/data", "10.0.0.7:7400"),
            (HttpMethod.Put, "/jobs/a/data", (string?)$"localhost:{_server.Address.Port}"),
        })
        {
            using HttpRequestMessage replay = new(method, new Uri(_server.Address, target)) { Content = new ByteArrayContent(Body) };
            replay.Headers.Host = host;
            foreach ((string name, HeaderStringValues values) in recorded.Headers.NonValidated.Select(header => (header.Key, header.Value)))
            {
                replay.Headers.TryAddWithoutValidation(name, values.ToString());
            }

            (HttpStatusCode status, string text) = await GuardedServer.SendAsync(replay);

            status.ShouldBe(HttpStatusCode.Unauthorized);
            text.ShouldContain($"another request than {method} {target} at {host ?? _server.Address.Authority}");
        }

        _server.Calls.ShouldBe(0);
        (await GuardedServer.SendAsync(recorded)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_big_body_reaches_the_endpoint_while_it_is_still_being_sent()
    {
        byte[] piece = new byte[1 << 20];
        const int Pieces = 64;
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int sent = 0; sent < Pieces; sent++)
        {
            hash.AppendData(piece);
        }

        TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        long read = 0;
        _server.Endpoint = async context =>
        {
            byte[] buffer = new byte[1 << 16];
            while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and int come)
            {
                read += come;
                arrived.TrySetResult();
            }
        };
        using HttpRequestMessage request = new(HttpMethod.Put, _server.Address)
        {
            // The rest is sent only once the endpoint has read something: a guard that kept the body first would wait for ever.
            Content = new Pushed(async stream =>
            {
                await stream.WriteAsync(piece);
                await stream.FlushAsync();
                await arrived.Task;
                for (int sent = 1; sent < Pieces; sent++)
                {
                    await stream.WriteAsync(piece);
                }
            }),
        };
        Secret.Sign(request, Convert.ToHexStringLower(hash.GetHashAndReset()), TimeProvider.System.GetUtcNow());

        (await GuardedServer.SendAsync(request)).Status.ShouldBe(HttpStatusCode.OK);

        read.ShouldBe(Pieces * piece.Length);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task No_byte_of_a_body_is_read_twice_or_beyond_what_the_endpoint_asks_for(bool hasLength)
    {
        using CountedStream body = new(Body);
        DefaultHttpContext context = new();
        context.Request.Method = "PUT";
        context.Request.Host = new HostString("here:1");
        context.Features.Get<IHttpRequestFeature>()!.RawTarget = "/a";
        context.Request.Body = body;
        context.Request.ContentLength = hasLength ? Body.Length : null;
        SignedRequest signed = new("PUT", "here:1", "/a", BodyHash.Of(Body));
        context.Request.Headers[BodyHash.Header] = signed.BodyHash;
        context.Request.Headers.Authorization = Secret.HeaderFor(signed, TimeProvider.System.GetUtcNow());
        RequestDelegate guarded = SecretGuard.Guard(
            Secret,
            async inner =>
            {
                body.Taken.ShouldBe(0);
                await inner.Request.Body.ReadExactlyAsync(new byte[1000]);
                body.Taken.ShouldBe(1000);
                using MemoryStream rest = new();
                await inner.Request.Body.CopyToAsync(rest);
                rest.ToArray().ShouldBe(Body[1000..]);
            },
            TimeProvider.System, NullLogger.Instance);

        await guarded(context);

        context.Response.StatusCode.ShouldBe(StatusCodes.Status200OK);
        body.Taken.ShouldBe(Body.Length);
    }

    private HttpRequestMessage Signed(byte[] signed, byte[] sent, bool isChunked = false)
    {
        HttpRequestMessage request = new(HttpMethod.Put, new Uri(_server.Address, "/jobs/a/data"))
        {
            Content = isChunked ? new Pushed(stream => stream.WriteAsync(sent).AsTask()) : new ByteArrayContent(sent),
        };
        Secret.Sign(request, BodyHash.Of(signed), TimeProvider.System.GetUtcNow());
        return request;
    }

    /// <summary>A body of a length that is not known beforehand.</summary>
    private sealed class Pushed(Func<Stream, Task> write) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => write(stream);

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    /// <summary>Runs forward once, and counts.</summary>
    private sealed class CountedStream(byte[] bytes) : MemoryStream(bytes)
    {
        public long Taken { get; private set; }

        public override bool CanSeek => false;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await base.ReadAsync(buffer, cancellationToken);
            Taken += read;
            return read;
        }
    }
}
