using System.Text;
using DistRec.Simulation.Blocks;
using DistRec.Simulation.Hosting;

namespace DistRec.Simulation;

public sealed partial class SimulatedCluster
{
    private readonly Lock _hopGate = new();
    private volatile int _thread;
    private volatile string? _hop;
    private long _spinTime = -1;
    private long _spinStart;

    /// <summary>Begins an asynchronous function and lets things happen until it has ended.</summary>
    /// <param name="client">The function.</param>
    /// <param name="bound">Virtual time from now that it may take.</param>
    /// <exception cref="SimulationHangException">Nothing is left that could happen, or the bound is reached.</exception>
    /// <exception cref="SimulationHopException">Something ran on another thread.</exception>
    /// <exception cref="SimulationException">Something failed; its exception is inside.</exception>
    public void Run(Func<Task> client, TimeSpan bound)
    {
        ArgumentNullException.ThrowIfNull(client);
        Inside(() => Run(client(), bound));
    }

    /// <inheritdoc cref="Run(Func{Task}, TimeSpan)"/>
    public T Run<T>(Func<Task<T>> client, TimeSpan bound)
    {
        Task<T>? task = null;
        Run(() => (Task)(task = client()), bound);
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
    internal void RequireThread(string what)
    {
        if (_thread != 0 && !IsOnThread(what))
        {
            throw NewHop(what);
        }
    }

    /// <summary>Whether the caller is on the simulation's thread; otherwise the run fails by name.</summary>
    /// <inheritdoc cref="RequireThread"/>
    internal bool IsOnThread(string what)
    {
        bool isOn = Environment.CurrentManagedThreadId == _thread;
        if (!isOn)
        {
            lock (_hopGate)
            {
                _hop ??= what;
            }
        }

        return isOn;
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
                throw NewHang(Scheduler.IsEmpty() ? "nothing is left that could happen" : $"the goal was not reached within {bound}");
            }
        }

        ThrowIfHopped();
        if (!goal.IsCompletedSuccessfully)
        {
            Exception cause = goal.Exception?.InnerException ?? new TaskCanceledException(goal);
            throw cause as SimulationException ?? NewFailure(cause);
        }
    }

    private bool Step(long end)
    {
        ThrowIfHopped();
        foreach ((long number, Action action) in _atEvents.Where(at => at.Event <= Scheduler.Happened).ToArray())
        {
            _atEvents.Remove((number, action));
            action();
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
            throw NewFailure(exception);
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
            throw NewHang($"{Options.SpinLimit} events happened without an advance of virtual time");
        }
    }

    private void ThrowIfHopped()
    {
        if (_hop is { } what)
        {
            throw NewHop(what);
        }
    }

    private SimulationException NewFailure(Exception cause) => new($"{cause.GetType().Name}: {cause.Message}", Seed, Now, Tail(), cause);

    private SimulationHopException NewHop(string what) =>
        new($"{what}, on thread {Environment.CurrentManagedThreadId} instead of the simulation's; "
            + "await with ConfigureAwait(false), and leave out Task.Run, Task.Yield, real timers and real files", Seed, Now, Tail());

    // With who waits for what, for whoever has to find out why nothing goes on.
    private SimulationHangException NewHang(string what)
    {
        StringBuilder text = new(what);
        foreach (NodeLife life in _nodes.Select(node => node.Life).Where(life => life.IsRunning))
        {
            foreach (Shell shell in life.Shells.Where(shell => shell.Describe() is not null))
            {
                text.Append($"\n  {shell.Name} on node {life.Node.Number} {shell.Describe()}");
            }

            foreach (IPull pull in life.Blocks.Pulls)
            {
                text.Append($"\n  node {life.Node.Number} waits for {pull.Describe()}");
            }
        }

        return new SimulationHangException(text.ToString(), Seed, Now, Tail());
    }
}
