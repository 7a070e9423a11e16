using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using DistRec.Cluster.Api;
using DistRec.Cluster.Security;
using Google.Protobuf;

namespace DistRec.Cluster.Client;

/// <summary>
/// Makes single requests to a cluster: proves the secret, keeps to time limits, and turns whatever goes wrong into words.
/// </summary>
internal sealed class ClusterCalls : IDisposable
{
    // What a refusal says is cut there: it may come from anything that listens at the address.
    private const int MaxProblemBytes = 8192;

    private readonly ClusterSecret? _secret;
    private readonly Certificates? _certificates;
    private readonly HttpMessageInvoker _http;
    private readonly IReadOnlyList<Uri> _addresses;
    private int _current;

    /// <param name="addresses">Of coordinators: where one does not answer, the next call is made to the next.</param>
    /// <param name="secret">The cluster's secret; null where it has none.</param>
    /// <param name="options">Time limits.</param>
    public ClusterCalls(IReadOnlyList<Uri> addresses, ClusterSecret? secret, ClusterClientOptions options)
    {
        _addresses = addresses;
        Options = options;
        _secret = secret;
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = options.ConnectTimeout,
        };
        _certificates = options.Tls is { } tls ? new Certificates(tls) : null;
        _certificates?.Secure(handler.SslOptions);
        options.ConfigureHandler?.Invoke(handler);
        _http = new HttpMessageInvoker(handler);
    }

    /// <summary>Where the next call is made to.</summary>
    public Uri Address => _addresses[Volatile.Read(ref _current)];

    public ClusterClientOptions Options { get; }

    /// <summary>Makes a request whose answer is JSON.</summary>
    public Task<T> AskAsync<T>(
        HttpMethod method, string target, JsonTypeInfo<T> type, CancellationToken cancellationToken, Func<HttpContent>? content = null)
        where T : class =>
        SendAsync(
            method, target, _ => content?.Invoke(), Options.AnswerTimeout,
            async (body, _, token) =>
                await JsonSerializer.DeserializeAsync(body, type, token).ConfigureAwait(false) ?? throw new JsonException("null"),
            cancellationToken);

    /// <summary>Makes a request whose answer says nothing but that it is done.</summary>
    public Task TellAsync(
        HttpMethod method, string target, CancellationToken cancellationToken, Func<IdleLimit, HttpContent?>? content = null) =>
        SendAsync(
            method, target, content ?? (_ => null), content is null ? Options.AnswerTimeout : Options.IdleTimeout,
            static (_, _, _) => Task.FromResult(true), cancellationToken);

    /// <summary>Makes a request.</summary>
    /// <param name="method">Such as PUT.</param>
    /// <param name="target">Path and query, after the address.</param>
    /// <param name="content">Makes the body; null for none.</param>
    /// <param name="limit">How long nothing may move.</param>
    /// <param name="read">Reads the body of a successful answer: the body, its length or −1, a token.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ClusterException">It did not succeed.</exception>
    public async Task<T> SendAsync<T>(
        HttpMethod method,
        string target,
        Func<IdleLimit, HttpContent?> content,
        TimeSpan limit,
        Func<Stream, long, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        int current = Volatile.Read(ref _current);
        try
        {
            return await SendAsync(_addresses[current], method, target, content, limit, read, cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterUnreachableException)
        {
            Interlocked.CompareExchange(ref _current, (current + 1) % _addresses.Count, current);
            throw;
        }
    }

    private async Task<T> SendAsync<T>(
        Uri address,
        HttpMethod method,
        string target,
        Func<IdleLimit, HttpContent?> content,
        TimeSpan limit,
        Func<Stream, long, CancellationToken, Task<T>> read,
        CancellationToken cancellationToken)
    {
        Uri uri = new(address, target);
        using IdleLimit idle = new(limit, Options.Time, cancellationToken);
        try
        {
            using HttpRequestMessage request = CreateRequest(method, uri, content(idle));
            await SignAsync(request, idle.Token).ConfigureAwait(false);
            using HttpResponseMessage response = await _http.SendAsync(request, idle.Token).ConfigureAwait(false);
            idle.Touch();
            Stream body = await response.Content.ReadAsStreamAsync(idle.Token).ConfigureAwait(false);
            await using (body.ConfigureAwait(false))
            {
                if (!response.IsSuccessStatusCode)
                {
                    throw await RefusalAsync(response, method, address, uri, body, idle.Token).ConfigureAwait(false);
                }

                long length = response.Content.Headers.ContentLength ?? -1;
                return await read(new WatchedStream(body, idle), length, idle.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            string found = idle.HasExpired ? $"no answer for {limit.TotalSeconds:0.#} s" : "no connection in time";
            throw new ClusterUnreachableException(Unreachable(address, found), exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // A connection that is given up may break before it is told why.
            cancellationToken.ThrowIfCancellationRequested();
            throw TlsFault.Of(exception, address, _certificates is not null)
                ?? new ClusterUnreachableException(Unreachable(address, WordsOf(exception)), exception);
        }
        catch (Exception exception) when (
            exception is JsonException or InvalidDataException or InvalidJsonException or InvalidProtocolBufferException)
        {
            throw new ClusterAnswerException(
                $"{method} {uri}: expected the answer of a DistRec cluster, found another one ({WordsOf(exception)}); "
                + "check that client and cluster are of one version",
                exception);
        }
    }

    public void Dispose()
    {
        _http.Dispose();
        _certificates?.Dispose();
    }

    private static string WordsOf(Exception exception)
    {
        // The outermost message of a failed request is mostly that it failed.
        Exception cause = exception is HttpRequestException { InnerException: { } inner } ? inner : exception;
        return cause.Message.ReplaceLineEndings(" ").TrimEnd('.');
    }

    private static string Unreachable(Uri address, string found) =>
        $"{address}: expected a DistRec cluster, found {found}; "
        + "check the address and port, that the coordinator runs there, and that no firewall is between";

    private static HttpRequestMessage CreateRequest(HttpMethod method, Uri uri, HttpContent? content)
    {
        HttpRequestMessage request = new(method, uri)
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };

        // Whoever is refused should not have sent hundreds of megabytes first.
        request.Headers.ExpectContinue = content is BlockContent;
        return request;
    }

    private async Task SignAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_secret is null)
        {
            return;
        }

        string bodyHash = request.Content switch
        {
            null => BodyHash.Empty,
            BlockContent block => await block.HashAsync(cancellationToken).ConfigureAwait(false),
            { } inMemory => BodyHash.Of(await inMemory.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false)),
        };
        _secret.Sign(request, bodyHash, Options.Time.GetUtcNow());
    }

    private async Task<ClusterException> RefusalAsync(
        HttpResponseMessage response, HttpMethod method, Uri address, Uri uri, Stream body, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[MaxProblemBytes];
        int length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        int status = (int)response.StatusCode;
        string why = System.Text.Encoding.UTF8.GetString(bytes, 0, length).ReplaceLineEndings(" ").Trim();
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            return new ClusterRefusedException(
                _secret is null
                    ? $"{address}: expected the cluster's secret, found none; give the file that it is in with --secret-file"
                    : $"{address}: expected the cluster's secret, found {(why.Length == 0 ? "another one" : $"what it refuses ({why})")}; "
                        + "give the file of this cluster's secret with --secret-file",
                response.StatusCode);
        }

        string? words = ReadProblem(bytes.AsSpan(0, length));
        if (response.StatusCode == HttpStatusCode.Forbidden)
        {
            words ??= why.Length == 0 ? "the request was refused" : why;
            return new ClusterRefusedException($"{address}: {words}", response.StatusCode);
        }

        if (status >= 500 || response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests)
        {
            return new ClusterUnreachableException(
                words is null
                    ? Unreachable(address, $"the answer {status} {response.ReasonPhrase}")
                    : $"{address}: the cluster cannot answer {method} {uri.AbsolutePath} now ({status}): {words}");
        }

        // A node that starts has not mapped its endpoints yet, and a worker never does.
        return words is null
            ? new ClusterUnreachableException(
                Unreachable(address, $"the answer {status} {response.ReasonPhrase} of something else or of a node that is not a coordinator"))
            : new ClusterRefusedException($"{address}: {words}", response.StatusCode);
    }

    private static string? ReadProblem(ReadOnlySpan<byte> json)
    {
        try
        {
            ProblemAnswer? problem = JsonSerializer.Deserialize(json, ApiJson.Default.ProblemAnswer);
            string words = string.Join(": ", new[] { problem?.Title, problem?.Detail }.Where(part => !string.IsNullOrWhiteSpace(part)));
            return words.Length == 0 ? null : words;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
