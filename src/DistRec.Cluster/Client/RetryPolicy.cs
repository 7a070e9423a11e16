namespace DistRec.Cluster.Client;

/// <summary>Makes calls again while the cluster does not answer, says so, and gives up by name in the end.</summary>
internal sealed class RetryPolicy(ClusterClient client, ClusterTrainingOptions options)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(2);

    private int _silent;

    /// <summary>Makes a call until it succeeds, is refused, or the cluster has not answered for too long.</summary>
    /// <exception cref="ClusterException">The call is refused, or the cluster is lost.</exception>
    public async Task<T> TryAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        long? since = null;
        TimeSpan wait = FirstWait;
        while (true)
        {
            try
            {
                T answer = await call(cancellationToken).ConfigureAwait(false);
                if (since is not null && Interlocked.Exchange(ref _silent, 0) == 1)
                {
                    options.StatusMessages?.Report($"{client.Address} answers again");
                }

                return answer;
            }
            catch (ClusterException exception) when (exception.IsTransient)
            {
                since ??= client.Time.GetTimestamp();
                if (client.Time.GetElapsedTime(since.Value) >= options.GiveUpAfter)
                {
                    throw new ClusterLostException(
                        $"{client.Address}: the cluster has not answered for {options.GiveUpAfter.TotalSeconds:0.#} s "
                        + $"({exception.Message}); job {options.Job} goes on by itself when the coordinator is back: watch it then",
                        exception);
                }

                if (Interlocked.Exchange(ref _silent, 1) == 0)
                {
                    options.StatusMessages?.Report($"{exception.Message}; asking again for up to {options.GiveUpAfter.TotalSeconds:0.#} s");
                }
            }

            await Task.Delay(wait, client.Time, cancellationToken).ConfigureAwait(false);
            wait = wait * 2 < MaxWait ? wait * 2 : MaxWait;
        }
    }

    /// <inheritdoc cref="TryAsync{T}"/>
    public Task TryAsync(Func<CancellationToken, Task> call, CancellationToken cancellationToken) => TryAsync(
        async token =>
        {
            await call(token).ConfigureAwait(false);
            return true;
        },
        cancellationToken);
}
