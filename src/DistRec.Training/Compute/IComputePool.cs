namespace DistRec.Training.Compute;

/// <summary>
/// Threads for arithmetic, as many as the machine should spend on it. Work in the pool must not block, least of all on
/// the pool itself.
/// </summary>
public interface IComputePool
{
    /// <summary>The number of threads.</summary>
    int Width { get; }

    /// <summary>
    /// Runs <paramref name="body"/> once for each chunk in 0..<paramref name="chunks"/>-1, on every thread that is free.
    /// All threads help the oldest call first, then the next.
    /// </summary>
    /// <param name="chunks">How many pieces; a thread that finishes one takes the next, so many small ones balance best.</param>
    /// <param name="body">
    /// Takes the chunk and the worker's number in 0..<see cref="Width"/>-1. A worker runs one chunk at a time, so scratch
    /// kept by its number is never shared. The first exception stops the remaining chunks and fails the task.
    /// </param>
    /// <param name="cancellationToken">No chunk begins after it is cancelled; the task ends when those begun have ended.</param>
    Task ForAsync(int chunks, Action<int, int> body, CancellationToken cancellationToken = default);

    /// <summary>Runs a function on one thread of the pool, in turn with the other calls.</summary>
    Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken = default);
}
