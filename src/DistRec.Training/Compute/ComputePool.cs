namespace DistRec.Training.Compute;

/// <summary>
/// A fixed number of background threads of its own, so that arithmetic never occupies the threads that deliver messages.
/// Disposing fails the calls that are not finished, lets the chunks that run end, and joins the threads.
/// </summary>
public sealed class ComputePool : IComputePool, IDisposable
{
    // Monitor, because threads wait on it for work.
    private readonly object _gate = new();
    private readonly List<ComputeJob> _oldestFirst = [];
    private readonly Thread[] _threads;
    private bool _disposed;

    /// <param name="width">The number of threads, at least 1.</param>
    /// <param name="name">Begins the threads' names.</param>
    public ComputePool(int width, string name = "distrec-compute")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        _threads = new Thread[width];
        for (int worker = 0; worker < width; worker++)
        {
            int number = worker;
            _threads[worker] = new Thread(() => WorkUntilDisposed(number))
            {
                IsBackground = true,
                Name = $"{name}-{number}",
            };
        }

        foreach (Thread thread in _threads)
        {
            thread.Start();
        }
    }

    public int Width => _threads.Length;

    public Task ForAsync(int chunks, Action<int, int> body, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(chunks);
        ArgumentNullException.ThrowIfNull(body);
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled(cancellationToken);
        }

        if (chunks == 0)
        {
            return Task.CompletedTask;
        }

        ForJob job = new(chunks, body, cancellationToken);
        Enqueue(job);
        return cancellationToken.CanBeCanceled ? WithCancellationAsync(job, cancellationToken) : job.Task;

        async Task WithCancellationAsync(ForJob job, CancellationToken token)
        {
            using CancellationTokenRegistration registration = token.UnsafeRegister(
                _ => Stop(job, new ComputeJob.CancelledByCaller(token)), null);
            await job.Task.ConfigureAwait(false);
        }
    }

    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(work);
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        RunJob<T> job = new(work, cancellationToken);
        Enqueue(job);
        return cancellationToken.CanBeCanceled ? WithCancellationAsync(job, cancellationToken) : job.Task;

        async Task<T> WithCancellationAsync(RunJob<T> job, CancellationToken token)
        {
            using CancellationTokenRegistration registration = token.UnsafeRegister(
                _ => Stop(job, new ComputeJob.CancelledByCaller(token)), null);
            return await job.Task.ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        if (_threads.Contains(Thread.CurrentThread))
        {
            throw new InvalidOperationException("A compute pool cannot be disposed of by its own work; it would wait for itself.");
        }

        Close();
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
    }

    /// <summary>The first half of disposing, which waits for nothing: the threads end with the chunks they run.</summary>
    internal void Close()
    {
        ComputeJob[] unfinished;
        lock (_gate)
        {
            _disposed = true;
            unfinished = [.. _oldestFirst];
            Monitor.PulseAll(_gate);
        }

        foreach (ComputeJob job in unfinished)
        {
            Stop(job, new ObjectDisposedException(nameof(ComputePool)));
        }
    }

    private void Enqueue(ComputeJob job)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _oldestFirst.Add(job);
            if (job.Chunks == 1)
            {
                Monitor.Pulse(_gate);
            }
            else
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void WorkUntilDisposed(int worker)
    {
        while (WorkOnNext(worker))
        {
        }
    }

    // A method of its own: a thread that waits must not have the job before, and all that it refers to, on its stack.
    private bool WorkOnNext(int worker)
    {
        if (WaitForJob() is not { } job)
        {
            return false;
        }

        job.Work(worker);
        Leave(job);
        return true;
    }

    private ComputeJob? WaitForJob()
    {
        lock (_gate)
        {
            while (true)
            {
                if (TakeUnfinished() is { } job)
                {
                    return job;
                }

                if (_disposed)
                {
                    return null;
                }

                Monitor.Wait(_gate);
            }
        }
    }

    private ComputeJob? TakeUnfinished()
    {
        foreach (ComputeJob job in _oldestFirst)
        {
            if (job.HasUnclaimedChunks)
            {
                job.Workers++;
                return job;
            }
        }

        return null;
    }

    private void Leave(ComputeJob job)
    {
        lock (_gate)
        {
            // The last thread to leave finds every chunk claimed or stopped, and no other can enter any more.
            if (--job.Workers > 0)
            {
                return;
            }

            if (!_oldestFirst.Remove(job))
            {
                return;
            }
        }

        job.Complete();
    }

    private void Stop(ComputeJob job, Exception reason)
    {
        lock (_gate)
        {
            if (!job.HasUnclaimedChunks)
            {
                return;
            }

            job.Stop(reason);
            if (job.Workers > 0 || !_oldestFirst.Remove(job))
            {
                return;
            }
        }

        job.Complete();
    }
}
