using DistRec.Actors;
using DistRec.Simulation.Schedule;
using Google.Protobuf;

namespace DistRec.Simulation.Hosting;

/// <summary>
/// The context of one incarnation of an actor: what it began ends with it. Every member first makes sure that it is
/// called on the simulation's thread.
/// </summary>
internal sealed class SimulatedContext(NodeLife life, SimulatedActor actor, int incarnation) : IActorContext, IDisposable
{
    private readonly CancellationTokenSource _ended = new();
    private readonly List<SimulatedReplyHandle> _captured = [];
    private readonly List<ActorTimer> _timers = [];
    private Letter _handling;
    private bool _answered = true;

    public ActorAddress Self => actor.Address;

    public ActorAddress? Sender => _handling.Sender;

    public CancellationToken Stopping => _ended.Token;

    public TimeProvider Time => life.Clock;

    public IBlockExchange Blocks => life.Blocks;

    public IComputePool Compute => life.Compute;

    public ValueTask SendAsync(ActorAddress to, IMessage message, CancellationToken cancellationToken = default)
    {
        RequireAlive($"{Self} sent to {to}");
        return life.SendAsync(actor, to, message, cancellationToken);
    }

    public Task<TReply> AskAsync<TReply>(
        ActorAddress to, IMessage request, TimeSpan timeout, CancellationToken cancellationToken = default)
        where TReply : class, IMessage
    {
        RequireAlive($"{Self} asked {to}");
        return life.AskAsync<TReply>(actor, to, request, timeout, cancellationToken);
    }

    public ReplyHandle CaptureReply()
    {
        RequireThread("captured a reply");
        if (_handling.Message is null)
        {
            throw new InvalidOperationException($"{Self} handles no message now; capture the reply inside OnReceiveAsync.");
        }

        SimulatedReplyHandle handle = new(this, _handling);
        if (_handling.Ask is not null)
        {
            _captured.Add(handle);
        }

        _answered = true;
        return handle;
    }

    public ValueTask ReplyAsync(IMessage reply)
    {
        RequireThread("replied");
        ValueTask replied = ReplyToAsync(_handling, reply);
        _answered = true;
        return replied;
    }

    public ValueTask RefuseAsync(string reason)
    {
        RequireThread("refused");
        _handling.Ask?.Fail(life, new RequestRefusedException(Self, reason));
        _answered = true;
        return ValueTask.CompletedTask;
    }

    public IDisposable StartTimer(TimeSpan due, IMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentOutOfRangeException.ThrowIfLessThan(due, TimeSpan.Zero);
        RequireAlive($"{Self} started a timer");
        ActorTimer timer = new(this, message);
        _timers.Add(timer);
        timer.Start(due);
        return timer;
    }

    public void RunOutside(Func<CancellationToken, Task<IMessage>> work)
    {
        ArgumentNullException.ThrowIfNull(work);
        RequireAlive($"{Self} began work outside");
        actor.EnterOutside();
        life.Cluster.Scheduler.After(life.Cluster.TurnTicks(), life, () => _ = WorkOutsideAsync(work));
    }

    private NodeLife Life => life;

    private SimulatedActor Receiver => actor;

    private int Incarnation => incarnation;

    public void Dispose() => _ended.Dispose();

    internal void Begin(in Letter letter)
    {
        _handling = letter;
        _answered = letter.Ask is null;
    }

    /// <summary>Fails an ask whose handler returned and left nobody to answer it.</summary>
    internal void Finish()
    {
        if (!_answered)
        {
            _handling.Ask!.Fail(life, new NoReplyException(Self, _handling.Message!.Descriptor.FullName));
        }

        _handling = default;
        _answered = true;
    }

    /// <summary>Cancels its work and timers.</summary>
    internal void End()
    {
        if (_ended.IsCancellationRequested)
        {
            return;
        }

        foreach (ActorTimer timer in _timers.ToArray())
        {
            timer.Dispose();
        }

        _ended.Cancel();
    }

    /// <summary>Fails the ask being handled and those captured, which nobody is left to answer.</summary>
    internal void FailAsks(ActorException failure)
    {
        _handling.Ask?.Fail(life, failure);
        _handling = default;
        _answered = true;
        foreach (SimulatedReplyHandle handle in _captured)
        {
            handle.Ask!.Fail(life, failure);
        }

        _captured.Clear();
    }

    /// <summary>Replies to the ask behind a message, else to the actor that sent it, else to nobody.</summary>
    private ValueTask ReplyToAsync(in Letter request, IMessage reply)
    {
        ArgumentNullException.ThrowIfNull(reply);
        life.RequireRunning();
        Wire.CheckSize(reply, life.Cluster.Options.MessageSizeLimit);
        if (request.Ask is { } ask)
        {
            ask.Reply(life, reply);
            return ValueTask.CompletedTask;
        }

        return request.Sender is { } sender ? SendReplyAsync(sender, reply) : ValueTask.CompletedTask;
    }

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

    private async Task WorkOutsideAsync(Func<CancellationToken, Task<IMessage>> work)
    {
        Letter result;
        try
        {
            IMessage message = await work(_ended.Token).ConfigureAwait(false)
                ?? throw new InvalidOperationException($"The outside work of {Self} returned null instead of a message.");
            result = new Letter(message, Self, Incarnation: incarnation);
        }
        catch (Exception exception)
        {
            result = new Letter(null, Self, Incarnation: incarnation, Failure: exception);
        }

        if (life.IsRunning && life.Cluster.IsOnThread($"the outside work of {Self} finished there"))
        {
            actor.PostOwn(result);
            actor.LeaveOutside();
        }
    }

    private void RequireAlive(string what)
    {
        life.Cluster.RequireThread(what, inside: true);
        life.RequireRunning();
        _ended.Token.ThrowIfCancellationRequested();
    }

    private void RequireThread(string what) => life.Cluster.RequireThread($"{Self} {what}", inside: true);

    private sealed class SimulatedReplyHandle(SimulatedContext context, Letter request) : ReplyHandle
    {
        internal ReturnPath? Ask => request.Ask;

        public override ValueTask ReplyAsync(IMessage reply)
        {
            context.RequireThread("replied later");
            ValueTask replied = context.ReplyToAsync(request, reply);
            context._captured.Remove(this);
            return replied;
        }

        public override ValueTask RefuseAsync(string reason)
        {
            context.RequireThread("refused later");
            request.Ask?.Fail(context.Life, new RequestRefusedException(context.Self, reason));
            context._captured.Remove(this);
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>One message to come; forgotten once it came.</summary>
    private sealed class ActorTimer(SimulatedContext context, IMessage message) : IDisposable
    {
        private ScheduledEvent? _event;

        public void Dispose()
        {
            _event?.Dispose();
            context._timers.Remove(this);
        }

        internal void Start(TimeSpan due) => _event = context.Life.Cluster.Scheduler.After(due, context.Life, Fire);

        private void Fire()
        {
            context.Life.Cluster.Note("timer", context.Life.Node.Number, -1, context.Self, message.Descriptor.FullName);
            context.Receiver.PostOwn(new Letter(message, context.Self, Incarnation: context.Incarnation));
            context._timers.Remove(this);
        }
    }
}
