namespace DistRec.Training.Compute;

/// <summary>One call's chunks: claimed by threads until none are left, one has failed, or the call is cancelled.</summary>
internal abstract class ComputeJob(int chunks, CancellationToken cancellationToken)
{
    private int _next;
    private volatile bool _stopped;
    private Exception? _failure;

    /// <summary>How many threads are inside <see cref="Work"/>; guarded by the pool's lock.</summary>
    internal int Workers { get; set; }

    internal int Chunks => chunks;

    internal bool HasUnclaimedChunks => !_stopped && Volatile.Read(ref _next) < chunks;

    internal void Work(int worker)
    {
        while (HasUnclaimedChunks)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                Stop(new CancelledByCaller(cancellationToken));
                return;
            }

            int chunk = Interlocked.Increment(ref _next) - 1;
            if (chunk >= chunks)
            {
                return;
            }

            try
            {
                Run(chunk, worker);
            }
            catch (Exception exception)
            {
                Stop(exception);
            }
        }
    }

    /// <summary>No further chunk begins; the first reason given is the one reported.</summary>
    internal void Stop(Exception reason)
    {
        Interlocked.CompareExchange(ref _failure, reason, null);
        _stopped = true;
    }

    /// <summary>Called once, after the last thread has left.</summary>
    internal void Complete()
    {
        switch (_failure)
        {
            case null:
                Succeed();
                break;
            case CancelledByCaller cancelled:
                Cancel(cancelled.Token);
                break;
            default:
                Fail(_failure);
                break;
        }
    }

    protected abstract void Run(int chunk, int worker);

    protected abstract void Succeed();

    protected abstract void Fail(Exception exception);

    protected abstract void Cancel(CancellationToken token);

    /// <summary>Tells the caller's cancellation from a chunk that threw one of its own.</summary>
    internal sealed class CancelledByCaller(CancellationToken token) : Exception
    {
        internal CancellationToken Token { get; } = token;
    }
}

internal sealed class ForJob(int chunks, Action<int, int> body, CancellationToken cancellationToken)
    : ComputeJob(chunks, cancellationToken)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task Task => _done.Task;

    protected override void Run(int chunk, int worker) => body(chunk, worker);

    protected override void Succeed() => _done.SetResult();

    protected override void Fail(Exception exception) => _done.SetException(exception);

    protected override void Cancel(CancellationToken token) => _done.SetCanceled(token);
}

internal sealed class RunJob<T>(Func<T> work, CancellationToken cancellationToken)
    : ComputeJob(chunks: 1, cancellationToken)
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    internal Task<T> Task => _done.Task;

    protected override void Run(int chunk, int worker) => _result = work();

    protected override void Succeed() => _done.SetResult(_result!);

    protected override void Fail(Exception exception) => _done.SetException(exception);

    protected override void Cancel(CancellationToken token) => _done.SetCanceled(token);
}
