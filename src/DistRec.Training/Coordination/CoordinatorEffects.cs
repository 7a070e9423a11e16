using Google.Protobuf;

namespace DistRec.Training.Coordination;

/// <summary>What a <see cref="CoordinatorState"/> wants done, in order.</summary>
internal abstract record CoordinatorEffect
{
    /// <summary>Send to a partition. What is lost is sent again, so nobody waits.</summary>
    /// <param name="To">Which partition.</param>
    /// <param name="Message">What.</param>
    /// <param name="IsLeaving">Whether to the one that said last that it is leaving; otherwise to where its region has it, or will.</param>
    internal sealed record Send(PartitionId To, IMessage Message, bool IsLeaving = false) : CoordinatorEffect;

    /// <summary>Write an event where the job keeps its events; answered by <see cref="EventWritten"/>.</summary>
    internal sealed record Write(JobEvent Event) : CoordinatorEffect;

    /// <summary>Answer somebody who waits for events.</summary>
    internal sealed record Answer(object Watcher, JobEvents Events) : CoordinatorEffect;

    /// <summary>Give up tables that are being taken, and take these; answered by <see cref="TablesTaken"/>.</summary>
    internal sealed record Take(TablesPublished Tables, EndpointTable Endpoints) : CoordinatorEffect;

    /// <summary>Come back with a <see cref="Resend"/> or a <see cref="PingDue"/>.</summary>
    internal sealed record Remind(TimeSpan Due, object Message) : CoordinatorEffect;

    /// <summary>Free blocks of the job on this node.</summary>
    internal sealed record Drop(long ThroughRound) : CoordinatorEffect;

    /// <summary>The job is over and everybody knows.</summary>
    internal sealed record End(StateChanged State) : CoordinatorEffect;

    /// <summary>For logs and metrics: a round begins.</summary>
    internal sealed record RoundBegan(Round Round) : CoordinatorEffect;

    /// <summary>For logs and metrics: everyone has reported.</summary>
    internal sealed record RoundEnded(RoundKind Kind, TimeSpan Elapsed) : CoordinatorEffect;

    /// <summary>For logs and metrics: a partition lost its state.</summary>
    internal sealed record Lost(PartitionId Who, string Cause, bool Failed) : CoordinatorEffect;

    /// <summary>For logs and metrics: a visit of an item block is over.</summary>
    internal sealed record Visited(int Lead) : CoordinatorEffect;

    /// <summary>For logs and metrics: what the job tells.</summary>
    internal sealed record Told(IReadOnlyList<JobEvent> Events, bool IsRepairing) : CoordinatorEffect;
}

/// <summary>An event is where it belongs.</summary>
internal sealed record EventWritten(JobEvent Event);

/// <summary>Published tables were taken, or could not be.</summary>
/// <param name="Version">Their version.</param>
/// <param name="Failure">Why not; empty when they were.</param>
internal sealed record TablesTaken(long Version, string Failure = "");

/// <summary>Somebody waits for events.</summary>
/// <param name="Watcher">Whom to answer.</param>
/// <param name="After">The last event that he knows.</param>
/// <param name="Wait">How long at most.</param>
internal sealed record WatchEvents(object Watcher, long After, TimeSpan Wait);

/// <summary>The coordinator's reminder to send again what may be lost.</summary>
internal sealed record Resend
{
    public static Resend Instance { get; } = new();
}

/// <summary>The coordinator's reminder to look who is still there; also sent when nodes have left the cluster.</summary>
internal sealed record PingDue(bool Repeats)
{
    /// <summary>The reminder that comes again and again.</summary>
    public static PingDue Tick { get; } = new(true);

    /// <summary>Nodes have left.</summary>
    public static PingDue Now { get; } = new(false);
}
