using System.Diagnostics.Metrics;
using DistRec.Serving.Telemetry;

namespace DistRec.Serving.Tests.Jobs;

/// <summary>Counts the listeners of this process while it lives; tests that have some are in one collection.</summary>
internal sealed class StreamCount : IDisposable
{
    public const string Collection = "listeners";

    private readonly MeterListener _listener = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _open;

    public StreamCount()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == ServingTelemetry.Name && instrument.Name == "distrec.streams")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((_, change, _, _) =>
        {
            if (Interlocked.Add(ref _open, change) == 0)
            {
                _closed.TrySetResult();
            }
        });
        _listener.Start();
    }

    public int Open => Volatile.Read(ref _open);

    /// <summary>Completes when one was open and none is any more.</summary>
    public Task WhenClosedAsync() => _closed.Task.Soon("the end of the last listener");

    public void Dispose() => _listener.Dispose();
}
