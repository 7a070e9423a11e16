using System.Runtime.ExceptionServices;
using System.Text;
using DistRec.Actors;
using DistRec.Simulation.Hosting;
using DistRec.Simulation.Schedule;

namespace DistRec.Simulation;

public sealed partial class SimulatedCluster
{
    private readonly Lock _hopGate = new();
    private volatile int _thread;
    private volatile string? _hop;
    private long _spinTime = -1;
    private long _spinStart;

    /// <summary>Lets things happen until a task has ended.</summary>
    /// <param name="goal">Begun in the simulation, or completed by a test's actors.</param>
    /// <param name="bound">Virtual time from now that it may take.</param>
    /// <exception cref="SimulationHangException">Nothing is left that could happen, or the bound is reached.</exception>
    /// <exception cref="SimulationHopException">Something ran on another thread.</exception>
    /// <exception cref="SimulationException">The task failed; its exception is inside.</exception>
    public void RunUntil(Task goal, TimeSpan bound)
    {
        ArgumentNullException.ThrowIfNull(goal);
        Inside(() => Run(goal, bound));
    }

    /// <summary>Begins an asynchronous function as the process of the first node would, and runs until it has ended.</summary>
    /// <inheritdoc cref="RunUntil(Task, TimeSpan)"/>
    public void Run(Func<Task> client, TimeSpan bound)
    {
        ArgumentNullException.ThrowIfNull(client);
        Inside(() => Run(client(), bound));
    }

    /// <inheritdoc cref="Run(Func{Task}, TimeSpan)"/>
    public T Run<T>(Func<Task<T>> client, TimeSpan bound)
    {
        ArgumentNullException.ThrowIfNull(client);
        Task<T>? task = null;
        Inside(() => Run(task = client(), bound));
        return task!.GetAwaiter().GetResult();
    }

    /// <summary>Lets everything happen that happens within some time.</summary>
    public void RunFor(TimeSpan time) => Inside(() =>
    {
        long end = Scheduler.Now + time.Ticks;
        while (Step(end))
        {
        }

        Scheduler.MoveTo(end);
    });

    /// <summary>Makes sure that the caller is on the simulation's thread.</summary>
    /// <param name="what">What happened, for the failure.</param>
    /// <param name="inside">Whether it may only happen while the simulation runs.</param>
    internal void RequireThread(string what, bool inside = false)
    {
        if (!IsOnThread(what, inside))
        {
            throw NewHop(what);
        }
    }

    /// <summary>Whether the caller is on the simulation's thread; otherwise the run fails by name.</summary>
    /// <inheritdoc cref="RequireThread"/>
    internal bool IsOnThread(string what, bool inside = true)
    {
        bool isOn = _thread == 0 ? !inside : Environment.CurrentManagedThreadId == _thread;
        if (!isOn)
        {
            Hopped(what);
        }

        return isOn;
    }

    private void Hopped(string what)
    {
        lock (_hopGate)
        {
            _hop ??= what;
        }
    }

    // A synchronization context would send continuations elsewhere instead of running them inside the event that causes them.
    private void Inside(Action action)
    {
        if (_thread != 0)
        {
            throw new InvalidOperationException("the simulation runs already; await inside it instead of running it again");
        }

        SynchronizationContext? outer = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        _thread = Environment.CurrentManagedThreadId;
        try
        {
            action();
        }
        finally
        {
            _thread = 0;
            SynchronizationContext.SetSynchronizationContext(outer);
        }
    }

    private void Run(Task goal, TimeSpan bound)
    {
        long end = Scheduler.Now + bound.Ticks;
        while (!goal.IsCompleted)
        {
            if (!Step(end))
            {
                throw new SimulationHangException(
                    (Scheduler.IsEmpty() ? "nothing is left that could happen" : $"the goal was not reached within {bound}") + Waits(),
                    Seed, Now, Tail());
            }
        }

        ThrowIfHopped();
        if (goal.IsFaulted || goal.IsCanceled)
        {
            Exception cause = goal.Exception?.InnerException ?? new TaskCanceledException(goal);
            if (cause is SimulationException)
            {
                ExceptionDispatchInfo.Throw(cause);
            }

            throw new SimulationException($"{cause.GetType().Name}: {cause.Message}", Seed, Now, Tail(), cause);
        }
    }

    private bool Step(long end)
    {
        ThrowIfHopped();
        for (int at = _atEvents.Count - 1; at >= 0; at--)
        {
            if (_atEvents[at].Event <= Scheduler.Happened)
            {
                Action action = _atEvents[at].Action;
                _atEvents.RemoveAt(at);
                action();
            }
        }

        if (Scheduler.Next(end) is not { } happening)
        {
            return false;
        }

        RequireProgress();
        try
        {
            happening.Action();
        }
        catch (Exception exception) when (exception is not SimulationException)
        {
            throw new SimulationException($"{exception.GetType().Name}: {exception.Message}", Seed, Now, Tail(), exception);
        }

        return true;
    }

    private void RequireProgress()
    {
        if (Scheduler.Now != _spinTime)
        {
            _spinTime = Scheduler.Now;
            _spinStart = Scheduler.Happened;
        }
        else if (Scheduler.Happened - _spinStart > Options.SpinLimit)
        {
            throw new SimulationHangException(
                $"{Options.SpinLimit} events happened without an advance of virtual time" + Waits(), Seed, Now, Tail());
        }
    }

    private void ThrowIfHopped()
    {
        if (_hop is { } what)
        {
            throw NewHop(what);
        }
    }

    private SimulationHopException NewHop(string what) =>
        new($"{what}, on thread {Environment.CurrentManagedThreadId} instead of the simulation's; "
            + "await with ConfigureAwait(false), and leave out Task.Run, Task.Yield, real timers and real files", Seed, Now, Tail());

    /// <summary>Who waits for what, for whoever has to find out why nothing goes on.</summary>
    private string Waits()
    {
        StringBuilder text = new();
        foreach (NodeLife life in _nodes.Select(node => node.Life).Where(life => life.IsRunning))
        {
            foreach (SimulatedActor actor in life.Actors.Values.Where(actor => actor.Handling is not null))
            {
                text.Append($"\n  {actor.Address} on node {life.Node.Number} handles {actor.Handling}");
            }

            foreach (PendingAsk ask in life.Asks)
            {
                text.Append($"\n  node {life.Node.Number} waits for the answer of {ask.To} to {ask.Request}");
            }

            foreach (Blocks.IPull pull in life.Blocks.Pulls)
            {
                text.Append($"\n  node {life.Node.Number} waits for {pull.Describe()}");
            }
        }

        foreach (Route route in Placement.Routes.Where(route => route.IsHomeless))
        {
            text.Append($"\n  {route.Address} has no node to live on");
        }

        return text.Length == 0 ? "; nobody waits for anything" : $"; these wait:{text}";
    }
}
