using DistRec.Training.Protocol;

namespace DistRec.Cluster.Client;

/// <summary>How a job is trained on a cluster.</summary>
public sealed record ClusterTrainingOptions
{
    /// <summary>Names the job; see <see cref="JobIds.Create"/>.</summary>
    public required string Job { get; init; }

    /// <summary>What a person calls it; empty for no name.</summary>
    public string Name { get; init; } = "";

    /// <summary>The upload that the job's ratings are in; empty where the job has its own. See <see cref="ClusterTraining.UploadAsync"/>.</summary>
    public string RatingsOf { get; init; } = "";

    /// <summary>
    /// How long a cluster that has answered before is asked again when it does not answer, as while its coordinator is started again.
    /// </summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long news of the job may be collected before it is asked for again: epochs of small jobs take milliseconds. 0 is at once.</summary>
    public TimeSpan NewsInterval { get; init; }

    /// <summary>Whether the job is cancelled when whoever follows it stops; otherwise it goes on unwatched.</summary>
    public bool CancelsWhenStopped { get; init; } = true;

    /// <summary>
    /// Called with what is about to be submitted, after the upload and before the submission is sent, so that the caller can save what
    /// it needs to find the job again. Where it fails, nothing is submitted and what was uploaded is taken back.
    /// </summary>
    public Func<JobSpec, Task>? Submitting { get; init; }

    /// <summary>Told how much of the ratings is uploaded, from 0 to 1.</summary>
    public IProgress<double>? Uploaded { get; init; }

    /// <summary>Told in words when the cluster does not answer, when it does again, and what a job waits for.</summary>
    public IProgress<string>? StatusMessages { get; init; }
}
