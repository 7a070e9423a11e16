namespace DistRec.Cluster.Client;

/// <summary>Ends a call when nothing has moved for too long.</summary>
internal sealed class IdleLimit : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly CancellationTokenSource _expired;
    private readonly CancellationTokenSource _either;

    public IdleLimit(TimeSpan limit, TimeProvider time, CancellationToken call)
    {
        _limit = limit;
        _expired = new CancellationTokenSource(limit, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_expired.Token, call);
    }

    /// <summary>Fires when the call is given up from outside, or nothing has moved for too long.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>Whether nothing has moved for too long.</summary>
    public bool HasExpired => _expired.IsCancellationRequested;

    /// <summary>Something moved.</summary>
    public void Touch() => _expired.CancelAfter(_limit);

    public void Dispose()
    {
        _either.Dispose();
        _expired.Dispose();
    }
}
