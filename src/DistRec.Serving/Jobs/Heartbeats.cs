using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using DistRec.Cluster.Client;
using DistRec.Serving.Api;
using DistRec.Serving.Telemetry;

namespace DistRec.Serving.Jobs;

/// <summary>Keeps a connection of events alive: proxies end those that are silent, and clients take them for dead.</summary>
internal static class Heartbeats
{
    /// <summary>How long nothing is said before a heartbeat.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>Events with heartbeats where there is none for a while.</summary>
    /// <param name="events">The events.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stopping">Ends them in good order.</param>
    /// <param name="cancellationToken">Fires when the listener has gone.</param>
    public static async IAsyncEnumerable<SseItem<object>> Between(
        IAsyncEnumerable<SseItem<object>> events, TimeProvider time, CancellationToken stopping, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        IAsyncEnumerator<SseItem<object>> source = events.GetAsyncEnumerator(ended.Token);
        Task<bool> next = source.MoveNextAsync().AsTask();
        ServingTelemetry.StreamBegan();
        try
        {
            while (true)
            {
                // No clock is left running once there is an event.
                bool hasMore;
                using (CancellationTokenSource waiting = CancellationTokenSource.CreateLinkedTokenSource(ended.Token))
                {
                    Task silence = Task.Delay(Interval, time, waiting.Token);
                    if (await Task.WhenAny(next, silence).ConfigureAwait(false) == silence && !silence.IsCanceled)
                    {
                        yield return new SseItem<object>(new HeartbeatEvent(), "heartbeat");
                        continue;
                    }

                    await waiting.CancelAsync().ConfigureAwait(false);
                    hasMore = await HasMoreAsync(next, stopping).ConfigureAwait(false);
                }

                if (!hasMore)
                {
                    yield break;
                }

                yield return source.Current;
                next = source.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await source.DisposeAsync().ConfigureAwait(false);
            ServingTelemetry.StreamEnded();
        }
    }

    private static async Task<bool> HasMoreAsync(Task<bool> next, CancellationToken stopping)
    {
        try
        {
            return await next.ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ClusterException || (exception is OperationCanceledException && stopping.IsCancellationRequested))
        {
            // Who listens comes back.
            return false;
        }
    }
}
