using System.Collections.Concurrent;
using DistRec.Training.Blocks;

namespace DistRec.Cluster.Blocks;

/// <summary>This node's pulls from others that did not end yet, so that a drop or the exchange's stop ends them.</summary>
internal sealed class PendingPulls(CancellationToken stopped)
{
    private readonly ConcurrentDictionary<PendingPull, byte> _pulls = new();

    public PendingPull Begin(BlockKey key, CancellationToken caller)
    {
        PendingPull pull = new(this, key, caller, stopped);
        _pulls[pull] = 0;
        return pull;
    }

    public void Drop(string job, long throughRound)
    {
        foreach (PendingPull pull in _pulls.Keys)
        {
            if (pull.Key.Job == job && pull.Key.Round <= throughRound)
            {
                pull.Drop();
            }
        }
    }

    internal void End(PendingPull pull) => _pulls.TryRemove(pull, out _);
}

/// <summary>One pull, and what may end it before its block comes.</summary>
internal sealed class PendingPull : IDisposable
{
    private readonly PendingPulls _all;
    private readonly CancellationToken _caller;
    private readonly CancellationToken _stopped;
    private readonly CancellationTokenSource _end;
    private readonly Lock _gate = new();
    private bool _isDropped;
    private bool _isDisposed;

    public PendingPull(PendingPulls all, BlockKey key, CancellationToken caller, CancellationToken stopped)
    {
        _all = all;
        _caller = caller;
        _stopped = stopped;
        _end = CancellationTokenSource.CreateLinkedTokenSource(caller, stopped);
        Key = key;
        Token = _end.Token;
    }

    public BlockKey Key { get; }

    /// <summary>Fires when the pull is over.</summary>
    public CancellationToken Token { get; }

    /// <summary>Throws what ended the pull, if something did.</summary>
    public void ThrowIfEnded()
    {
        if (_stopped.IsCancellationRequested)
        {
            throw new BlockExchangeStoppedException();
        }

        lock (_gate)
        {
            if (_isDropped)
            {
                throw new BlockDroppedException(Key);
            }
        }

        _caller.ThrowIfCancellationRequested();
    }

    public void Drop()
    {
        lock (_gate)
        {
            _isDropped = true;
            if (!_isDisposed)
            {
                // On another thread: what waits for the token must not run under a caller's lock.
                _ = _end.CancelAsync();
            }
        }
    }

    public void Dispose()
    {
        _all.End(this);
        lock (_gate)
        {
            _isDisposed = true;
            _end.Dispose();
        }
    }
}
