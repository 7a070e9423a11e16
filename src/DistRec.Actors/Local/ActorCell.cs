using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;

namespace DistRec.Actors.Local;

/// <summary>
/// One address: its mailbox and the incarnations of its actor, one after the other. A cell occupies a thread of the
/// thread pool only while it has something to do, and never two at once.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "Late sends may still look at the token; it holds no timer and no handle.")]
internal sealed class ActorCell(LocalActorSystem system, ActorKind kind, ActorAddress address) : IThreadPoolWorkItem
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
    private LocalActorContext? _context;
    private Exception? _finalCause;
    private volatile bool _isClosed;

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

    internal void Stop()
    {
        Close(finalCause: null);
        lock (_gate)
        {
            _ = _stopping.CancelAsync();
            _context?.End();
        }

        Schedule();
    }

    private async Task TakeTurnAsync()
    {
        for (int handled = 0; handled < MessagesPerTurn; handled++)
        {
            if (system.IsStopping)
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
        if (system.IsStopping || (!_isClosed && _mailbox.HasMessages))
        {
            Schedule();
        }
    }

    private async Task StartAsync()
    {
        StartReason reason = _lives == 0 ? StartReason.First : StartReason.Failure;
        LocalActorContext context = new(system, this, ++_lives);
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
        if (system.IsStopping)
        {
            // What a handler throws because the system stops under it is no failure of the actor.
            _context!.FailAsks(new ActorSystemStoppedException());
            return;
        }

        TimeSpan? backoff = _restarts.Decide(cause, system.Time.GetUtcNow());
        ActorFailedException failure = new(address, backoff is null ? _restarts.FirstCause! : cause, isFinal: backoff is null);
        if (backoff is null)
        {
            Close(_restarts.FirstCause);
        }

        Actor? actor = _actor;
        _actor = null;
        _context!.FailAsks(failure);
        _context.End();
        await DisposeAsync(actor).ConfigureAwait(false);
        if (backoff is null)
        {
            system.ReportFailure(new ActorFailure(address, _restarts.FirstCause!, _restarts.Restarts));
            return;
        }

        try
        {
            await Task.Delay(backoff.Value, system.Time, _stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The system stops; the next turn of the loop sees it.
        }
    }

    private async Task EndAsync()
    {
        Actor? actor = _actor;
        _actor = null;
        if (actor is not null)
        {
            try
            {
                await actor.OnStoppingAsync().ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                system.ReportStopFailure(new ActorFailedException(address, exception, isFinal: true));
            }
        }

        _context?.End();
        await Outside.CloseAsync().ConfigureAwait(false);
        await DisposeAsync(actor).ConfigureAwait(false);
        _stopped.TrySetResult();
    }

    /// <summary>Refuses all further messages and fails those that wait.</summary>
    /// <param name="finalCause">Why the actor has failed for good; null when the system stops.</param>
    private void Close(Exception? finalCause)
    {
        lock (_gate)
        {
            if (!_isClosed)
            {
                _finalCause = finalCause;
                _isClosed = true;
            }
        }

        _mailbox.Close();
        if (finalCause is not null)
        {
            while (_mailbox.TryTake(out Envelope envelope))
            {
                envelope.Ask?.Fail(WhyClosed());
            }
        }
    }

    /// <summary>A new exception every time, because each is thrown on a thread of its own.</summary>
    private ActorException WhyClosed() =>
        _finalCause is { } cause
            ? new ActorFailedException(address, cause, isFinal: true)
            : new ActorSystemStoppedException();

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
            system.ReportStopFailure(new ActorFailedException(address, exception, isFinal: true));
        }
    }
}
