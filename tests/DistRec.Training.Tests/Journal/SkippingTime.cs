using System.Collections.Concurrent;

namespace DistRec.Training.Tests.Journal;

/// <summary>A clock that the test moves. Whoever waits on it is let go at once, and the wait is noted.</summary>
internal sealed class SkippingTime : TimeProvider
{
    private long _ticks;

    /// <summary>The waits that were asked for.</summary>
    public ConcurrentQueue<TimeSpan> Waits { get; } = new();

    /// <summary>Whether waits never end, as on a clock that stands still.</summary>
    public bool StandsStill { get; init; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public void Advance(TimeSpan time) => Interlocked.Add(ref _ticks, time.Ticks);

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch.AddTicks(GetTimestamp());

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Waits.Enqueue(dueTime);
        if (!StandsStill)
        {
            ThreadPool.QueueUserWorkItem(_ => callback(state));
        }

        return new Timer();
    }

    private sealed class Timer : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
