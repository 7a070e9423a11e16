using System.Diagnostics;
using System.Diagnostics.Metrics;
using DistRec.Training.Coordination;

namespace DistRec.Training.Telemetry;

/// <summary>
/// What a coordinator measures, under the name <c>DistRec.Training</c>: a span for every round, with job, kind, epoch and number; a
/// histogram of round times; counters of epochs, lost partitions and bytes of factor rows. Whoever wants it listens, with
/// OpenTelemetry for instance; without a listener it costs next to nothing.
/// </summary>
public static class TrainingTelemetry
{
    public const string Name = "DistRec.Training";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> RoundSeconds = Meter.CreateHistogram(
        "distrec.round.duration", "s", "Time from a round's command to its last report",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.01, 0.025, 0.1, 0.25, 1, 2.5, 10, 25, 100, 250, 1000] });

    private static readonly Counter<long> Epochs = Meter.CreateCounter<long>("distrec.epochs", "{epoch}", "Epochs done");

    private static readonly Counter<long> Lost = Meter.CreateCounter<long>(
        "distrec.partitions.lost", "{partition}", "Partitions that lost their state and began a new incarnation");

    private static readonly Counter<long> Received = Meter.CreateCounter<long>(
        "distrec.rows.received", "By", "Factor rows that came from other nodes");

    private static readonly Counter<long> Needed = Meter.CreateCounter<long>(
        "distrec.rows.needed", "By", "The least that had to: each needed row once for every node");

    private static readonly Histogram<int> Lead = Meter.CreateHistogram<int>(
        "distrec.staleness", "{visit}", "Block visits that the fastest worker of a descent is ahead of the slowest, at each visit's end");

    /// <summary>Begins a round's span; null where nobody listens.</summary>
    internal static Activity? Begin(string job, Round round)
    {
        Activity? activity = Source.StartActivity($"round {round.Kind}");
        activity?.SetTag("distrec.job", job).SetTag("distrec.round", round.Number).SetTag("distrec.epoch", round.Epoch);
        return activity;
    }

    internal static void RoundDone(RoundKind kind, TimeSpan elapsed) => RoundSeconds.Record(elapsed.TotalSeconds, KindTag(kind));

    internal static void EpochDone(EpochFinished epoch)
    {
        Epochs.Add(1);
        Received.Add(epoch.ReceivedBytes);
        Needed.Add(epoch.NeededBytes);
    }

    internal static void PartitionLost(bool failed) => Lost.Add(1, new KeyValuePair<string, object?>("distrec.cause", failed ? "failure" : "node"));

    internal static void VisitDone(int lead) => Lead.Record(lead);

    private static KeyValuePair<string, object?> KindTag(RoundKind kind) => new("distrec.round.kind", kind.ToString());
}
