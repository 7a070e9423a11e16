namespace DistRec.Training.Jobs;

/// <summary>Where a job begins or goes on.</summary>
/// <param name="Snapshot">Go on from here; null begins from the beginning.</param>
/// <param name="Events">The last event told before. It rises with every start of a job, and rounds are numbered above it.</param>
internal sealed record JobStart(Snapshot? Snapshot = null, long Events = 0);
