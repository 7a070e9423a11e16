using System.Diagnostics.Metrics;
using DistRec.Models.Queries.Asking;
using DistRec.Serving.Events;

namespace DistRec.Serving.Telemetry;

/// <summary>
/// What a process that serves measures, under the name <c>DistRec.Serving</c>. <c>/metrics</c> tells it, and whoever else wants it listens; without a
/// listener it costs next to nothing.
/// </summary>
public static class ServingTelemetry
{
    public const string Name = "DistRec.Serving";

    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> RequestSeconds = Meter.CreateHistogram(
        "distrec.request.duration", "s", "Time from a request's arrival to the end of its answer",
        advice: new InstrumentAdvice<double>
        {
            HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
        });

    private static readonly Counter<long> Failed = Meter.CreateCounter<long>(
        "distrec.requests.failed", "{request}", "Requests that the server could not answer: status 500 and above");

    private static readonly Counter<long> Events = Meter.CreateCounter<long>("distrec.events", "{event}", "Ratings and other events kept");

    private static readonly Counter<long> Folded = Meter.CreateCounter<long>("distrec.users.folded", "{user}", "Rows of users fitted to their ratings since training");

    private static readonly Counter<long> Swaps = Meter.CreateCounter<long>("distrec.swaps", "{swap}", "Times that other versions of models came to answer");

    private static readonly KeyValuePair<string, object?>[] KindTags =
        [.. Enum.GetValues<EventKind>().Select(kind => new KeyValuePair<string, object?>("distrec.event.kind", EventKinds.NameOf(kind)))];

    private static readonly UpDownCounter<int> Streams = Meter.CreateUpDownCounter<int>("distrec.streams", "{stream}", "Listeners to the events of jobs");

    internal static void RequestDone(TimeSpan elapsed, bool failed)
    {
        RequestSeconds.Record(elapsed.TotalSeconds);
        if (failed)
        {
            Failed.Add(1);
        }
    }

    internal static void EventKept(EventKind kind) => Events.Add(1, KindTags[(int)kind]);

    // Those who ask as training knows them are none.
    internal static void Asked(Asker asker)
    {
        if (asker.Note is not null)
        {
            Folded.Add(1);
        }
    }

    internal static void ModelsSwapped() => Swaps.Add(1);

    internal static void StreamBegan() => Streams.Add(1);

    internal static void StreamEnded() => Streams.Add(-1);
}
