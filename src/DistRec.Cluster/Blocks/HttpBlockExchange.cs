using System.Numerics;
using System.Runtime.ExceptionServices;
using DistRec.Cluster.Security;
using DistRec.Training.Blocks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace DistRec.Cluster.Blocks;

/// <summary>
/// The block exchange of a node: blocks are published and handed over here as in one process, and pulled from other nodes over
/// HTTP, on connections that carry nothing else. Nodes only pull; nothing is ever sent to a node that did not ask.
/// </summary>
/// <remarks>
/// <para>A pull goes on until the block is there: broken and damaged transfers, frozen and restarted nodes only make it ask again.
/// It ends with the block, or as <see cref="IBlockExchange.PullAsync"/> says, or with <see cref="BlockRefusedException"/>, or with
/// <see cref="BlockUnreachableException"/> when the node does nothing but fail. A block that nobody will ever publish is not told from
/// one that is late: the caller's cancellation token is what bounds a pull, also of a partition that has moved to another node.</para>
/// <para><see cref="DropThrough"/> and <see cref="DropJob"/> act on this node alone: they free its blocks, fail other nodes' pulls
/// of them, and fail this node's own pulls of such rounds from anywhere. Every node has to be told.</para>
/// </remarks>
public sealed class HttpBlockExchange : IBlockExchange, IDisposable
{
    private readonly HttpBlockExchangeOptions _options;
    private readonly LocalBlockExchange _local = new();
    private readonly JobDrops _drops = new();
    private readonly TrafficCounters _traffic = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly PendingPulls _pending;
    private readonly BlockClient _client;
    private readonly BlockServer _server;
    private volatile string _endpoint = "";
    private int _disposed;

    /// <param name="endpoint">
    /// See <see cref="Endpoint"/>; empty where the port is known only after the start, to be set then.
    /// </param>
    /// <param name="options">How blocks travel.</param>
    /// <exception cref="ArgumentException">The endpoint is not one, or the options are not usable.</exception>
    public HttpBlockExchange(string endpoint = "", HttpBlockExchangeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        _options = options ?? new HttpBlockExchangeOptions();
        _options.Validate();
        if (endpoint.Length > 0)
        {
            Endpoint = endpoint;
        }

        _pending = new PendingPulls(_stop.Token);
        _client = new BlockClient(_options);
        _server = new BlockServer(_local, _drops, _options, _traffic);
    }

    /// <summary>
    /// Where other nodes reach this one, such as <c>http://10.0.0.7:7400/</c>; empty until it is known. Set once, before
    /// anything is pulled.
    /// </summary>
    /// <exception cref="ArgumentException">It is not the address of a node.</exception>
    /// <exception cref="InvalidOperationException">It is set already.</exception>
    public string Endpoint
    {
        get => _endpoint;
        set => _endpoint = _endpoint.Length == 0
            ? AddressOf(value, "the endpoint of a block exchange").AbsoluteUri
            : throw new InvalidOperationException(
                $"the endpoint of a block exchange: expected to be set once, found {_endpoint} when {value} was set");
    }

    /// <summary>All that was carried so far.</summary>
    public NodeTraffic TotalTraffic => _traffic.Total;

    /// <summary>The end that answers other nodes.</summary>
    internal BlockServer Server => _server;

    /// <summary>Lets other nodes pull from here, if they prove the cluster's secret.</summary>
    public IEndpointConventionBuilder MapBlocks(IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        return endpoints.MapPost(
            BlockRequest.Path, SecretGuard.Guard(_options.Secret, _server.AnswerAsync, _options.Time, _options.Logger, AdvertisedHost));
    }

    /// <inheritdoc/>
    public void Publish(BlockKey key, IBlock block) => _local.Publish(key, block);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The endpoint is empty or not the address of a node.</exception>
    /// <exception cref="BlockRefusedException">The owner's node refused the secret or the selection.</exception>
    /// <exception cref="BlockUnreachableException">
    /// The owner's node could not be made to give it for <see cref="HttpBlockExchangeOptions.UnreachableTimeout"/>.
    /// </exception>
    public ValueTask<TBlock> PullAsync<TBlock>(
        string endpoint, BlockKey key, IBlockReader<TBlock> reader, CancellationToken cancellationToken = default)
        where TBlock : IBlock
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        ArgumentNullException.ThrowIfNull(reader);
        cancellationToken.ThrowIfCancellationRequested();
        string own = _endpoint;
        if (endpoint.Length > 0 && endpoint == own)
        {
            return _local.PullAsync(endpoint, key, reader, cancellationToken);
        }

        Uri node = AddressOf(endpoint, $"the endpoint to pull {key} from");
        return node.AbsoluteUri == own
            ? _local.PullAsync(own, key, reader, cancellationToken)
            : new ValueTask<TBlock>(PullFromNodeAsync(node, key, reader, cancellationToken));
    }

    /// <summary>Frees this node's blocks of that and older rounds; see the remarks.</summary>
    public void DropThrough(string job, long round)
    {
        _local.DropThrough(job, round);
        _pending.Drop(job, round);
    }

    /// <summary>Frees this node's blocks of a job; see the remarks.</summary>
    public void DropJob(string job)
    {
        _drops.Add(job);
        _local.DropJob(job);
        _pending.Drop(job, long.MaxValue);
    }

    /// <summary>Frees everything and fails the pulls that wait, and all later calls; other nodes ask again.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _stop.Cancel();
            _local.Dispose();
            _client.Dispose();
            _stop.Dispose();
        }
    }

    private static Uri AddressOf(string endpoint, string what) =>
        Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address) && address.Scheme is "http" or "https"
            ? address
            : throw new ArgumentException(
                $"{what}: expected the address of a node such as http://10.0.0.7:7400/, found \"{endpoint}\"", nameof(endpoint));

    private string? AdvertisedHost() => _endpoint.Length == 0 ? null : new Uri(_endpoint).Host;

    private async Task<TBlock> PullFromNodeAsync<TBlock>(
        Uri node, BlockKey key, IBlockReader<TBlock> reader, CancellationToken cancellationToken)
        where TBlock : IBlock
    {
        using PendingPull pending = _pending.Begin(key, cancellationToken);

        // Known to the drops now: what was dropped before is seen here, what is dropped later ends the pull.
        _local.Find(key);
        TrafficCounters.Line traffic = _traffic.Of(key);
        BlockRequest request = new(key, typeof(TBlock).FullName ?? typeof(TBlock).Name, Drops: null);
        int failures = 0;
        long failingSince = 0;
        try
        {
            while (true)
            {
                long began = _options.Time.GetTimestamp();
                BlockAnswer<TBlock> answer = await _client.AskAsync(node, request, reader, traffic, pending.Token).ConfigureAwait(false);
                switch (answer.Kind)
                {
                    case AnswerKind.Block:
                        traffic.CountPull(answer.Transfer);
                        return answer.Block!;
                    case AnswerKind.NotYet:
                        request = request with { Drops = answer.Number };
                        failures = 0;
                        break;
                    case AnswerKind.Failed:
                        failingSince = failures++ == 0 ? began : failingSince;
                        if (_options.Time.GetElapsedTime(failingSince) >= _options.UnreachableTimeout)
                        {
                            throw new BlockUnreachableException(key, new Uri(_endpoint), node, _options.UnreachableTimeout, answer.Reason);
                        }

                        traffic.CountRetry();
                        LogRetry(failures, key, node, answer.Reason);
                        TimeSpan wait = Backoff.After(failures, _options.FirstBackoff, _options.MaxBackoff);
                        await Task.Delay(wait, _options.Time, pending.Token).ConfigureAwait(false);
                        break;
                    default:
                        Fail(key, typeof(TBlock), node, answer);
                        break;
                }
            }
        }
        catch (Exception) when (pending.Token.IsCancellationRequested)
        {
            pending.ThrowIfEnded();
            throw;
        }
    }

    private void LogRetry(int failures, BlockKey key, Uri node, string reason)
    {
        // A pull may wait for long: the log hears of its 4th, 8th, 16th failure.
        LogLevel level = failures >= 4 && BitOperations.IsPow2(failures) ? LogLevel.Warning : LogLevel.Debug;
        if (_options.Logger.IsEnabled(level))
        {
            _options.Logger.Log(
                level, "A pull of {Key} from {Node} is repeated after {Failures} failures: {Reason}.", key, node, failures, reason);
        }
    }

    private static void Fail<TBlock>(BlockKey key, Type expected, Uri node, BlockAnswer<TBlock> answer)
    {
        switch (answer.Kind)
        {
            case AnswerKind.Dropped:
                throw new BlockDroppedException(key);
            case AnswerKind.OtherType:
                throw new BlockTypeException(key, expected.Name, answer.Reason);
            case AnswerKind.Unreadable when answer.Failure is not null:
                ExceptionDispatchInfo.Throw(answer.Failure);
                break;
        }

        throw new BlockRefusedException(key, node, (int)(answer.Number ?? 0), answer.Reason);
    }
}
