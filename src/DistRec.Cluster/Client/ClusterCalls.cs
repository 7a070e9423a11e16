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

    public ClusterCalls(Uri address, ClusterSecret? secret, ClusterClientOptions options)
    {
        Address = address;
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

    /// <summary>Where the cluster is.</summary>
    public Uri Address { get; }

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
        Uri uri = new(Address, target);
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
                    throw await RefusalAsync(response, method, uri, body, idle.Token).ConfigureAwait(false);
                }

                long length = response.Content.Headers.ContentLength ?? -1;
                return await read(new WatchedStream(body, idle), length, idle.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            string found = idle.HasExpired ? $"no answer for {limit.TotalSeconds:0.#} s" : "no connection in time";
            throw new ClusterUnreachableException(Unreachable(found), exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // A connection that is given up may break before it is told why.
            cancellationToken.ThrowIfCancellationRequested();
            throw TlsFault.Of(exception, Address, _certificates is not null)
                ?? new ClusterUnreachableException(Unreachable(WordsOf(exception)), exception);
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

    private string Unreachable(string found) =>
        $"{Address}: expected a DistRec cluster, found {found}; "
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
        HttpResponseMessage response, HttpMethod method, Uri uri, Stream body, CancellationToken cancellationToken)
    {
        byte[] bytes = new byte[MaxProblemBytes];
        int length = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        int status = (int)response.StatusCode;
        string why = System.Text.Encoding.UTF8.GetString(bytes, 0, length).ReplaceLineEndings(" ").Trim();
        if (response.StatusCode == HttpStatusCode.Unauthorized)
        {
            return new ClusterRefusedException(
                _secret is null
                    ? $"{Address}: expected the cluster's secret, found none; give the file that it is in with --secret-file"
                    : $"{Address}: expected the cluster's secret, found {(why.Length == 0 ? "another one" : $"what it refuses ({why})")}; "
                        + "give the file of this cluster's secret with --secret-file",
                response.StatusCode);
        }

        string? words = ReadProblem(bytes.AsSpan(0, length));
        if (response.StatusCode == HttpStatusCode.Forbidden)
        {
            words ??= why.Length == 0 ? "the request was refused" : why;
            return new ClusterRefusedException($"{Address}: {words}", response.StatusCode);
        }

        if (status >= 500 || response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests)
        {
            return new ClusterUnreachableException(
                words is null
                    ? Unreachable($"the answer {status} {response.ReasonPhrase}")
                    : $"{Address}: the cluster cannot answer {method} {uri.AbsolutePath} now ({status}): {words}");
        }

        // A node that starts has not mapped its endpoints yet, and a worker never does.
        return words is null
            ? new ClusterUnreachableException(
                Unreachable($"the answer {status} {response.ReasonPhrase} of something else or of a node that is not a coordinator"))
            : new ClusterRefusedException($"{Address}: {words}", response.StatusCode);
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
