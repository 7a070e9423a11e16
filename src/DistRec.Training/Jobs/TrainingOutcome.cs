namespace DistRec.Training.Jobs;

/// <summary>What a training job came to.</summary>
/// <param name="State">Completed, Failed or Cancelled.</param>
/// <param name="Reason">Why it ended, in words.</param>
/// <param name="Model">The model; null where the job failed, or was cancelled before its first epoch was done.</param>
/// <param name="BestEpoch">The epoch whose tables the model has.</param>
/// <param name="Epochs">The learning curve.</param>
/// <param name="Notes">Back-offs, restarts and other things a person should know.</param>
/// <param name="CheckpointPath">The newest checkpoint; null for none.</param>
public sealed record TrainingOutcome(
    JobState State,
    string Reason,
    FactorModel? Model,
    int BestEpoch,
    IReadOnlyList<EpochFinished> Epochs,
    IReadOnlyList<string> Notes,
    string? CheckpointPath)
{
    /// <summary>Whether the model was fitted to all ratings, those kept aside included.</summary>
    public bool Refitted { get; init; }

    /// <summary>Whether it failed by its settings and data alone, and would fail again anywhere.</summary>
    public bool Diverged { get; init; }

    /// <summary>Median training time of an epoch, in seconds; 0 without epochs.</summary>
    public double SecondsPerEpoch => MedianOf(Epochs.Select(epoch => epoch.Seconds));

    /// <summary>The median of some times; 0 of none.</summary>
    public static double MedianOf(IEnumerable<double> seconds)
    {
        double[] sorted = [.. seconds.Order()];
        return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
