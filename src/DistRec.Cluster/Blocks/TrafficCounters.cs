using System.Diagnostics.Metrics;
using DistRec.Training.Blocks;

namespace DistRec.Cluster.Blocks;

/// <summary>Counts the traffic of one exchange, for its totals and for the process's metrics.</summary>
internal sealed class TrafficCounters
{
    public const string MeterName = "DistRec.Blocks";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Counter<long> Received = CounterOf("received", "By", "Bytes of blocks and selections received");
    private static readonly Counter<long> Sent = CounterOf("sent", "By", "Bytes of blocks and selections sent");
    private static readonly Counter<long> Pulls = CounterOf("pulls", "{pull}", "Blocks pulled from other nodes");
    private static readonly Counter<long> Retries = CounterOf("retries", "{retry}", "Requests of pulls that were repeated");
    private static readonly Histogram<double> Seconds = Meter.CreateHistogram<double>("distrec.blocks.transfer", "s", "Time of transfers");

    private long _received;
    private long _sent;
    private long _retries;

    public NodeTraffic Total => new(Interlocked.Read(ref _received), Interlocked.Read(ref _sent), Interlocked.Read(ref _retries));

    public Line Of(BlockKey key) => new(key.Name, this);

    private static Counter<long> CounterOf(string what, string unit, string description) =>
        Meter.CreateCounter<long>("distrec.blocks." + what, unit, description);

    /// <summary>Counts for blocks of one name.</summary>
    internal sealed class Line(string name, TrafficCounters all)
    {
        // Metrics carry the name alone: jobs are too many to be a dimension.
        private readonly KeyValuePair<string, object?> _tag = new("name", name);

        public void CountReceived(int bytes)
        {
            Interlocked.Add(ref all._received, bytes);
            Received.Add(bytes, _tag);
        }

        public void CountSent(int bytes)
        {
            Interlocked.Add(ref all._sent, bytes);
            Sent.Add(bytes, _tag);
        }

        public void CountPull(TimeSpan transfer)
        {
            Pulls.Add(1, _tag);
            Seconds.Record(transfer.TotalSeconds, _tag);
        }

        public void CountRetry()
        {
            Interlocked.Increment(ref all._retries);
            Retries.Add(1, _tag);
        }
    }
}
