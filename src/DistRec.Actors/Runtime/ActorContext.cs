using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;

namespace DistRec.Actors.Runtime;

/// <summary>The context of one incarnation of an actor: what it began ends with it.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Outside work that outlives the incarnation may still hold the token.")]
internal sealed class ActorContext(IActorHost host, ActorCell cell, int life) : IActorContext
{
    private readonly CancellationTokenSource _ending = new();
    private readonly Lock _gate = new();
    private readonly HashSet<CapturedReply> _captured = [];
    private readonly HashSet<ActorTimer> _timers = [];
    private Envelope _handling;
    private bool _answered = true;
    private volatile bool _isEnded;

    public ActorAddress Self => cell.Address;

    public ActorAddress? Sender => _handling.Sender;

    public CancellationToken Stopping => _ending.Token;

    public TimeProvider Time => host.Time;

    public IBlockExchange Blocks => host.Blocks;

    public IComputePool Compute => host.Compute;

    /// <summary>Numbers an actor's incarnations from 1.</summary>
    internal int Life => life;

    public ValueTask SendAsync(ActorAddress to, IMessage message, CancellationToken cancellationToken = default)
    {
        host.ThrowIfStopping();
        ThrowIfEnded();
        return host.SendAsync(to, message, Self, cancellationToken);
    }

    public Task<TReply> AskAsync<TReply>(
        ActorAddress to, IMessage request, TimeSpan timeout, CancellationToken cancellationToken = default)
        where TReply : class, IMessage
    {
        host.ThrowIfStopping();
        ThrowIfEnded();
        return host.AskAsync<TReply>(to, request, timeout, Self, cancellationToken);
    }

    public ReplyHandle CaptureReply()
    {
        if (_handling.Message is null)
        {
            throw new InvalidOperationException($"{Self} handles no message now; capture the reply inside OnReceiveAsync.");
        }

        CapturedReply handle = new(this, _handling);
        if (handle.Ask is not null)
        {
            lock (_gate)
            {
                _captured.Add(handle);
            }
        }

        _answered = true;
        return handle;
    }

    public ValueTask ReplyAsync(IMessage reply)
    {
        ValueTask replied = ReplyToAsync(_handling, reply);
        _answered = true;
        return replied;
    }

    public ValueTask RefuseAsync(string reason)
    {
        _handling.Ask?.Fail(new RequestRefusedException(Self, reason));
        _answered = true;
        return ValueTask.CompletedTask;
    }

    public IDisposable StartTimer(TimeSpan due, IMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentOutOfRangeException.ThrowIfLessThan(due, TimeSpan.Zero);
        ActorTimer timer = new(this, message);
        lock (_gate)
        {
            _ending.Token.ThrowIfCancellationRequested();
            _timers.Add(timer);
        }

        timer.Start(due);
        return timer;
    }

    public void RunOutside(Func<CancellationToken, Task<IMessage>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        _ending.Token.ThrowIfCancellationRequested();
        cell.Outside.Enter();
        _ = Task.Run(async () =>
        {
            try
            {
                IMessage result = await work(_ending.Token).ConfigureAwait(false)
                    ?? throw new InvalidOperationException($"The outside work of {Self} returned null instead of a message.");
                PostOwn(result);
            }
            catch (Exception exception)
            {
                cell.PostOwn(new Envelope(null, Self, Life: life, Failure: exception));
            }
            finally
            {
                cell.Outside.Leave();
            }
        });
    }

    /// <summary>Replies to the ask behind a message, else to the actor that sent it, else to nobody.</summary>
    internal ValueTask ReplyToAsync(in Envelope request, IMessage reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        host.CheckSize(reply);
        if (request.Ask is { } ask)
        {
            ask.Reply(reply);
            return ValueTask.CompletedTask;
        }

        return request.Sender is { } sender ? SendReplyAsync(sender, reply) : ValueTask.CompletedTask;
    }

    internal void Begin(in Envelope envelope)
    {
        _handling = envelope;
        _answered = envelope.Ask is null;
    }

    /// <summary>Fails an ask whose handler returned and left nobody to answer it.</summary>
    internal void Finish()
    {
        if (!_answered)
        {
            _handling.Ask!.Fail(new NoReplyException(Self, _handling.Message!.Descriptor.FullName));
        }

        _handling = default;
        _answered = true;
    }

    internal void Forget(CapturedReply handle)
    {
        lock (_gate)
        {
            _captured.Remove(handle);
        }
    }

    /// <summary>
    /// Cancels its work and timers, while the handler that runs may still send; may be called from any thread and more
    /// than once.
    /// </summary>
    internal void BeginEnd()
    {
        _ = _ending.CancelAsync();
        ActorTimer[] ended;
        lock (_gate)
        {
            ended = [.. _timers];
            _timers.Clear();
        }

        foreach (ActorTimer timer in ended)
        {
            timer.Dispose();
        }
    }

    /// <summary>As <see cref="BeginEnd"/>, and nothing can be sent any more.</summary>
    internal void End()
    {
        _isEnded = true;
        BeginEnd();
    }

    /// <summary>Fails the ask being handled and those captured, which nobody is left to answer.</summary>
    internal void FailAsks(ActorException failure)
    {
        _handling.Ask?.Fail(failure);
        _handling = default;
        _answered = true;
        lock (_gate)
        {
            foreach (CapturedReply handle in _captured)
            {
                handle.Ask!.Fail(failure);
            }

            _captured.Clear();
        }
    }

    private void ThrowIfEnded()
    {
        if (_isEnded)
        {
            throw new OperationCanceledException($"{Self} has ended: nothing is sent in its name any more.", _ending.Token);
        }
    }

    private void PostOwn(IMessage message) => cell.PostOwn(new Envelope(message, Self, Life: life));

    private async ValueTask SendReplyAsync(ActorAddress to, IMessage reply)
    {
        try
        {
            await SendAsync(to, reply).ConfigureAwait(false);
        }
        catch (ActorFailedException)
        {
            // The sender is gone: nobody waits for the reply, and that is no failure of this actor.
        }
    }

    /// <summary>One message to come; forgotten once it came, so that an actor may start timers for ever.</summary>
    private sealed class ActorTimer : IDisposable
    {
        private readonly ActorContext _context;
        private readonly IMessage _message;
        private readonly ITimer _timer;

        internal ActorTimer(ActorContext context, IMessage message)
        {
            _context = context;
            _message = message;
            _timer = context.Time.CreateTimer(
                static state => ((ActorTimer)state!).Fire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        public void Dispose()
        {
            _timer.Dispose();
            lock (_context._gate)
            {
                _context._timers.Remove(this);
            }
        }

        internal void Start(TimeSpan due) => _timer.Change(due, Timeout.InfiniteTimeSpan);

        private void Fire()
        {
            _context.PostOwn(_message);
            Dispose();
        }
    }
}
