using System.Numerics;
using System.Runtime.ExceptionServices;
using DistRec.Actors.Cluster.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace DistRec.Actors.Cluster.Blocks;

/// <summary>
/// The block exchange of a node: blocks are published and handed over here as in one process, and pulled from other nodes over
/// HTTP, on connections that carry nothing else. Nodes only pull; nothing is ever sent to a node that did not ask.
/// </summary>
/// <remarks>
/// <para>A pull goes on until the block is there: broken and damaged transfers, frozen and restarted nodes and actors that move
/// only make it ask again. It ends with the block, or as <see cref="IBlockExchange.PullAsync"/> says, or with
/// <see cref="BlockRefusedException"/>, or with <see cref="BlockUnreachableException"/> when a member of the cluster does nothing but
/// fail. A block that nobody will ever publish is not told from one that is late: the caller's cancellation token is what bounds a
/// pull.</para>
/// <para><see cref="DropThrough"/> and <see cref="DropJob"/> act on this node alone: they free its blocks, fail other nodes' pulls
/// of them, and fail this node's own pulls of such rounds from anywhere. Every node has to be told.</para>
/// </remarks>
public sealed class HttpBlockExchange : IBlockExchange, IDisposable
{
    private readonly IActorDirectory _directory;
    private readonly HttpBlockExchangeOptions _options;
    private readonly LocalBlockExchange _local = new();
    private readonly JobDrops _drops = new();
    private readonly TrafficCounters _traffic = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly PendingPulls _pending;
    private readonly BlockClient _client;
    private readonly BlockServer _server;
    private int _disposed;

    /// <param name="directory">Tells which node an actor lives on.</param>
    /// <param name="options">How blocks travel.</param>
    /// <exception cref="ArgumentException">The options are not usable.</exception>
    public HttpBlockExchange(IActorDirectory directory, HttpBlockExchangeOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(directory);
        _directory = directory;
        _options = options ?? new HttpBlockExchangeOptions();
        _options.Validate();
        _pending = new PendingPulls(_stop.Token);
        _client = new BlockClient(_options, _traffic);
        _server = new BlockServer(_local, _drops, directory, _options, _traffic);
    }

    /// <summary>What was carried so far, by job and name.</summary>
    public IReadOnlyList<BlockTraffic> Traffic => _traffic.Snapshot();

    /// <summary>All that was carried so far.</summary>
    public NodeTraffic TotalTraffic => _traffic.Total;

    /// <summary>The end that answers other nodes.</summary>
    internal BlockServer Server => _server;

    /// <summary>Lets other nodes pull from here, if they prove the cluster's secret.</summary>
    public IEndpointConventionBuilder MapBlocks(IEndpointRouteBuilder endpoints)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        return endpoints.MapPost(
            BlockRequest.Path, SecretGuard.Guard(_options.Secret, _server.AnswerAsync, _options.Time, _options.Logger));
    }

    /// <inheritdoc/>
    public void Publish(BlockKey key, IBlock block) => _local.Publish(key, block);

    /// <inheritdoc/>
    /// <exception cref="BlockRefusedException">The owner's node refused the secret or the selection.</exception>
    /// <exception cref="BlockUnreachableException">The owner's node could not be made to give it for <see cref="HttpBlockExchangeOptions.UnreachableTimeout"/>.</exception>
    /// <exception cref="UnknownActorException">No such actor was ever registered.</exception>
    public ValueTask<TBlock> PullAsync<TBlock>(
        ActorAddress owner, BlockKey key, IBlockReader<TBlock> reader, CancellationToken cancellationToken = default)
        where TBlock : IBlock
    {
        ArgumentNullException.ThrowIfNull(reader);
        cancellationToken.ThrowIfCancellationRequested();
        return _local.Find(key) is not null && _directory.IsHere(owner)
            ? _local.PullAsync(owner, key, reader, cancellationToken)
            : new ValueTask<TBlock>(PullFromHostAsync(owner, key, reader, cancellationToken));
    }

    /// <summary>Frees this node's blocks of that and older rounds; see the remarks.</summary>
    public void DropThrough(string job, long round)
    {
        _local.DropThrough(job, round);
        _pending.Drop(job, round);
    }

    /// <summary>Frees this node's blocks of a job; see the remarks. Its traffic stays counted.</summary>
    public void DropJob(string job)
    {
        _drops.Add(job);
        _local.DropJob(job);
        _pending.Drop(job, long.MaxValue);
    }

    /// <summary>Forgets the traffic of a job whose counts nobody needs any more.</summary>
    public void ForgetTraffic(string job) => _traffic.Forget(job);

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

    private async Task<TBlock> PullFromHostAsync<TBlock>(
        ActorAddress owner, BlockKey key, IBlockReader<TBlock> reader, CancellationToken cancellationToken)
        where TBlock : IBlock
    {
        using PendingPull pending = _pending.Begin(key, cancellationToken);

        // Known to the drops now: what was dropped before is seen here, what is dropped later ends the pull.
        _local.Find(key);
        BlockRequest request = new(owner, key, typeof(TBlock).FullName ?? typeof(TBlock).Name, Drops: null);
        int fruitless = 0;
        (Uri Host, long Since)? failing = null;
        try
        {
            while (true)
            {
                ActorHost host = await _directory.FindAsync(owner, pending.Token).ConfigureAwait(false);
                long began = _options.Time.GetTimestamp();
                BlockAnswer<TBlock> answer = await TakeTurnAsync(host, request, reader, pending.Token).ConfigureAwait(false);
                switch (answer.Kind)
                {
                    case AnswerKind.Here:
                        return answer.Block!;
                    case AnswerKind.Block:
                        _traffic.Of(key).CountPull(answer.Transfer);
                        return answer.Block!;
                    case AnswerKind.NotYet:
                        request = request with { Drops = answer.Number };
                        fruitless = 0;
                        failing = null;
                        break;
                    case AnswerKind.NotHere or AnswerKind.Moved or AnswerKind.Failed:
                        failing = answer.Kind != AnswerKind.Failed ? null
                            : failing is { } since && since.Host == host.Address ? since : (host.Address, began);
                        if (failing is { } known && _options.Time.GetElapsedTime(known.Since) >= _options.UnreachableTimeout)
                        {
                            throw new BlockUnreachableException(key, host.Address, _options.UnreachableTimeout, answer.Reason);
                        }

                        fruitless++;
                        _traffic.Of(key).CountRetry();
                        LogRetry(fruitless, request, host, answer);
                        await BackOffAsync(fruitless, host, pending.Token).ConfigureAwait(false);
                        break;
                    default:
                        Fail(key, typeof(TBlock), host, answer);
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

    private async Task<BlockAnswer<TBlock>> TakeTurnAsync<TBlock>(
        ActorHost host, BlockRequest request, IBlockReader<TBlock> reader, CancellationToken pullEnds)
        where TBlock : IBlock
    {
        using CancellationTokenSource turn = CancellationTokenSource.CreateLinkedTokenSource(pullEnds, host.Moved);
        try
        {
            if (!_directory.IsHere(request.Owner))
            {
                return await _client.AskAsync(host.Address, request, reader, turn.Token).ConfigureAwait(false);
            }

            TBlock block = await _local.PullAsync(request.Owner, request.Key, reader, turn.Token).ConfigureAwait(false);
            return new BlockAnswer<TBlock>(AnswerKind.Here, block);
        }
        catch (Exception failure) when (failure is OperationCanceledException or HttpRequestException or IOException
            && host.Moved.IsCancellationRequested && !pullEnds.IsCancellationRequested)
        {
            return new BlockAnswer<TBlock>(AnswerKind.Moved, Reason: "its owner's host changed");
        }
    }

    private async Task BackOffAsync(int fruitless, ActorHost host, CancellationToken pullEnds)
    {
        bool hasMoved = host.Moved.IsCancellationRequested;
        if (hasMoved && fruitless == 1)
        {
            // The new host is as good as any first one.
            return;
        }

        // A change of the host cuts the wait short; one that was known before it cannot, or the loop would spin.
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(pullEnds, hasMoved ? CancellationToken.None : host.Moved);
        try
        {
            await Task.Delay(Backoff.After(fruitless, _options.FirstBackoff, _options.LongestBackoff), _options.Time, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!pullEnds.IsCancellationRequested)
        {
        }
    }

    private void LogRetry<TBlock>(int fruitless, BlockRequest request, ActorHost host, BlockAnswer<TBlock> answer)
    {
        // A pull may wait for long: the log hears of its 4th, 8th, 16th fruitless turn.
        LogLevel level = fruitless >= 4 && BitOperations.IsPow2(fruitless) ? LogLevel.Warning : LogLevel.Debug;
        if (!_options.Logger.IsEnabled(level))
        {
            return;
        }

        string reason = answer.Kind == AnswerKind.NotHere
            ? $"by its table {answer.Number} the owner {request.Owner} does not live there, by this node's table {_directory.TableVersion} it does"
            : answer.Reason;
        _options.Logger.Log(
            level, "A pull of {Key} from {Host} is repeated after {Turns} fruitless turns: {Reason}.", request.Key, host.Address, fruitless, reason);
    }

    private static void Fail<TBlock>(BlockKey key, Type expected, ActorHost host, BlockAnswer<TBlock> answer)
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

        throw new BlockRefusedException(key, host.Address, (int)(answer.Number ?? 0), answer.Reason);
    }
}
