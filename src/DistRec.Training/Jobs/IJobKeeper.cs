using DistRec.Training.Protocol;

namespace DistRec.Training.Jobs;

/// <summary>What becomes of what a running job tells and publishes.</summary>
internal interface IJobKeeper
{
    /// <summary>Told every event in order, before anything follows from it.</summary>
    ValueTask OnEventAsync(JobEvent happening);

    /// <summary>
    /// Pulls published tables and keeps them. What it throws ends the job by name, since the job relies on what it had kept.
    /// </summary>
    Task TakeAsync(TablesPublished tables, CancellationToken cancellationToken);
}
