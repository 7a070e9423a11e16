using DistRec.Training.Protocol;

namespace DistRec.Training.Coordination;

/// <summary>One numbered step that all its participants take together.</summary>
/// <param name="Number">Unique within the job and ascending; traffic of another number is stale.</param>
/// <param name="Kind">What is done.</param>
/// <param name="Epoch">The epoch it belongs to, from 1; 0 before the first.</param>
/// <param name="LearningRate">γ, where the round descends.</param>
/// <param name="SourceRound">The round under which the other side's tables are published.</param>
public readonly record struct Round(long Number, RoundKind Kind, int Epoch, double LearningRate, long SourceRound);

/// <summary>What the state machine of a job wants done next.</summary>
/// <param name="Next">The round to run; null where the job waits for its tables to be taken, or has ended.</param>
/// <param name="Events">What to tell those who watch.</param>
public readonly record struct JobStep(Round? Next, IReadOnlyList<JobEvent> Events);
