using System.Collections.Concurrent;
using DistRec.Actors.Runtime;
using Google.Protobuf;

namespace DistRec.Actors;

/// <summary>The engine of one process: every actor of every registered kind lives here.</summary>
public sealed class LocalActorSystem : IActorSystem, IActorHost
{
    private readonly LocalActorSystemOptions _options;
    private readonly ConcurrentDictionary<string, ActorCell[]> _kinds = new(StringComparer.Ordinal);
    private readonly PendingAsks _asks = new();
    private readonly ConcurrentQueue<ActorFailedException> _stopFailures = new();
    private readonly TaskCompletionSource<ActorFailure> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly LocalBlockExchange _blocks = new();
    private readonly ComputePool? _ownCompute;
    private readonly Lock _gate = new();
    private volatile bool _isStopping;
    private Task? _stop;

    /// <exception cref="ArgumentException">The options are not usable.</exception>
    public LocalActorSystem(LocalActorSystemOptions? options = null)
    {
        _options = options ?? new LocalActorSystemOptions();
        _options.Validate();
        _ownCompute = _options.Compute is null ? new ComputePool(_options.ComputeThreads) : null;
        Compute = _options.Compute ?? _ownCompute!;
    }

    public Task<ActorFailure> Failed => _failed.Task;

    public IBlockExchange Blocks => _blocks;

    public IComputePool Compute { get; }

    bool IActorHost.IsStopping => _isStopping;

    TimeProvider IActorHost.Time => _options.Time;

    public void Register(params IReadOnlyList<ActorKind> kinds)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        List<ActorCell> added = [];
        lock (_gate)
        {
            this.ThrowIfStopping();
            KindRegistration.Check(kinds, _kinds.Keys);
            foreach (ActorKind kind in kinds)
            {
                ActorCell[] cells =
                    [.. Enumerable.Range(0, kind.ShardCount).Select(shard => new ActorCell(this, kind, new(kind.Name, shard)))];
                _kinds[kind.Name] = cells;
                added.AddRange(cells);
            }
        }

        foreach (ActorCell cell in added)
        {
            cell.Schedule();
        }
    }

    public ValueTask SendAsync(ActorAddress to, IMessage message, CancellationToken cancellationToken = default) =>
        SendFromAsync(to, message, null, cancellationToken);

    public Task<TReply> AskAsync<TReply>(
        ActorAddress to, IMessage request, TimeSpan timeout, CancellationToken cancellationToken = default)
        where TReply : class, IMessage =>
        AskFromAsync<TReply>(to, request, timeout, null, cancellationToken);

    /// <exception cref="StopTimeoutException">Some actors did not end in time.</exception>
    /// <exception cref="AggregateException">Some actors threw while they stopped; all the same everything has stopped.</exception>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isStopping = true;
            _stop ??= Task.Run(StopAsync);
        }

        return new ValueTask(_stop);
    }

    ValueTask IActorHost.SendAsync(
        ActorAddress to, IMessage message, ActorAddress? sender, CancellationToken cancellationToken) =>
        SendFromAsync(to, message, sender, cancellationToken);

    Task<TReply> IActorHost.AskAsync<TReply>(
        ActorAddress to, IMessage request, TimeSpan timeout, ActorAddress? sender, CancellationToken cancellationToken) =>
        AskFromAsync<TReply>(to, request, timeout, sender, cancellationToken);

    void IActorHost.CheckSize(IMessage message) => MessageSize.Check(message, _options.MessageSizeLimit);

    void IActorHost.ReportFailure(ActorFailure failure) => _failed.TrySetResult(failure);

    void IActorHost.ReportStopFailure(ActorFailedException failure) => _stopFailures.Enqueue(failure);

    private ValueTask SendFromAsync(
        ActorAddress to, IMessage message, ActorAddress? sender, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        MessageSize.Check(message, _options.MessageSizeLimit);
        return Find(to).DeliverAsync(new Envelope(message, sender), _options.SendTimeout, _options.Time, cancellationToken);
    }

    private async Task<TReply> AskFromAsync<TReply>(
        ActorAddress to, IMessage request, TimeSpan timeout, ActorAddress? sender, CancellationToken cancellationToken)
        where TReply : class, IMessage
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        cancellationToken.ThrowIfCancellationRequested();
        MessageSize.Check(request, _options.MessageSizeLimit);
        ActorCell cell = Find(to);
        using PendingAsk ask = new(to, request, timeout, _options.Time, cancellationToken);
        using (_asks.Add(ask))
        {
            // Looked at after the ask was added: either this sees that the system stops, or stopping sees the ask.
            this.ThrowIfStopping();
            await cell.DeliverWhileWaitedForAsync(new Envelope(request, sender, ask), ask.Task).ConfigureAwait(false);
            return await ask.ReplyAsync<TReply>().ConfigureAwait(false);
        }
    }

    private ActorCell Find(ActorAddress address)
    {
        this.ThrowIfStopping();
        if (address.Kind is null || !_kinds.TryGetValue(address.Kind, out ActorCell[]? cells))
        {
            throw new UnknownActorException(address, $"no kind \"{address.Kind}\" is registered");
        }

        return (uint)address.Shard < (uint)cells.Length
            ? cells[address.Shard]
            : throw new UnknownActorException(address, $"\"{address.Kind}\" has the shards 0 to {cells.Length - 1}");
    }

    private async Task StopAsync()
    {
        ActorCell[] cells;
        lock (_gate)
        {
            cells = [.. _kinds.Values.SelectMany(kind => kind)];
        }

        // Waits inside handlers end first, so that the handlers can.
        _asks.FailAll(static () => new ActorSystemStoppedException());

        _blocks.Dispose();
        foreach (ActorCell cell in cells)
        {
            cell.Stop();
        }

        await WaitForAsync(cells).ConfigureAwait(false);
        _ownCompute?.Dispose();
        if (!_stopFailures.IsEmpty)
        {
            throw new AggregateException("Actors threw while they stopped.", _stopFailures);
        }
    }

    private async Task WaitForAsync(ActorCell[] cells)
    {
        try
        {
            await Task.WhenAll(cells.Select(cell => cell.Stopped))
                .WaitAsync(_options.StopTimeout, _options.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Whatever still runs may never end, so its pool is told to end but not awaited.
            _ownCompute?.Close();
            ActorAddress[] stillRunning = [.. cells.Where(cell => !cell.Stopped.IsCompleted).Select(cell => cell.Address)];
            throw new StopTimeoutException(stillRunning, _options.StopTimeout);
        }
    }
}
