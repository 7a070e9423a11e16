using System.Diagnostics;
using DistRec.Training.Coordination;
using DistRec.Training.Jobs;
using Microsoft.Extensions.Logging;

namespace DistRec.Training.Telemetry;

/// <summary>Turns what a coordinator does into log lines, spans and metrics.</summary>
internal sealed class CoordinatorTelemetry(JobSpec spec, ILogger logger) : IDisposable
{
    private readonly CoordinatorLog _log = new(logger);
    private Activity? _round;

    /// <summary>The job begins, or goes on.</summary>
    public void Began(JobStart start) => _log.Begin(spec, start.Snapshot);

    /// <summary>Notes what an effect tells; others than those for logs and metrics tell nothing.</summary>
    public void Observe(CoordinatorEffect effect)
    {
        switch (effect)
        {
            case CoordinatorEffect.RoundBegan began:
                _round?.Dispose();
                _round = TrainingTelemetry.Begin(spec.Job, began.Round);
                _log.RoundBegins(began.Round);
                break;
            case CoordinatorEffect.RoundEnded ended:
                TrainingTelemetry.RoundDone(ended.Kind, ended.Elapsed);
                _log.RoundDone(ended.Kind, ended.Elapsed);
                _round?.Dispose();
                _round = null;
                break;
            case CoordinatorEffect.Lost lost:
                TrainingTelemetry.PartitionLost(lost.Failed);
                _log.Lost(lost.Who, lost.Cause);
                break;
            case CoordinatorEffect.Visited visited:
                TrainingTelemetry.VisitDone(visited.Lead);
                break;
            case CoordinatorEffect.Told told:
                foreach (JobEvent jobEvent in told.Events.Where(jobEvent => jobEvent.Epoch is not null))
                {
                    TrainingTelemetry.EpochDone(jobEvent.Epoch);
                }

                _log.Told(told.Events, told.IsRepairing);
                break;
        }
    }

    public void Dispose() => _round?.Dispose();
}
