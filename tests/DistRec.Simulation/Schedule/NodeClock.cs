using DistRec.Simulation.Hosting;

namespace DistRec.Simulation.Schedule;

/// <summary>The virtual clock as one life of a node sees it. Its timers wait while the node is paused and end with the life.</summary>
internal sealed class NodeClock(Scheduler scheduler, NodeLife life) : TimeProvider
{
    private static readonly DateTimeOffset Beginning = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Beginning.AddTicks(scheduler.Now);

    public override long GetTimestamp() => scheduler.Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        ClockTimer timer = new(scheduler, life, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class ClockTimer(Scheduler scheduler, NodeLife life, TimerCallback callback, object? state) : ITimer
    {
        private ScheduledEvent? _next;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            life.Cluster.RequireThread("a timer was set");
            ArgumentOutOfRangeException.ThrowIfNotEqual(period, Timeout.InfiniteTimeSpan);
            Dispose();
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                _next = scheduler.After(dueTime, life, () =>
                {
                    life.Cluster.Note("timer", life.Node.Number);
                    callback(state);
                });
            }

            return true;
        }

        public void Dispose() => _next?.Dispose();

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
