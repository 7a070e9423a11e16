namespace DistRec.Training.Journal;

/// <summary>What a journal knows of a job.</summary>
/// <param name="Job">Its id.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Spec">What to train.</param>
/// <param name="State">Where it is.</param>
/// <param name="Reason">Why it is there, or ended; may be empty.</param>
/// <param name="CancelRequested">Someone wants it to stop.</param>
/// <param name="Created">When it was given.</param>
/// <param name="Started">When it left the queue; null where it waits.</param>
/// <param name="Updated">When its state last changed.</param>
/// <param name="Order">Its place in the queue; larger is later.</param>
/// <param name="LastSequence">The highest sequence number among its events; 0 for none.</param>
public sealed record JobEntry(
    string Job,
    string Name,
    JobSpec Spec,
    JobState State,
    string Reason,
    bool CancelRequested,
    DateTimeOffset Created,
    DateTimeOffset? Started,
    DateTimeOffset Updated,
    long Order,
    long LastSequence)
{
    /// <summary>The newest epoch that is done; null for none.</summary>
    public EpochFinished? LastEpoch { get; init; }

    /// <summary>The term of the queue that noted its last event; 0 for none.</summary>
    public long Term => JobTerm.Of(LastSequence);

    /// <summary>Whether nothing more will happen to it.</summary>
    public bool HasEnded => State is JobState.Completed or JobState.Failed or JobState.Cancelled;
}
