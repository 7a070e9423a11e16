using DistRec.Actors;

namespace DistRec.Simulation.Hosting;

/// <summary>
/// One activation of an address: its mailbox and the incarnations of its actor, one after the other. Everything happens on
/// the simulation's thread; a turn is an event that handles one message.
/// </summary>
internal sealed class SimulatedActor(NodeLife life, ActorKind kind, ActorAddress address, StartReason firstReason)
{
    private readonly Queue<Letter> _others = new();
    private readonly Queue<Letter> _own = new();
    private readonly List<SendWaiter> _waiting = [];
    private readonly RestartCounter _restarts = new(kind.Restart);
    private readonly TaskCompletionSource _ended = new();
    private Actor? _actor;
    private SimulatedContext? _context;
    private int _incarnations;
    private int _outside;
    private bool _ownIsNext = true;
    private bool _turnIsComing;
    private bool _isBackingOff;
    private bool _isClosed;
    private bool _hasLeft;

    internal ActorAddress Address => address;

    internal NodeLife Life => life;

    internal int Capacity => kind.MailboxCapacity;

    /// <summary>Messages from others in the mailbox and on their way to it.</summary>
    internal int Occupied { get; set; }

    /// <summary>Why it failed for good; null while it has not.</summary>
    internal Exception? FinalCause { get; private set; }

    /// <summary>What it handles now; null between messages.</summary>
    internal string? Handling { get; private set; }

    /// <summary>Completes when the actor and its outside work have ended, after <see cref="Close"/>.</summary>
    internal Task Ended => _ended.Task;

    internal bool HasRoom => _waiting.Count == 0 && Occupied < Capacity;

    internal void Wait(SendWaiter waiter) => _waiting.Add(waiter);

    internal void Forget(SendWaiter waiter) => _waiting.Remove(waiter);

    /// <summary>A message from others arrives; its place was taken when it was sent.</summary>
    internal void Post(in Letter letter)
    {
        if (_isClosed)
        {
            Refuse(letter);
            return;
        }

        _others.Enqueue(letter);
        ComeToTurn();
    }

    internal void PostOwn(in Letter letter)
    {
        if (!_isClosed)
        {
            _own.Enqueue(letter);
            ComeToTurn();
        }
    }

    internal void EnterOutside() => _outside++;

    internal void LeaveOutside()
    {
        _outside--;
        TellWhetherEnded();
    }

    /// <summary>A message from others was handled, or lost on its way.</summary>
    internal void FreePlace()
    {
        Occupied--;
        while (Occupied < Capacity && _waiting.Count > 0)
        {
            SendWaiter next = _waiting[0];
            _waiting.RemoveAt(0);
            if (next.IsWanted)
            {
                next.Admit();
            }
        }
    }

    /// <summary>Begins, once placed.</summary>
    internal void ComeToTurn()
    {
        if (!_turnIsComing && !_isBackingOff && Handling is null && !_isClosed)
        {
            _turnIsComing = true;
            life.Cluster.Scheduler.After(life.Cluster.TurnTicks(), life, () => _ = TakeTurnAsync());
        }
    }

    /// <summary>Takes no more messages and ends.</summary>
    /// <param name="isTold">Whether the actor's <see cref="Actor.OnStoppingAsync"/> is called: not when it lost its place.</param>
    internal void Close(bool isTold)
    {
        _isClosed = true;
        _context?.End();
        foreach (SendWaiter waiter in _waiting.ToArray())
        {
            if (waiter.From == life)
            {
                waiter.Fail(new ActorSystemStoppedException());
            }
            else
            {
                waiter.Lose();
            }
        }

        _waiting.Clear();
        if (Handling is null)
        {
            _ = EndAsync(isTold);
        }
    }

    /// <summary>Its process is gone: nobody is told anything.</summary>
    internal void Vanish()
    {
        _isClosed = true;
        foreach (SendWaiter waiter in _waiting.ToArray())
        {
            waiter.Lose();
        }

        _waiting.Clear();
    }

    private async Task TakeTurnAsync()
    {
        _turnIsComing = false;
        if (_isClosed)
        {
            return;
        }

        if (_actor is null)
        {
            Handling = "its start";
            await StartAsync().ConfigureAwait(false);
        }
        else if (TryTake(out Letter letter))
        {
            Handling = letter.Message?.Descriptor.FullName ?? "the failure of its outside work";
            await HandleAsync(letter).ConfigureAwait(false);
        }

        if (!life.Cluster.IsOnThread($"{address} finished {Handling} there"))
        {
            return;
        }

        Handling = null;
        if (_isClosed && FinalCause is null)
        {
            await EndAsync(life.TellsActors).ConfigureAwait(false);
        }
        else if (_actor is null || _own.Count + _others.Count > 0)
        {
            ComeToTurn();
        }
    }

    private bool TryTake(out Letter letter)
    {
        bool isOwn = _own.Count > 0 && (_ownIsNext || _others.Count == 0);
        if (isOwn)
        {
            letter = _own.Dequeue();
            _ownIsNext = false;
            return true;
        }

        _ownIsNext = true;
        if (!_others.TryDequeue(out letter))
        {
            return false;
        }

        FreePlace();
        return true;
    }

    private async Task StartAsync()
    {
        StartReason reason = _incarnations == 0 ? firstReason : StartReason.Failure;
        SimulatedContext context = new(life, this, ++_incarnations);
        _context = context;
        life.Cluster.Note("start", life.Node.Number, -1, address, reason.ToString());
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

    private async Task HandleAsync(Letter letter)
    {
        if (letter.Incarnation != 0 && letter.Incarnation != _incarnations)
        {
            return;
        }

        if (letter.Failure is { } failure)
        {
            await FailAsync(failure).ConfigureAwait(false);
            return;
        }

        SimulatedContext context = _context!;
        life.Cluster.Note("handle", life.Node.Number, -1, address, letter.Message!.Descriptor.FullName);
        context.Begin(letter);
        try
        {
            await _actor!.OnReceiveAsync(letter.Message).ConfigureAwait(false);
            if (life.Cluster.IsOnThread($"{address} finished {Handling} there"))
            {
                context.Finish();
            }
        }
        catch (Exception exception)
        {
            await FailAsync(exception).ConfigureAwait(false);
        }
    }

    /// <summary>Ends this incarnation and lets the next one start after a while, or ends the activation.</summary>
    private async Task FailAsync(Exception cause)
    {
        if (!life.IsRunning || !life.Cluster.IsOnThread($"{address} failed there"))
        {
            return;
        }

        life.Cluster.Note("failure", life.Node.Number, -1, address, $"{cause.GetType().Name}: {cause.Message}");
        if (_isClosed)
        {
            // What a handler throws because the node stops under it is no failure of the actor.
            _context!.FailAsks(new ActorSystemStoppedException());
            return;
        }

        TimeSpan? backoff = _restarts.Decide(cause, life.Clock.GetUtcNow());
        Exception first = _restarts.FirstCause!;
        _context!.FailAsks(new ActorFailedException(address, backoff is null ? first : cause, isFinal: backoff is null));
        _context.End();
        Actor? actor = _actor;
        _actor = null;
        if (backoff is null)
        {
            FailForGood(first);
        }
        else
        {
            _isBackingOff = true;
        }

        await DisposeAsync(actor).ConfigureAwait(false);
        if (backoff is { } wait)
        {
            life.Cluster.Scheduler.After(wait, life, () =>
            {
                _isBackingOff = false;
                ComeToTurn();
            });
        }
    }

    private void FailForGood(Exception first)
    {
        FinalCause = first;
        _isClosed = true;
        while (_others.TryDequeue(out Letter letter))
        {
            Refuse(letter);
        }

        foreach (SendWaiter waiter in _waiting.ToArray())
        {
            waiter.Fail(new ActorFailedException(address, first, isFinal: true));
        }

        _waiting.Clear();
        life.ReportFailure(new ActorFailure(address, first, _restarts.Restarts));
    }

    private void Refuse(in Letter letter)
    {
        ActorException failure = FinalCause is { } cause
            ? new ActorFailedException(address, cause, isFinal: true)
            : new ActorSystemStoppedException();
        letter.Ask?.Fail(life, failure);
    }

    private async Task EndAsync(bool isTold)
    {
        Actor? actor = _actor;
        _actor = null;
        if (actor is not null && isTold)
        {
            try
            {
                await actor.OnStoppingAsync().ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                life.Cluster.Note("failed stop", life.Node.Number, -1, address, exception.Message);
            }
        }

        await DisposeAsync(actor).ConfigureAwait(false);
        _hasLeft = true;
        TellWhetherEnded();
    }

    private void TellWhetherEnded()
    {
        if (_hasLeft && _outside == 0)
        {
            _ended.TrySetResult();
        }
    }

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
            life.Cluster.Note("failed dispose", life.Node.Number, -1, address, exception.Message);
        }
    }
}
