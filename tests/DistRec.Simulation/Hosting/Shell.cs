using DistRec.Simulation.Schedule;

namespace DistRec.Simulation.Hosting;

/// <summary>
/// What stands on a node in the place of an actor: handles one message at a time, each in an event of its own, and carries out what a state
/// decides. What it throws is a bug and ends the schedule by name.
/// </summary>
internal abstract class Shell(NodeLife life, string name)
{
    private readonly Dictionary<string, ScheduledEvent> _timers = new(StringComparer.Ordinal);
    private bool _hasStarted;

    internal NodeLife Life => life;

    internal string Name => name;

    internal bool HasStopped { get; private set; }

    protected SimulatedCluster Cluster => life.Cluster;

    /// <summary>Begins, on its node.</summary>
    internal void Start()
    {
        if (HasStopped)
        {
            return;
        }

        _hasStarted = true;
        life.Shells.Add(this);
        Cluster.Note("start", life.Node.Number, -1, name);
        OnStart();
    }

    /// <summary>A message is its turn.</summary>
    /// <param name="message">From another shell, or what its own timers and calls led to.</param>
    /// <param name="sender">Null where it is nobody else's.</param>
    internal void Deliver(object message, Shell? sender)
    {
        Cluster.Note(HasStopped ? "dead letter" : "handle", life.Node.Number, -1, name, message.GetType().Name);
        if (HasStopped)
        {
            return;
        }

        try
        {
            Handle(message, sender);
        }
        catch (Exception exception) when (OnFailure(exception))
        {
            Cluster.Note("failure", life.Node.Number, -1, name, exception.Message);
        }
    }

    /// <summary>Ends: its timers and what is under way are in vain.</summary>
    internal void Stop()
    {
        if (HasStopped)
        {
            return;
        }

        HasStopped = true;
        life.Shells.Remove(this);
        Cluster.Note("stop", life.Node.Number, -1, name);
        foreach (ScheduledEvent timer in _timers.Values)
        {
            timer.Dispose();
        }

        if (_hasStarted)
        {
            OnStop();
        }

        Cluster.Placement.Stopped(this);
        Cluster.LeaveIfEmpty(life);
    }

    /// <summary>A node was removed from the cluster.</summary>
    internal virtual void OnNodeRemoved()
    {
    }

    /// <summary>What it is at, for whoever has to find out why nothing goes on; null for nothing.</summary>
    internal virtual string? Describe() => null;

    /// <summary>Sends to another shell, or to itself.</summary>
    internal void Tell(Shell to, object message) => Cluster.Network.Send(this, to, message);

    /// <summary>Handles a message of its own, after whatever is at its mailbox now.</summary>
    internal void TellSelf(object message) => Tell(this, message);

    protected abstract void Handle(object message, Shell? sender);

    protected virtual void OnStart()
    {
    }

    protected virtual void OnStop()
    {
    }

    /// <summary>Whether somebody knows what to do about a failure.</summary>
    protected virtual bool OnFailure(Exception exception) => false;

    /// <summary>Comes back with a message; another one of the same key takes its place.</summary>
    protected void Remind(string key, object message, TimeSpan due)
    {
        if (_timers.Remove(key, out ScheduledEvent? earlier))
        {
            earlier.Dispose();
        }

        _timers[key] = Cluster.Scheduler.After(due, life, () => Deliver(message, null));
    }

    /// <summary>Begins a call outside the mailbox; what it comes to is a message.</summary>
    /// <param name="call">The call.</param>
    /// <param name="success">The message of its result.</param>
    /// <param name="failure">The message of its failure.</param>
    protected void Pipe<T>(Func<Task<T>> call, Func<T, object> success, Func<Exception, object> failure) =>
        Cluster.Scheduler.After(Cluster.Ticks(Cluster.Options.TurnDelay), life, () =>
        {
            // Of several awaits of one task all but the first would go on elsewhere.
            _ = call().ContinueWith(OnEnded, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

            void OnEnded(Task<T> ended)
            {
                if (Cluster.IsOnThread($"a call of {name} ended there"))
                {
                    TellSelf(ended.IsCompletedSuccessfully ? success(ended.Result)
                        : failure(ended.Exception?.InnerException ?? new TaskCanceledException(ended)));
                }
            }
        });
}
