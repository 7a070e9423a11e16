using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using DistRec.Training.Blocks;

namespace DistRec.Cluster.Blocks;

/// <summary>Counts the traffic of one exchange, for its snapshot and for the process's metrics.</summary>
internal sealed class TrafficCounters
{
    public const string MeterName = "DistRec.Blocks";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Received = CounterOf("received", "By", "Bytes of blocks and selections received");
    private static readonly Counter<long> Sent = CounterOf("sent", "By", "Bytes of blocks and selections sent");
    private static readonly Counter<long> Pulls = CounterOf("pulls", "{pull}", "Blocks pulled from other nodes");
    private static readonly Counter<long> Retries = CounterOf("retries", "{retry}", "Requests of pulls that were repeated");
    private static readonly Histogram<double> Seconds = Meter.CreateHistogram<double>("distrec.blocks.transfer", "s", "Time of transfers");

    private readonly ConcurrentDictionary<(string Job, string Name), Line> _lines = new();
    private long _received;
    private long _sent;

    /// <summary>Everything, also that of jobs whose counts were forgotten.</summary>
    public NodeTraffic Total => new(Interlocked.Read(ref _received), Interlocked.Read(ref _sent));

    public Line Of(BlockKey key) => _lines.GetOrAdd((key.Job, key.Name), static (id, all) => new Line(id.Name, all), this);

    public IReadOnlyList<BlockTraffic> Snapshot() =>
    [
        .. _lines.Select(line => line.Value.Read(line.Key.Job))
            .OrderBy(line => line.Job, StringComparer.Ordinal).ThenBy(line => line.Name, StringComparer.Ordinal),
    ];

    public void Forget(string job)
    {
        foreach ((string Job, string Name) id in _lines.Keys.Where(id => id.Job == job))
        {
            _lines.TryRemove(id, out _);
        }
    }

    private static Counter<long> CounterOf(string what, string unit, string description) =>
        Meter.CreateCounter<long>("distrec.blocks." + what, unit, description);

    /// <summary>The counts of one name in one job.</summary>
    internal sealed class Line(string name, TrafficCounters all)
    {
        // Metrics carry the name alone: jobs are too many to be a dimension.
        private readonly KeyValuePair<string, object?> _tag = new("name", name);
        private readonly Lock _gate = new();
        private long _received;
        private long _sent;
        private long _pulls;
        private long _retries;
        private double _seconds;

        public void CountReceived(int bytes)
        {
            Interlocked.Add(ref _received, bytes);
            Interlocked.Add(ref all._received, bytes);
            Received.Add(bytes, _tag);
        }

        public void CountSent(int bytes)
        {
            Interlocked.Add(ref _sent, bytes);
            Interlocked.Add(ref all._sent, bytes);
            Sent.Add(bytes, _tag);
        }

        public void CountPull(TimeSpan transfer)
        {
            lock (_gate)
            {
                _pulls++;
                _seconds += transfer.TotalSeconds;
            }

            Pulls.Add(1, _tag);
            Seconds.Record(transfer.TotalSeconds, _tag);
        }

        public void CountRetry()
        {
            Interlocked.Increment(ref _retries);
            Retries.Add(1, _tag);
        }

        public BlockTraffic Read(string job)
        {
            long received = Interlocked.Read(ref _received);
            long sent = Interlocked.Read(ref _sent);
            long retries = Interlocked.Read(ref _retries);
            lock (_gate)
            {
                return new BlockTraffic(job, name, received, sent, _pulls, retries, _seconds);
            }
        }
    }
}
