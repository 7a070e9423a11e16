using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace DistRec.Actors.Runtime;

/// <summary>
/// One address: its mailbox and the incarnations of its actor, one after the other. A cell occupies a thread of the
/// thread pool only while it has something to do, and never two at once.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Late sends may still look at the token; it holds no timer and no handle.")]
internal sealed class ActorCell(
    IActorHost host, ActorKind kind, ActorAddress address, StartReason firstReason = StartReason.First) : IThreadPoolWorkItem
{
    /// <summary>After so many messages in a row others get their turn on the thread.</summary>
    private const int MessagesPerTurn = 64;

    private readonly Mailbox _mailbox = new(kind.MailboxCapacity);
    private readonly RestartCounter _restarts = new(kind.Restart);
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private int _isScheduled;
    private int _lives;
    private Actor? _actor;
    private ActorContext? _context;
    private Func<ActorException>? _whyClosed;
    private volatile bool _isClosed;
    private volatile CellEnd _end;

    internal ActorAddress Address => address;

    internal OutsideWork Outside { get; } = new();

    internal int MailboxCapacity => _mailbox.Capacity;

    /// <summary>Completes when the actor and its outside work have ended, after <see cref="Stop"/>.</summary>
    internal Task Stopped => _stopped.Task;

    public void Execute() => _ = TakeTurnAsync();

    /// <summary>Sees to it that the cell gets a turn; called after anything was put into the mailbox.</summary>
    internal void Schedule()
    {
        if (Interlocked.Exchange(ref _isScheduled, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    internal bool TryPost(in Envelope envelope)
    {
        if (!_mailbox.TryPost(envelope))
        {
            return false;
        }

        Schedule();
        return true;
    }

    /// <summary>Waits for room.</summary>
    /// <exception cref="ActorException">The cell was closed.</exception>
    internal async Task PostAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        try
        {
            await _mailbox.PostAsync(envelope, cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            throw WhyClosed();
        }

        Schedule();
    }

    /// <summary>Posts a message of the actor to itself; never waits.</summary>
    internal bool PostOwn(in Envelope envelope)
    {
        if (!_mailbox.PostOwn(envelope))
        {
            return false;
        }

        Schedule();
        return true;
    }

    /// <exception cref="ActorException">The cell was closed.</exception>
    internal void ThrowIfClosed()
    {
        if (_isClosed)
        {
            throw WhyClosed();
        }
    }

    /// <summary>Ends the cell because its engine stops; see <see cref="Stopped"/>.</summary>
    internal void Stop() => End(CellEnd.EngineStops, static () => new ActorSystemStoppedException());

    /// <summary>
    /// Ends the cell so that its actor can start elsewhere: the running handler ends, the actor is told to stop and
    /// disposed of. Senders that wait for room get an <see cref="ActorMovedException"/>.
    /// </summary>
    /// <returns>What waited in the mailbox and nobody has handled, in order, for the engine to send on.</returns>
    internal async Task<IReadOnlyList<Envelope>> HandOverAsync()
    {
        End(CellEnd.HandOver, () => new ActorMovedException(address));
        await Stopped.ConfigureAwait(false);
        List<Envelope> waiting = [];
        while (_mailbox.TryTake(out Envelope envelope))
        {
            // What only this incarnation may see (its timers, its outside work) ends with it.
            if (envelope.Life == 0)
            {
                waiting.Add(envelope);
            }
        }

        return waiting;
    }

    /// <summary>
    /// Ends the cell as if its process had died: the actor is not told, its asks and whatever waits fail. A handler
    /// that runs cannot be stopped, but nothing it sends from now on leaves.
    /// </summary>
    /// <param name="cause">Why, as whoever waits for an answer reads it.</param>
    internal void Abandon(string cause)
    {
        ActorException Why() => new ActorFailedException(address, cause, isFinal: false);
        End(CellEnd.Abandon, Why);
        FailWaiting();
        lock (_gate)
        {
            _context?.End();
        }
    }

    private async Task TakeTurnAsync()
    {
        for (int handled = 0; handled < MessagesPerTurn; handled++)
        {
            if (IsEnding)
            {
                // Stays scheduled for ever, so that no other turn begins.
                await EndAsync().ConfigureAwait(false);
                return;
            }

            if (_actor is null)
            {
                if (_isClosed)
                {
                    break;
                }

                await StartAsync().ConfigureAwait(false);
                continue;
            }

            if (!_mailbox.TryTake(out Envelope envelope))
            {
                break;
            }

            await HandleAsync(envelope).ConfigureAwait(false);
        }

        Interlocked.Exchange(ref _isScheduled, 0);
        if (IsEnding || (!_isClosed && _mailbox.HasMessages))
        {
            Schedule();
        }
    }

    private async Task StartAsync()
    {
        StartReason reason = _lives == 0 ? firstReason : StartReason.Failure;
        ActorContext context = new(host, this, ++_lives);
        lock (_gate)
        {
            if (_stopping.IsCancellationRequested)
            {
                return;
            }

            _context = context;
        }

        try
        {
            _actor = kind.Factory(address.Shard)
                ?? throw new InvalidOperationException($"The factory of {kind.Name} returned null for shard {address.Shard}.");
            _actor.Attach(context);
            await _actor.OnStartedAsync(reason).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            await FailAsync(exception).ConfigureAwait(false);
        }
    }

    private async Task HandleAsync(Envelope envelope)
    {
        if (envelope.Life != 0 && envelope.Life != _context!.Life)
        {
            return;
        }

        if (envelope.Failure is { } failure)
        {
            await FailAsync(failure).ConfigureAwait(false);
            return;
        }

        _context!.Begin(envelope);
        try
        {
            await _actor!.OnReceiveAsync(envelope.Message!).ConfigureAwait(false);
            _context.Finish();
        }
        catch (Exception exception)
        {
            await FailAsync(exception).ConfigureAwait(false);
        }
    }

    /// <summary>Ends this incarnation and waits until the next may start, or ends the cell.</summary>
    private async Task FailAsync(Exception cause)
    {
        if (IsEnding)
        {
            // What a handler throws because it is stopped is no failure of the actor.
            _context!.FailAsks(WhyUnanswered());
            return;
        }

        TimeSpan? backoff = _restarts.Decide(cause, host.Time.GetUtcNow());
        ActorFailedException failure = new(address, backoff is null ? _restarts.FirstCause! : cause, isFinal: backoff is null);
        if (backoff is null)
        {
            Exception first = _restarts.FirstCause!;
            Close(() => new ActorFailedException(address, first, isFinal: true));
            FailWaiting();
        }

        Actor? actor = _actor;
        _actor = null;
        _context!.FailAsks(failure);
        _context.End();
        await DisposeAsync(actor).ConfigureAwait(false);
        if (backoff is null)
        {
            host.ReportFailure(new ActorFailure(address, _restarts.FirstCause!, _restarts.Restarts));
            return;
        }

        try
        {
            await Task.Delay(backoff.Value, host.Time, _stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The cell ends; the next turn of the loop sees it.
        }
    }

    private async Task EndAsync()
    {
        Actor? actor = _actor;
        _actor = null;
        _context?.End();
        if (actor is not null && _end != CellEnd.Abandon)
        {
            try
            {
                await actor.OnStoppingAsync().ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                host.ReportStopFailure(new ActorFailedException(address, exception, isFinal: true));
            }
        }

        await Outside.CloseAsync().ConfigureAwait(false);
        await DisposeAsync(actor).ConfigureAwait(false);
        _context?.FailAsks(WhyUnanswered());
        _stopped.TrySetResult();
    }

    private bool IsEnding => _end != CellEnd.None || host.IsStopping;

    private void End(CellEnd end, Func<ActorException> whyClosed)
    {
        lock (_gate)
        {
            if (_end is CellEnd.None or CellEnd.HandOver)
            {
                _end = end;
            }
        }

        Close(whyClosed);
        lock (_gate)
        {
            _ = _stopping.CancelAsync();
            _context?.BeginEnd();
        }

        Schedule();
    }

    /// <summary>Refuses all further messages.</summary>
    /// <param name="why">A new exception every time, because each is thrown on a thread of its own.</param>
    private void Close(Func<ActorException> why)
    {
        lock (_gate)
        {
            if (!_isClosed || _end == CellEnd.Abandon)
            {
                _whyClosed = why;
                _isClosed = true;
            }
        }

        _mailbox.Close();
    }

    /// <summary>Fails what waits in the closed mailbox.</summary>
    private void FailWaiting()
    {
        while (_mailbox.TryTake(out Envelope envelope))
        {
            envelope.Ask?.Fail(WhyClosed());
        }
    }

    private ActorException WhyClosed() => _whyClosed!();

    private ActorException WhyUnanswered() => _end switch
    {
        CellEnd.HandOver => new ActorFailedException(address, "it was handed over to another node before it answered", isFinal: false),
        CellEnd.Abandon => WhyClosed(),
        _ => new ActorSystemStoppedException(),
    };

    private async Task DisposeAsync(Actor? actor)
    {
        try
        {
            switch (actor)
            {
                case IAsyncDisposable disposable:
                    await disposable.DisposeAsync().ConfigureAwait(false);
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }
        }
        catch (Exception exception)
        {
            host.ReportStopFailure(new ActorFailedException(address, exception, isFinal: true));
        }
    }
}
