using DistRec.Simulation.Hosting;

namespace DistRec.Simulation.Schedule;

/// <summary>
/// The events to come, in order of virtual time; those of one moment happen in the order in which they were scheduled.
/// Nothing else lets time pass.
/// </summary>
internal sealed class Scheduler
{
    private readonly PriorityQueue<ScheduledEvent, (long Time, long Sequence)> _queue = new();
    private long _sequence;

    /// <summary>Ticks since the beginning.</summary>
    internal long Now { get; private set; }

    /// <summary>Events that have happened.</summary>
    internal long Happened { get; private set; }

    internal ScheduledEvent At(long time, NodeLife? life, Action action)
    {
        ScheduledEvent happening = new(life, action);
        _queue.Enqueue(happening, (Math.Max(time, Now), _sequence++));
        return happening;
    }

    internal ScheduledEvent After(long ticks, NodeLife? life, Action action) => At(Now + ticks, life, action);

    internal ScheduledEvent After(TimeSpan time, NodeLife? life, Action action) => At(Now + time.Ticks, life, action);

    /// <summary>Goes to the next event that happens no later than <paramref name="end"/>.</summary>
    /// <returns>Null where there is none; <see cref="Now"/> is then what it was.</returns>
    internal ScheduledEvent? Next(long end)
    {
        while (_queue.TryPeek(out ScheduledEvent? happening, out (long Time, long Sequence) order) && order.Time <= end)
        {
            _queue.Dequeue();
            if (happening.IsCancelled || happening.Life is { IsRunning: false })
            {
                continue;
            }

            if (happening.Life is { } life && life.PausedUntil > order.Time)
            {
                // Keeps its number: what waits for the end of the pause happens in the old order.
                _queue.Enqueue(happening, (life.PausedUntil, order.Sequence));
                continue;
            }

            Now = order.Time;
            Happened++;
            return happening;
        }

        return null;
    }

    /// <summary>Whether anything is left that can happen, at whatever time.</summary>
    internal bool IsEmpty()
    {
        while (_queue.TryPeek(out ScheduledEvent? happening, out _) && (happening.IsCancelled || happening.Life is { IsRunning: false }))
        {
            _queue.Dequeue();
        }

        return _queue.Count == 0;
    }

    /// <summary>Lets time pass in which nothing happens.</summary>
    internal void MoveTo(long time) => Now = Math.Max(Now, time);
}

/// <summary>Something that happens at a moment of virtual time.</summary>
/// <param name="life">The node's life that it waits for while the node is paused, and ends with; null for none.</param>
/// <param name="action">What happens.</param>
internal sealed class ScheduledEvent(NodeLife? life, Action action) : IDisposable
{
    internal NodeLife? Life => life;

    internal Action Action => action;

    internal bool IsCancelled { get; private set; }

    /// <summary>It will not happen any more.</summary>
    public void Dispose() => IsCancelled = true;
}
