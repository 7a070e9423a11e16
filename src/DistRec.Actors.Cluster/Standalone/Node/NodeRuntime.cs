using System.Collections.Concurrent;
using DistRec.Actors.Cluster.Blocks;
using DistRec.Actors.Cluster.Standalone.Protocol;
using DistRec.Actors.Runtime;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace DistRec.Actors.Cluster.Standalone;

/// <summary>
/// The actors that live on this node, and how messages get from here to anywhere. The seed decides what lives here;
/// this carries it out. The seed's own process has one like every worker.
/// </summary>
internal sealed partial class NodeRuntime : IActorHost
{
    private readonly StandaloneOptions _options;
    private readonly ILogger _logger;
    private readonly MessageTypes _types;
    private readonly ConcurrentDictionary<string, ActorKind> _kinds = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ActorAddress, HostedShard> _shards = new();
    private readonly PendingAsks _asks = new();
    private readonly RemoteMessages _remote;
    private readonly ConcurrentQueue<ActorFailedException> _stopFailures = new();
    private readonly TaskCompletionSource<ActorFailure> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private IFrameSink? _link;
    private volatile bool _isStopping;

    public NodeRuntime(StandaloneOptions options, IComputePool compute, ILogger logger)
    {
        _options = options;
        _logger = logger;
        _types = new MessageTypes(options.Messages);
        _remote = new RemoteMessages(options.Time, options.SendTimeout, () => _isStopping, MailboxCapacity);
        Directory = new ClusterDirectory(address => Find(address) is not null);
        Compute = compute;
    }

    public bool IsStopping => _isStopping;

    public TimeProvider Time => _options.Time;

    public IBlockExchange Blocks { get; set; } = null!;

    /// <summary>What its exchange has carried; nothing where it is not one over HTTP.</summary>
    public NodeTraffic Traffic => (Blocks as HttpBlockExchange)?.TotalTraffic ?? default;

    public IComputePool Compute { get; }

    public ClusterDirectory Directory { get; }

    public Task<ActorFailure> Failed => _failed.Task;

    public IReadOnlyCollection<ActorFailedException> StopFailures => _stopFailures;

    /// <summary>Completes when the seed has taken this node's last actor; null while it is not leaving.</summary>
    public TaskCompletionSource? Leaving { get; set; }

    public IEnumerable<KindShape> Shapes => _kinds.Values.Select(kind => kind.ToShape());

    public bool IsHere(ActorAddress address) => _shards.TryGetValue(address, out HostedShard? shard) && !shard.IsReleasing;

    public void Register(IReadOnlyList<ActorKind> kinds)
    {
        lock (_gate)
        {
            this.ThrowIfStopping();
            KindRegistration.Check(kinds, _kinds.Keys);
            foreach (ActorKind kind in kinds)
            {
                _kinds[kind.Name] = kind;
            }

            SendShapes(kinds);
        }
    }

    /// <summary>This node is in the cluster under an incarnation.</summary>
    public void Joined(IFrameSink link, long incarnation)
    {
        lock (_gate)
        {
            _link = link;
            SendShapes(_kinds.Values);
        }

        _remote.Connect(link, incarnation);
    }

    /// <summary>
    /// This node is no longer in the cluster: its actors end as if the process had died, because others may have taken
    /// their places already.
    /// </summary>
    public async Task AbandonAllAsync(string reason)
    {
        lock (_gate)
        {
            _link = null;
        }

        string cause = $"its node left the cluster: {reason}";
        Directory.Clear();
        _remote.Disconnect(cause);
        ActorCell[] cells = [.. _shards.Values.Select(shard => shard.Cell)];
        _shards.Clear();
        foreach (ActorCell cell in cells)
        {
            cell.Abandon(cause);
        }

        await AwaitEndAsync(cells).ConfigureAwait(false);
    }

    /// <summary>Set at once, before anything is ended.</summary>
    public void BeginStop() => _isStopping = true;

    /// <summary>Ends waits, then all actors in good order.</summary>
    /// <returns>The actors that did not end in time.</returns>
    public async Task<IReadOnlyList<ActorAddress>> StopAsync()
    {
        _asks.FailAll(static () => new ActorSystemStoppedException());
        _remote.FailAll(static () => new ActorSystemStoppedException());
        Directory.Clear();
        ActorCell[] cells = [.. _shards.Values.Select(shard => shard.Cell)];
        foreach (ActorCell cell in cells)
        {
            cell.Stop();
        }

        await AwaitEndAsync(cells).ConfigureAwait(false);
        return [.. cells.Where(cell => !cell.Stopped.IsCompleted).Select(cell => cell.Address)];
    }

    public ValueTask SendAsync(ActorAddress to, IMessage message, ActorAddress? sender, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        CheckSize(message);
        Check(to);
        if (MayDeliverHere(to, sender) is { } shard)
        {
            Envelope envelope = new(message, sender);
            if (TryDeliver(shard, envelope))
            {
                return ValueTask.CompletedTask;
            }

            WaitingDelivery? waiting = shard.Wait(
                envelope, null, _ => shard.Cell.DeliverAsync(envelope, _options.SendTimeout, Time, cancellationToken).AsTask(), cancellationToken);
            if (waiting is not null)
            {
                return new ValueTask(EndAsync(shard, waiting));
            }
        }

        return new ValueTask(_remote.SendAsync(to, MessageTypes.Write(message), sender, cancellationToken));
    }

    public async Task<TReply> AskAsync<TReply>(
        ActorAddress to, IMessage request, TimeSpan timeout, ActorAddress? sender, CancellationToken cancellationToken)
        where TReply : class, IMessage
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        cancellationToken.ThrowIfCancellationRequested();
        CheckSize(request);
        Check(to);
        using PendingAsk ask = new(to, request, timeout, Time, cancellationToken);
        using (_asks.Add(ask))
        {
            // Looked at after the ask was added: either this sees that the system stops, or stopping sees the ask.
            this.ThrowIfStopping();
            await PostAsync(to, new Envelope(request, sender, ask), ask).ConfigureAwait(false);
            return await ask.ReplyAsync<TReply>().ConfigureAwait(false);
        }
    }

    public void CheckSize(IMessage message)
    {
        MessageSize.Check(message, _options.MessageSizeLimit);
        _types.Check(message);
    }

    public void ReportFailure(ActorFailure failure)
    {
        _failed.TrySetResult(failure);
        _logger.LogError(failure.Cause, "Actor {Actor} failed for good after {Restarts} restarts.", failure.Address, failure.Restarts);
        Send(new Frame
        {
            ActorFailed = new ActorFailed
            {
                Address = failure.Address.ToWire(),
                Cause = $"{failure.Cause.GetType().Name}: {failure.Cause.Message}",
                Restarts = failure.Restarts,
            },
        });
    }

    public void ReportStopFailure(ActorFailedException failure)
    {
        _logger.LogError(failure, "Actor {Actor} threw while it stopped.", failure.Address);
        _stopFailures.Enqueue(failure);
    }

    private Task PostAsync(ActorAddress to, Envelope envelope, PendingAsk ask)
    {
        if (MayDeliverHere(to, envelope.Sender) is { } shard)
        {
            if (TryDeliver(shard, envelope))
            {
                return Task.CompletedTask;
            }

            WaitingDelivery? waiting =
                shard.Wait(envelope, null, _ => shard.Cell.DeliverWhileWaitedForAsync(envelope, ask.Task).AsTask());
            if (waiting is not null)
            {
                return EndAsync(shard, waiting);
            }
        }

        _remote.Ask(to, MessageTypes.Write(envelope.Message!), envelope.Sender, ask);
        return Task.CompletedTask;
    }

    /// <summary>
    /// The actor, if it lives here and a message cannot overtake an earlier one on the way through the seed. What an actor
    /// sends itself has only this way.
    /// </summary>
    private HostedShard? MayDeliverHere(ActorAddress to, ActorAddress? sender) =>
        _shards.TryGetValue(to, out HostedShard? shard) && ((shard.TakesDirectly && _remote.IsIdle(to)) || sender == to)
            ? shard
            : null;

    private static bool TryDeliver(HostedShard shard, in Envelope envelope)
    {
        try
        {
            return shard.Cell.TryDeliver(envelope);
        }
        catch (ActorMovedException)
        {
            return false;
        }
    }

    /// <summary>Follows a message of this node that waits for room to its end, here or where its receiver moved to.</summary>
    private static async Task EndAsync(HostedShard shard, WaitingDelivery waiting)
    {
        try
        {
            await waiting.Posted.ConfigureAwait(false);
            shard.Forget(waiting);
        }
        catch (ActorMovedException)
        {
            // Kept, to be sent on with all that the actor leaves behind.
            await (await waiting.SentOn.Task.ConfigureAwait(false)).ConfigureAwait(false);
        }
        catch
        {
            shard.Forget(waiting);
            throw;
        }
    }

    private void Check(ActorAddress address)
    {
        this.ThrowIfStopping();
        if (address.Kind is null || !_kinds.TryGetValue(address.Kind, out ActorKind? kind))
        {
            throw new UnknownActorException(address, $"no kind \"{address.Kind}\" is registered");
        }

        if ((uint)address.Shard >= (uint)kind.ShardCount)
        {
            throw new UnknownActorException(address, $"\"{address.Kind}\" has the shards 0 to {kind.ShardCount - 1}");
        }
    }

    private ActorKind? Find(ActorAddress address) =>
        address.Kind is not null && _kinds.TryGetValue(address.Kind, out ActorKind? kind) && (uint)address.Shard < (uint)kind.ShardCount
            ? kind
            : null;

    private int MailboxCapacity(ActorAddress address) => Find(address)?.MailboxCapacity ?? 0;

    private void SendShapes(IEnumerable<ActorKind> kinds)
    {
        RegisterKinds register = new();
        register.Kinds.AddRange(kinds.Select(kind => kind.ToShape()));
        if (register.Kinds.Count > 0)
        {
            _link?.Send(new Frame { RegisterKinds = register });
        }
    }

    private void Send(Frame frame)
    {
        lock (_gate)
        {
            _link?.Send(frame);
        }
    }

    private async Task AwaitEndAsync(ActorCell[] cells)
    {
        try
        {
            await Task.WhenAll(cells.Select(cell => cell.Stopped)).WaitAsync(_options.StopTimeout, _options.NodeTime).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            _logger.LogError(
                "After {Timeout} these actors still run: {Actors}. Handlers must end when Context.Stopping is cancelled.",
                _options.StopTimeout,
                cells.Where(cell => !cell.Stopped.IsCompleted).Select(cell => cell.Address).ToArray());
        }
    }
}
