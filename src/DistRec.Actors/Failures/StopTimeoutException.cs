namespace DistRec.Actors;

/// <summary>Some actors or their work outside the mailbox did not end in time when the engine stopped.</summary>
public sealed class StopTimeoutException(IReadOnlyList<ActorAddress> stillRunning, TimeSpan timeout)
    : ActorException(
        $"After {timeout} the actor system still waits for {string.Join(", ", stillRunning)}. "
        + "Handlers and work outside the mailbox must end when Context.Stopping is cancelled.")
{
    public IReadOnlyList<ActorAddress> StillRunning { get; } = stillRunning;
}
