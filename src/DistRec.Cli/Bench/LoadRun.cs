using System.Diagnostics;
using System.Net;
using System.Threading.Channels;

namespace DistRec.Cli.Bench;

/// <summary>What a load came to.</summary>
/// <param name="Requests">Requests that were answered.</param>
/// <param name="Failed">Those among them with another status than 200.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="PerSecond">Requests a second.</param>
/// <param name="P50Milliseconds">Median latency; of a load of a given rate from the moment at which a request was due.</param>
/// <param name="P99Milliseconds">99th percentile of the latency.</param>
/// <param name="MaximumMilliseconds">Largest latency.</param>
internal sealed record LoadFigures(
    long Requests, long Failed, double Seconds, double PerSecond, double P50Milliseconds, double P99Milliseconds, double MaximumMilliseconds);

/// <summary>Sends requests over some connections for some time.</summary>
internal static class LoadRun
{
    /// <summary>Requests as fast as they are answered: each connection sends the next one when the one before is answered.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="connections">How many connections.</param>
    /// <param name="duration">How long.</param>
    /// <param name="request">The bytes of the request of a number.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static Task<LoadFigures> ClosedAsync(
        IPEndPoint server, int connections, TimeSpan duration, Func<long, ReadOnlyMemory<byte>> request, CancellationToken cancellationToken)
    {
        long number = 0;
        long start = Stopwatch.GetTimestamp();
        return RunAsync(server, connections, start, async (connection, record) =>
        {
            while (Stopwatch.GetElapsedTime(start) < duration)
            {
                long sent = Stopwatch.GetTimestamp();
                record(await connection.SendAsync(request(Interlocked.Increment(ref number)), cancellationToken), Stopwatch.GetElapsedTime(sent));
            }
        }, cancellationToken);
    }

    /// <summary>Requests at a given rate, whether those before are answered or not; latencies count from when each was due.</summary>
    public static async Task<LoadFigures> OpenAsync(
        IPEndPoint server, int connections, TimeSpan duration, double perSecond, Func<long, ReadOnlyMemory<byte>> request, CancellationToken cancellationToken)
    {
        Channel<(long Number, long Due)> due = Channel.CreateUnbounded<(long, long)>();
        long start = Stopwatch.GetTimestamp();

        // A thread of its own: timers of the runtime look at a clock that steps by 4 ms, and would send requests in bursts of as many.
        Task clock = Task.Factory.StartNew(
            () =>
            {
                long number = 0;
                while (Stopwatch.GetElapsedTime(start) < duration && !cancellationToken.WaitHandle.WaitOne(1))
                {
                    for (; number < Stopwatch.GetElapsedTime(start).TotalSeconds * perSecond; number++)
                    {
                        due.Writer.TryWrite((number, start + (long)(number / perSecond * Stopwatch.Frequency)));
                    }
                }

                due.Writer.Complete();
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        LoadFigures figures = await RunAsync(server, connections, start, async (connection, record) =>
        {
            await foreach ((long number, long moment) in due.Reader.ReadAllAsync(cancellationToken))
            {
                record(await connection.SendAsync(request(number), cancellationToken), Stopwatch.GetElapsedTime(moment));
            }
        }, cancellationToken);
        await clock;
        return figures;
    }

    private static async Task<LoadFigures> RunAsync(
        IPEndPoint server, int connections, long start, Func<LoadConnection, Action<int, TimeSpan>, Task> drive, CancellationToken cancellationToken)
    {
        List<double>[] latencies = [.. Enumerable.Range(0, connections).Select(_ => new List<double>())];
        long failed = 0;
        await Task.WhenAll(latencies.Select(own => Task.Run(
            async () =>
            {
                using LoadConnection connection = await LoadConnection.OpenAsync(server, cancellationToken);
                await drive(connection, (status, latency) =>
                {
                    own.Add(latency.TotalMilliseconds);
                    if (status != 200)
                    {
                        Interlocked.Increment(ref failed);
                    }
                });
            },
            cancellationToken)));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        double[] all = [.. latencies.SelectMany(own => own).Order()];
        double At(double share) => all.Length == 0 ? 0 : all[Math.Min(all.Length - 1, (int)(share * all.Length))];
        return new LoadFigures(all.Length, failed, seconds, all.Length / seconds, At(0.5), At(0.99), all.Length == 0 ? 0 : all[^1]);
    }
}
