using Google.Protobuf;

namespace DistRec.Training.Coordination;

/// <summary>What a <see cref="PartitionState"/> wants done, in order.</summary>
internal abstract record PartitionEffect
{
    /// <summary>Answer the sender of the message.</summary>
    internal sealed record Reply(IMessage Message) : PartitionEffect;

    /// <summary>Whoever sent the message commands now, and gets the reports.</summary>
    internal sealed record Follow : PartitionEffect;

    /// <summary>Tell whoever commands.</summary>
    internal sealed record Report(IMessage Message) : PartitionEffect;

    /// <summary>Tell whoever commands how far the running round is: the fraction is filled in.</summary>
    internal sealed record ReportProgress(RoundProgress Message) : PartitionEffect;

    /// <summary>Make what holds the tables and ratings of a job.</summary>
    internal sealed record Create(JobSpec Spec) : PartitionEffect;

    /// <summary>Free the tables and ratings.</summary>
    internal sealed record Clear : PartitionEffect;

    /// <summary>Do this partition's part of a round; answered by <see cref="WorkEnded"/> under the same number.</summary>
    internal sealed record StartRound(long Work, RunRound Command) : PartitionEffect;

    /// <summary>Visit an item block; answered by <see cref="WorkEnded"/> under the same number.</summary>
    internal sealed record StartVisit(long Work, RunRound Command, VisitBlock Visit) : PartitionEffect;

    /// <summary>End what is under way; it answers all the same.</summary>
    internal sealed record CancelWork : PartitionEffect;

    /// <summary>Come back with a <see cref="ProgressDue"/> or a <see cref="LeaveDue"/>.</summary>
    internal sealed record Remind(TimeSpan Due, object Message) : PartitionEffect;

    /// <summary>Free blocks of the job on this node.</summary>
    internal sealed record Drop(string Job, long ThroughRound) : PartitionEffect;

    /// <summary>The partition has nothing more to do.</summary>
    internal sealed record Stop : PartitionEffect;
}

/// <summary>Work has ended.</summary>
/// <param name="Work">Its number.</param>
/// <param name="Outcome">How.</param>
/// <param name="Sums">What it came to; null unless it is done.</param>
/// <param name="Error">What went wrong; empty otherwise.</param>
internal sealed record WorkEnded(long Work, WorkOutcome Outcome, RoundSums Sums = default, string Error = "");

/// <summary>How work ended.</summary>
internal enum WorkOutcome
{
    /// <summary>It is done.</summary>
    Done,

    /// <summary>It was cancelled, or the blocks that it needs were dropped: a newer command is here or on its way.</summary>
    Overtaken,

    /// <summary>It failed, and would fail in the same way wherever it is tried again.</summary>
    Fatal,

    /// <summary>It failed, and with it the partition's state.</summary>
    Failed,
}

/// <summary>The partition's reminder to tell how far it is.</summary>
internal sealed record ProgressDue(long Work);

/// <summary>The partition's reminder to say again that it is to leave.</summary>
internal sealed record LeaveDue
{
    public static LeaveDue Instance { get; } = new();
}

/// <summary>The partition's shard moves to another node.</summary>
internal sealed record HandOff
{
    public static HandOff Instance { get; } = new();
}

/// <summary>Nobody has asked for the partition's job for so long that it must be over.</summary>
internal sealed record Abandoned
{
    public static Abandoned Instance { get; } = new();
}
