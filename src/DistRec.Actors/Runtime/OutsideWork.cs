namespace DistRec.Actors.Runtime;

/// <summary>Counts an actor's work outside its mailbox, over all its incarnations, so that stopping can await it.</summary>
internal sealed class OutsideWork
{
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // The actor itself counts as one until it has ended.
    private int _running = 1;

    internal void Enter() => Interlocked.Increment(ref _running);

    internal void Leave()
    {
        if (Interlocked.Decrement(ref _running) == 0)
        {
            _idle.TrySetResult();
        }
    }

    /// <summary>Called once, when the actor begins no more work.</summary>
    internal Task CloseAsync()
    {
        Leave();
        return _idle.Task;
    }
}
