using DistRec.Training.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace DistRec.Cluster.Hosting;

/// <summary>
/// Sends spans and metrics by OTLP where the environment asks for it: <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> names the collector, and
/// the other variables of OpenTelemetry's specification apply. Without it nothing is measured.
/// </summary>
public sealed class TelemetryExport : IDisposable
{
    /// <summary>Turns the export on.</summary>
    public const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>What the block exchange measures.</summary>
    public const string BlocksMeter = "DistRec.Blocks";

    private readonly MeterProvider _metrics;
    private readonly TracerProvider _traces;

    private TelemetryExport(MeterProvider metrics, TracerProvider traces)
    {
        _metrics = metrics;
        _traces = traces;
    }

    /// <summary>Begins to send; null where no collector is named.</summary>
    /// <param name="variable">Reads an environment variable.</param>
    /// <param name="meters">Names of what is measured beside training and the block exchange.</param>
    public static TelemetryExport? Start(Func<string, string?> variable, params string[] meters)
    {
        ArgumentNullException.ThrowIfNull(variable);
        if (string.IsNullOrWhiteSpace(variable(EndpointVariable)))
        {
            return null;
        }

        MeterProvider metrics = Sdk.CreateMeterProviderBuilder().AddMeter([TrainingTelemetry.Name, BlocksMeter, .. meters]).AddOtlpExporter().Build();
        TracerProvider traces = Sdk.CreateTracerProviderBuilder().AddSource(TrainingTelemetry.Name).AddOtlpExporter().Build();
        return new TelemetryExport(metrics, traces);
    }

    /// <summary>Sends what is left.</summary>
    public void Dispose()
    {
        _metrics.Dispose();
        _traces.Dispose();
    }
}
