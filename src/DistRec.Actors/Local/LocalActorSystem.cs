using System.Collections.Concurrent;
using DistRec.Actors.Local;
using Google.Protobuf;

namespace DistRec.Actors;

/// <summary>The engine of one process: every actor of every registered kind lives here.</summary>
public sealed class LocalActorSystem : IActorSystem
{
    private readonly LocalActorSystemOptions _options;
    private readonly ConcurrentDictionary<string, ActorCell[]> _kinds = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<PendingAsk, byte> _asks = new();
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

    /// <summary>Set before any wait is ended, so that whoever sees such an end also sees why.</summary>
    internal bool IsStopping => _isStopping;

    internal TimeProvider Time => _options.Time;

    public void Register(params IReadOnlyList<ActorKind> kinds)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        List<ActorCell> added = [];
        lock (_gate)
        {
            ThrowIfStopping();
            HashSet<string> names = new(_kinds.Keys, StringComparer.Ordinal);
            foreach (ActorKind kind in kinds)
            {
                kind.Validate();
                if (!names.Add(kind.Name))
                {
                    throw new ArgumentException($"The actor kind \"{kind.Name}\" is already registered; register each kind once.");
                }
            }

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
        SendAsync(to, message, null, cancellationToken);

    public Task<TReply> AskAsync<TReply>(
        ActorAddress to, IMessage request, TimeSpan timeout, CancellationToken cancellationToken = default)
        where TReply : class, IMessage =>
        AskAsync<TReply>(to, request, timeout, null, cancellationToken);

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

    internal ValueTask SendAsync(ActorAddress to, IMessage message, ActorAddress? sender, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        cancellationToken.ThrowIfCancellationRequested();
        CheckSize(message);
        ActorCell cell = Find(to);
        return TryPost(cell, new Envelope(message, sender))
            ? ValueTask.CompletedTask
            : new ValueTask(SendWhenThereIsRoomAsync(cell, new Envelope(message, sender), cancellationToken));
    }

    internal async Task<TReply> AskAsync<TReply>(
        ActorAddress to, IMessage request, TimeSpan timeout, ActorAddress? sender, CancellationToken cancellationToken)
        where TReply : class, IMessage
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        cancellationToken.ThrowIfCancellationRequested();
        CheckSize(request);
        ActorCell cell = Find(to);
        using PendingAsk ask = new(to, request, timeout, Time, cancellationToken);
        _asks.TryAdd(ask, 0);
        try
        {
            // Looked at after the ask was added: either this sees that the system stops, or stopping sees the ask.
            ThrowIfStopping();
            if (!TryPost(cell, new Envelope(request, sender, ask)))
            {
                await PostWhileWaitedForAsync(cell, new Envelope(request, sender, ask), ask).ConfigureAwait(false);
            }

            IMessage reply = await ask.Task.ConfigureAwait(false);
            return reply as TReply
                ?? throw new UnexpectedReplyException(to, typeof(TReply).Name, reply.Descriptor.FullName);
        }
        finally
        {
            _asks.TryRemove(ask, out _);
        }
    }

    internal void CheckSize(IMessage message)
    {
        int size = message.CalculateSize();
        if (size > _options.MessageSizeLimit)
        {
            throw new MessageTooLargeException(message.Descriptor.FullName, size, _options.MessageSizeLimit);
        }
    }

    internal void ThrowIfStopping()
    {
        if (_isStopping)
        {
            throw new ActorSystemStoppedException();
        }
    }

    internal void ReportFailure(ActorFailure failure) => _failed.TrySetResult(failure);

    internal void ReportStopFailure(ActorFailedException failure) => _stopFailures.Enqueue(failure);

    private static bool TryPost(ActorCell cell, in Envelope envelope)
    {
        if (envelope.Sender == cell.Address)
        {
            if (!cell.PostOwn(envelope))
            {
                cell.ThrowIfClosed();
            }

            return true;
        }

        return cell.TryPost(envelope);
    }

    private async Task SendWhenThereIsRoomAsync(ActorCell cell, Envelope envelope, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = new(_options.SendTimeout, Time);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await cell.PostAsync(envelope, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SendTimeoutException(cell.Address, cell.MailboxCapacity, _options.SendTimeout);
        }
        catch (OperationCanceledException)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    /// <summary>Waits for room as long as the ask waits for its reply.</summary>
    private static async Task PostWhileWaitedForAsync(ActorCell cell, Envelope envelope, PendingAsk ask)
    {
        using CancellationTokenSource abandoned = new();
        Task posted = cell.PostAsync(envelope, abandoned.Token);
        if (await Task.WhenAny(posted, ask.Task).ConfigureAwait(false) == posted)
        {
            await posted.ConfigureAwait(false);
            return;
        }

        await abandoned.CancelAsync().ConfigureAwait(false);
        await posted.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private ActorCell Find(ActorAddress address)
    {
        ThrowIfStopping();
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
        foreach (PendingAsk ask in _asks.Keys)
        {
            ask.Fail(new ActorSystemStoppedException());
        }

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
                .WaitAsync(_options.StopTimeout, Time).ConfigureAwait(false);
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
