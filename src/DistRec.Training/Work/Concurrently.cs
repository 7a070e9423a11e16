using System.Runtime.ExceptionServices;

namespace DistRec.Training.Work;

/// <summary>Several waits at once, of which none outlives the failure of another: what it waits for may then never come.</summary>
internal static class Concurrently
{
    /// <summary>Runs something for each of 0..<paramref name="count"/>-1, and cancels the others when one fails.</summary>
    /// <returns>The results in order.</returns>
    /// <exception cref="Exception">The first failure.</exception>
    public static async Task<T[]> RunAsync<T>(int count, Func<int, CancellationToken, Task<T>> run, CancellationToken cancellationToken)
    {
        using CancellationTokenSource failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ExceptionDispatchInfo? first = null;
        Task<T>[] all = [.. Enumerable.Range(0, count).Select(RunOneAsync)];
        await ((Task)Task.WhenAll(all)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        first?.Throw();
        return [.. all.Select(task => task.Result)];

        async Task<T> RunOneAsync(int index)
        {
            try
            {
                return await run(index, failed.Token).ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref first, ExceptionDispatchInfo.Capture(exception), null);
                failed.Cancel();
                throw;
            }
        }
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public static Task RunAsync(int count, Func<int, CancellationToken, Task> run, CancellationToken cancellationToken) => RunAsync(
        count,
        async (index, token) =>
        {
            await run(index, token).ConfigureAwait(false);
            return true;
        },
        cancellationToken);
}
