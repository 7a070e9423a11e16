using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DistRec.Cluster.Security;
using DistRec.Training.Blocks;

namespace DistRec.Cluster.Blocks;

/// <summary>Makes one request of a pull, on connections that carry nothing but blocks.</summary>
internal sealed class BlockClient : IDisposable
{
    // What an answer says in words is cut there: it may come from a node of any version, or from no node at all.
    private const int MaxReasonBytes = 2000;

    private readonly HttpBlockExchangeOptions _options;
    private readonly HttpMessageInvoker _http;

    public BlockClient(HttpBlockExchangeOptions options)
    {
        _options = options;
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = options.ConnectTimeout,
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),

            // A transfer that is given up closes its connection: reading on to use it again would cost more.
            MaxResponseDrainSize = 0,
            ResponseDrainTimeout = TimeSpan.Zero,
            ConnectCallback = ConnectAsync,
        };
        options.ConfigureHandler?.Invoke(handler);
        _http = new HttpMessageInvoker(handler);
    }

    /// <summary>Asks a node for a block.</summary>
    /// <exception cref="OperationCanceledException">
    /// The token fired; or the peer was silent for too long, which counts as failed.
    /// </exception>
    public async Task<BlockAnswer<TBlock>> AskAsync<TBlock>(
        Uri node, BlockRequest pull, IBlockReader<TBlock> reader, TrafficCounters.Line traffic, CancellationToken cancellationToken)
        where TBlock : IBlock
    {
        using IdleTimer idle = new(_options.Time, cancellationToken);
        try
        {
            using HttpRequestMessage request = CreateRequest(node, pull, reader.Selection, traffic);

            // An owner answers at the latest when its poll is over.
            idle.Start(_options.PollTimeout + _options.IdleTimeout);
            using HttpResponseMessage response = await _http.SendAsync(request, idle.Token).ConfigureAwait(false);
            idle.Stop();
            return response.StatusCode == HttpStatusCode.OK
                ? await ReadBlockAsync(response, reader, idle, traffic, cancellationToken).ConfigureAwait(false)
                : await ReadRefusalAsync<TBlock>(response, idle).ConfigureAwait(false);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested
            && (failure is HttpRequestException or IOException or SocketException
                || (failure is OperationCanceledException && idle.HasExpired)))
        {
            return new BlockAnswer<TBlock>(AnswerKind.Failed, Reason: ReasonOf(failure, idle));
        }
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage CreateRequest(Uri node, BlockRequest pull, ReadOnlyMemory<byte> selection, TrafficCounters.Line traffic)
    {
        HttpRequestMessage request = new(HttpMethod.Post, new Uri(node, pull.PathAndQuery))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new SelectionContent(selection, traffic),
        };
        _options.Secret?.Sign(request, BodyHash.Of(selection.Span), _options.Time.GetUtcNow());
        return request;
    }

    private async Task<BlockAnswer<TBlock>> ReadBlockAsync<TBlock>(
        HttpResponseMessage response,
        IBlockReader<TBlock> reader,
        IdleTimer idle,
        TrafficCounters.Line traffic,
        CancellationToken cancellationToken)
        where TBlock : IBlock
    {
        long length = (response.Content.Headers.ContentLength ?? 0) - BlockRequest.ChecksumBytes;
        if (length < 0)
        {
            return new BlockAnswer<TBlock>(AnswerKind.Failed, Reason: "expected a length and a checksum, found none");
        }

        long began = _options.Time.GetTimestamp();
        Stream body = await response.Content.ReadAsStreamAsync(idle.Token).ConfigureAwait(false);
        await using ChecksumReadStream stream = new(body, length, idle, _options.IdleTimeout, traffic.CountReceived);
        TBlock block;
        string? damage;
        try
        {
            block = await reader.ReadAsync(stream, length, idle.Token).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (stream.Failure is not null)
            {
                return new BlockAnswer<TBlock>(AnswerKind.Failed, Reason: ReasonOf(stream.Failure, idle));
            }

            // Does the reader not like the block, or was it damaged on its way?
            damage = await stream.FindDamageAsync().ConfigureAwait(false);
            return damage is null
                ? new BlockAnswer<TBlock>(AnswerKind.Unreadable, Failure: failure)
                : new BlockAnswer<TBlock>(AnswerKind.Failed, Reason: damage);
        }

        long unread = stream.Remaining;
        damage = await stream.FindDamageAsync().ConfigureAwait(false);
        if (damage is not null)
        {
            return new BlockAnswer<TBlock>(AnswerKind.Failed, Reason: damage);
        }

        return unread == 0
            ? new BlockAnswer<TBlock>(AnswerKind.Block, block, Transfer: _options.Time.GetElapsedTime(began))
            : new BlockAnswer<TBlock>(
                AnswerKind.Unreadable,
                Failure: new InvalidDataException(
                    $"{reader.GetType().Name}: expected to read a block of {length} bytes, found {unread} left unread"));
    }

    private static async Task<BlockAnswer<TBlock>> ReadRefusalAsync<TBlock>(HttpResponseMessage response, IdleTimer idle)
        where TBlock : IBlock
    {
        int status = (int)response.StatusCode;
        switch (response.StatusCode)
        {
            case HttpStatusCode.NoContent:
                return new BlockAnswer<TBlock>(AnswerKind.NotYet, Number: NumberIn(response, BlockRequest.DropsHeader));
            case HttpStatusCode.Gone:
                return new BlockAnswer<TBlock>(AnswerKind.Dropped);
        }

        string reason = await ReadReasonAsync(response, idle).ConfigureAwait(false);
        AnswerKind kind = response.StatusCode switch
        {
            HttpStatusCode.Conflict => AnswerKind.OtherType,

            // A node that starts has not mapped its endpoints yet.
            HttpStatusCode.NotFound or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests => AnswerKind.Failed,
            _ => status is >= 400 and < 500 ? AnswerKind.Refused : AnswerKind.Failed,
        };
        return new BlockAnswer<TBlock>(kind, Reason: kind == AnswerKind.Failed ? $"status {status} {reason}" : reason, Number: status);
    }

    private static string ReasonOf(Exception failure, IdleTimer idle) =>
        idle.HasExpired ? "the node was silent for too long" : failure.Message;

    private static long? NumberIn(HttpResponseMessage response, string header) =>
        response.Headers.TryGetValues(header, out IEnumerable<string>? values)
        && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : null;

    private static async Task<string> ReadReasonAsync(HttpResponseMessage response, IdleTimer idle)
    {
        byte[] bytes = new byte[MaxReasonBytes];
        Stream body = await response.Content.ReadAsStreamAsync(idle.Token).ConfigureAwait(false);
        int read = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, idle.Token).ConfigureAwait(false);
        return System.Text.Encoding.UTF8.GetString(bytes, 0, read);
    }

    private static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        Socket socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A selection as a request's body, of a length known up front.</summary>
    private sealed class SelectionContent(ReadOnlyMemory<byte> selection, TrafficCounters.Line traffic) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
            SerializeToStreamAsync(stream, context, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            await stream.WriteAsync(selection, cancellationToken).ConfigureAwait(false);
            traffic.CountSent(selection.Length);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = selection.Length;
            return true;
        }
    }
}
