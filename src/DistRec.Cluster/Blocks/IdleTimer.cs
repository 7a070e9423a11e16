namespace DistRec.Cluster.Blocks;

/// <summary>Cancels an attempt when a peer keeps it waiting too long: a frozen peer's connection stays open and says nothing.</summary>
internal sealed class IdleTimer : IDisposable
{
    private readonly CancellationTokenSource _attempt;
    private readonly ITimer _timer;
    private volatile bool _hasExpired;

    public IdleTimer(TimeProvider time, CancellationToken attempt)
    {
        _attempt = CancellationTokenSource.CreateLinkedTokenSource(attempt);
        _timer = time.CreateTimer(static state => ((IdleTimer)state!).Expire(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        Token = _attempt.Token;
    }

    /// <summary>Fires when the attempt ends from outside or the peer was idle for too long.</summary>
    public CancellationToken Token { get; }

    /// <summary>Whether the peer was idle for too long.</summary>
    public bool HasExpired => _hasExpired;

    /// <summary>Something is awaited from the peer.</summary>
    public void Start(TimeSpan atMost) => _timer.Change(atMost, Timeout.InfiniteTimeSpan);

    /// <summary>It came.</summary>
    public void Stop() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Ends the attempt for the caller's own reasons.</summary>
    public void Cancel() => _attempt.Cancel();

    public void Dispose()
    {
        _timer.Dispose();
        _attempt.Dispose();
    }

    private void Expire()
    {
        _hasExpired = true;
        try
        {
            _attempt.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The attempt ended as the timer ran.
        }
    }
}
