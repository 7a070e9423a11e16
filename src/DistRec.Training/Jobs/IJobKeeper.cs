using DistRec.Training.Coordination;

namespace DistRec.Training.Jobs;

/// <summary>What becomes of what a job tells and publishes. What it throws ends the job by name.</summary>
internal interface IJobKeeper
{
    /// <summary>Has the job's data published on this node, and says where the job goes on.</summary>
    Task<JobStart> PrepareAsync(CancellationToken cancellationToken);

    /// <summary>Told every event in order; the next one comes when this one is done. Takes as long as it has to.</summary>
    Task OnEventAsync(JobEvent jobEvent, CancellationToken cancellationToken);

    /// <summary>Pulls published tables and keeps them.</summary>
    Task TakeAsync(TablesPublished tables, EndpointTable endpoints, CancellationToken cancellationToken);
}
