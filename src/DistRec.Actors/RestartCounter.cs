namespace DistRec.Actors;

/// <summary>
/// Decides what follows an actor's failure and remembers the first cause: the failures after it are often no more than
/// its consequences, seen by an actor that lost its memory.
/// </summary>
/// <remarks>Engines keep one for each actor. It reads no clock and is not thread-safe.</remarks>
public sealed class RestartCounter(RestartPolicy policy)
{
    private DateTimeOffset _lastFailure;

    /// <summary>The first exception of the present run of failures.</summary>
    public Exception? FirstCause { get; private set; }

    /// <summary>Restarts granted in the present run of failures.</summary>
    public int Restarts { get; private set; }

    /// <summary>The wait before the next start, or null when the actor has failed for good.</summary>
    public TimeSpan? Decide(Exception cause, DateTimeOffset now)
    {
        if (FirstCause is not null && now - _lastFailure > policy.ForgetAfter)
        {
            FirstCause = null;
            Restarts = 0;
        }

        FirstCause ??= cause;
        _lastFailure = now;
        if (Restarts >= policy.MaxRestarts)
        {
            return null;
        }

        Restarts++;
        return policy.BackoffBefore(Restarts);
    }
}
