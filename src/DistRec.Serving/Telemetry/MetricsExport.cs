using DistRec.Cluster.Hosting;
using DistRec.Training.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace DistRec.Serving.Telemetry;

/// <summary>What <c>/metrics</c> tells in Prometheus' text: of serving, of training and of the blocks that nodes exchange.</summary>
internal static class MetricsExport
{
    public static MeterProvider Create() => Sdk.CreateMeterProviderBuilder()
        .ConfigureResource(resource => resource.AddService("distrec", serviceVersion: Release.Version, autoGenerateServiceInstanceId: false))
        .AddMeter(ServingTelemetry.Name, TrainingTelemetry.Name, TelemetryExport.BlocksMeter)
        .AddPrometheusExporter()
        .Build();
}
