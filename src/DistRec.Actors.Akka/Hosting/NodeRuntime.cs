using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using DistRec.Actors.Akka.Messages;
using DistRec.Actors.Akka.Protocol;
using DistRec.Actors.Akka.Sending;
using DistRec.Actors.Runtime;
using Google.Protobuf;
using AkkaCluster = Akka.Cluster.Cluster;
using ActorCell = DistRec.Actors.Runtime.ActorCell;
using Envelope = DistRec.Actors.Runtime.Envelope;

namespace DistRec.Actors.Akka.Hosting;

/// <summary>The actors that live on this node, and how messages get from here to anywhere.</summary>
internal sealed partial class NodeRuntime : IActorHost
{
    /// <summary>How long a cluster waits for its nodes to register a kind before it places the kind's actors on some.</summary>
    private static readonly TimeSpan PlacementPatience = TimeSpan.FromSeconds(3);

    private const int TicksBetweenIntroductions = 4;

    private readonly AkkaActorSystemOptions _options;
    private readonly ExtendedActorSystem _system;
    private readonly AkkaCluster _cluster;
    private readonly ILoggingAdapter _log;
    private readonly ConcurrentDictionary<string, ActorKind> _kinds = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, IActorRef> _regions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<ActorAddress, ActorCell> _cells = new();
    private readonly ConcurrentDictionary<ActorCell, byte> _ending = new();
    private readonly ConcurrentDictionary<ActorAddress, bool> _moved = new();
    private readonly Asks _asks = new();
    private readonly Outbox _outbox;
    private readonly ConcurrentQueue<ActorFailedException> _stopFailures = new();
    private readonly TaskCompletionSource<ActorFailure> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private volatile bool _isStopping;
    private volatile bool _isOut;
    private int _ticks;

    public NodeRuntime(AkkaActorSystemOptions options, ExtendedActorSystem system, IComputePool compute)
    {
        _options = options;
        _system = system;
        _cluster = AkkaCluster.Get(system);
        _log = Logging.GetLogger(system, this);
        Types = new MessageTypes(options.Messages);
        Compute = compute;
        StartedActors.Keep(system);

        // Others' words about shards may come before this node has any.
        _ = ClusterSharding.Get(system);
        HttpAddress = options.HttpAddress;
        View = new ClusterView(this, _cluster, options);
        Directory = new ActorDirectory(this);
        Hub = system.ActorOf(Props.Create(() => new NodeHub(this)), NodeHub.Name);
        _outbox = new Outbox(options, kind => _regions[kind], Hub, kind => _kinds[kind].MailboxCapacity);
        Blocks = options.Blocks(Directory);
    }

    public bool IsStopping => _isStopping;

    public TimeProvider Time => _options.Time;

    public TimeProvider NodeTime => _options.NodeTime;

    public TimeSpan StopTimeout => _options.StopTimeout;

    public TimeSpan WithdrawTimeout => _options.WithdrawTimeout;

    /// <summary>What the cluster calls this node.</summary>
    public Address Address => _cluster.SelfAddress;

    /// <summary>Where this node's HTTP endpoints are.</summary>
    public Uri HttpAddress { get; set; }

    public IBlockExchange Blocks { get; }

    public IComputePool Compute { get; }

    public MessageTypes Types { get; }

    public IActorRef Hub { get; }

    public ActorDirectory Directory { get; }

    public ClusterView View { get; }

    public Task<ActorFailure> Failed => _failed.Task;

    public IReadOnlyCollection<ActorFailedException> StopFailures => _stopFailures;

    public void Register(IReadOnlyList<ActorKind> kinds)
    {
        lock (_gate)
        {
            this.ThrowIfStopping();
            KindRegistration.Check(kinds, _kinds.Keys);
            // Every kind can be sent to before the first actor of any of them starts.
            foreach (ActorKind kind in kinds)
            {
                _kinds[kind.Name] = kind;
            }

            foreach (ActorKind kind in kinds)
            {
                _regions[kind.Name] = StartRegion(kind);
            }
        }

        foreach (ActorKind kind in kinds)
        {
            Wake(kind);
        }
    }

    /// <summary>Whether this node has lost its place in the cluster.</summary>
    public bool IsOut() => _isOut;

    /// <summary>Whether the actor lives here and takes messages.</summary>
    public bool IsHere(ActorAddress address) => _cells.ContainsKey(address);

    public bool IsKnown(ActorAddress address) =>
        address.Kind is not null && _kinds.TryGetValue(address.Kind, out ActorKind? kind) && (uint)address.Shard < (uint)kind.ShardCount;

    public void Add(ActorCell cell) => _cells[cell.Address] = cell;

    public void Remove(ActorCell cell) => _cells.TryRemove(new KeyValuePair<ActorAddress, ActorCell>(cell.Address, cell));

    /// <summary>From here on nothing from this node goes straight into the actor's mailbox.</summary>
    public void BeginHandOver(ActorCell cell)
    {
        _outbox.Hold(cell.Address);
        Remove(cell);
        _ending.TryAdd(cell, 0);
    }

    public void HandedOver(HandedOver handedOver)
    {
        foreach (ActorCell cell in _ending.Keys.Where(cell => cell.Address == handedOver.Actor))
        {
            _ending.TryRemove(cell, out _);
        }

        Directory.Forget(handedOver.Actor);
        _outbox.Release(handedOver.Actor, handedOver.Own);
    }

    public ValueTask SendAsync(ActorAddress to, IMessage message, ActorAddress? sender, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        CheckSize(message);
        Check(to);
        return TryDeliverHere(to, new Envelope(message, sender))
            ? ValueTask.CompletedTask
            : new ValueTask(_outbox.SendAsync(to, new MessageBody(message), sender, cancellationToken));
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
        using PendingAsk pending = new(to, request, timeout, Time, cancellationToken);
        TrackedAsk ask = _asks.Add(to, pending);
        try
        {
            // Looked at after the ask was added: either this sees that the system stops, or stopping sees the ask.
            this.ThrowIfStopping();
            if (!TryDeliverHere(to, new Envelope(request, sender, ask)))
            {
                _outbox.Ask(to, new MessageBody(request), sender, ask);
            }

            return await pending.ReplyAsync<TReply>().ConfigureAwait(false);
        }
        finally
        {
            _asks.Remove(ask);
        }
    }

    public void CheckSize(IMessage message)
    {
        MessageSize.Check(message, _options.MessageSizeLimit);
        Types.Check(message);
    }

    public void ReportFailure(ActorFailure failure)
    {
        _log.Error(failure.Cause, "Actor {0} failed for good after {1} restarts.", failure.Address, failure.Restarts);
        if (_failed.TrySetResult(failure))
        {
            Announce(_cluster.State.Members.Select(member => member.Address));
        }
    }

    public void ReportStopFailure(ActorFailedException failure)
    {
        _log.Error(failure, "Actor {0} threw while it stopped.", failure.Address);
        _stopFailures.Enqueue(failure);
    }

    /// <summary>Does what has to be done now and then: sends again what may be lost, starts actors that do not run.</summary>
    public void Tick()
    {
        if (_isStopping)
        {
            // A region that still gets messages does not let its node go.
            return;
        }

        _outbox.Tick();
        Directory.Tick();
        IntroduceToStrangers();
        View.Tick();
        if (++_ticks % TicksBetweenIntroductions == 0)
        {
            // What it has carried is news every time.
            TellOthers(View.Introduce(wantsAnswer: false), Hub);
        }

        foreach (ActorKind kind in _kinds.Values)
        {
            Address? leader = kind.Role.Length == 0 ? _cluster.State.Leader : _cluster.State.RoleLeader(kind.Role);
            if (leader == _cluster.SelfAddress)
            {
                Wake(kind);
            }
        }
    }

    /// <summary>Sends something to an actor's entity, wherever that is.</summary>
    public void TellEntity(string kind, object message)
    {
        if (_regions.TryGetValue(kind, out IActorRef? region))
        {
            region.Tell(message, Hub);
        }
    }

    /// <summary>Set at once, before anything is ended.</summary>
    public void BeginStop() => _isStopping = true;

    /// <summary>Ends waits, then all actors in good order.</summary>
    /// <returns>The actors that did not end in time.</returns>
    public async Task<IReadOnlyList<ActorAddress>> StopAsync()
    {
        FailWaits(static () => new ActorSystemStoppedException());
        await DisposeBlocksAsync().ConfigureAwait(false);
        ActorCell[] cells = [.. _cells.Values, .. _ending.Keys];
        foreach (ActorCell cell in cells)
        {
            cell.Stop();
        }

        try
        {
            await Task.WhenAll(cells.Select(cell => cell.Stopped)).WaitAsync(_options.StopTimeout, Time).ConfigureAwait(false);
            return [];
        }
        catch (TimeoutException)
        {
            return [.. cells.Where(cell => !cell.Stopped.IsCompleted).Select(cell => cell.Address)];
        }
    }

    /// <summary>Ends everything as if the process had died.</summary>
    public async Task AbandonAsync(string cause)
    {
        _isOut = true;
        _isStopping = true;
        FailWaits(static () => new ActorSystemStoppedException());
        foreach (ActorCell cell in _cells.Values.Concat(_ending.Keys))
        {
            cell.Abandon(cause);
        }

        await DisposeBlocksAsync().ConfigureAwait(false);
    }

    private void FailWaits(Func<ActorException> why)
    {
        _asks.FailAll(why);
        _outbox.Close(why);
        Directory.Close();
    }

    private async ValueTask DisposeBlocksAsync()
    {
        switch (Blocks)
        {
            case IAsyncDisposable disposable:
                await disposable.DisposeAsync().ConfigureAwait(false);
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }

    /// <summary>Puts a message straight into a mailbox of this node; false when it has to take the long way.</summary>
    private bool TryDeliverHere(ActorAddress to, in Envelope envelope)
    {
        if (!_cells.TryGetValue(to, out ActorCell? cell) || (envelope.Sender != to && !_outbox.IsIdle(to)))
        {
            return false;
        }

        try
        {
            return cell.TryDeliver(envelope);
        }
        catch (ActorMovedException)
        {
            return false;
        }
    }

    private IActorRef StartRegion(ActorKind kind)
    {
        ClusterSharding sharding = ClusterSharding.Get(_system);
        if (kind.Role.Length > 0 && !_cluster.SelfRoles.Contains(kind.Role))
        {
            return sharding.StartProxy(kind.Name, kind.Role, new ShardExtractor());
        }

        ClusterShardingSettings settings = ClusterShardingSettings.Create(_system).WithRole(kind.Role.Length == 0 ? null : kind.Role);
        return sharding.Start(
            kind.Name,
            shard => Props.Create(() => new CellEntity(this, kind, ShardExtractor.AddressOf(kind, shard))),
            settings,
            new ShardExtractor(),
            new PatientAllocation(sharding.DefaultShardAllocationStrategy(settings), _cluster, kind.Role, PlacementPatience, NodeTime),
            HandOff.Instance);
    }

    private void Wake(ActorKind kind)
    {
        if (!_regions.TryGetValue(kind.Name, out IActorRef? region))
        {
            return;
        }

        for (int shard = 0; shard < kind.ShardCount; shard++)
        {
            if (!IsHere(new ActorAddress(kind.Name, shard)))
            {
                region.Tell(new Wake { Shard = shard }, Hub);
            }
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
}
