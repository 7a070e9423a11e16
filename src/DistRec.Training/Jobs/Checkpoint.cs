namespace DistRec.Training.Jobs;

/// <summary>Everything that a stopped job needs to go on.</summary>
/// <param name="Spec">The job, as it was laid out.</param>
/// <param name="Fingerprint">SHA-256 of its data.</param>
/// <param name="Resume">Epochs done, and the state of the epoch policy.</param>
/// <param name="Current">The tables after the last epoch.</param>
/// <param name="Best">The best tables.</param>
internal sealed record Checkpoint(JobSpec Spec, string Fingerprint, ResumePoint Resume, TrainedTables Current, TrainedTables Best);
