namespace DistRec.Actors;

/// <summary>How often, and after what wait, a failed actor is started again.</summary>
public sealed record RestartPolicy
{
    /// <summary>Restarts before the actor counts as failed for good; 0 for none.</summary>
    public int MaxRestarts { get; init; } = 5;

    /// <summary>The wait before the first restart; it doubles with each further one.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>No wait is longer.</summary>
    public TimeSpan LongestBackoff { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>An actor that ran this long since its last failure starts counting anew.</summary>
    public TimeSpan ForgetAfter { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The wait before restart number <paramref name="restart"/>, counted from 1.</summary>
    public TimeSpan BackoffBefore(int restart)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(restart, 1);
        double milliseconds = FirstBackoff.TotalMilliseconds * Math.Pow(2, restart - 1);
        return milliseconds < LongestBackoff.TotalMilliseconds ? TimeSpan.FromMilliseconds(milliseconds) : LongestBackoff;
    }

    internal void CollectErrors(List<string> errors)
    {
        if (MaxRestarts < 0)
        {
            errors.Add($"Restart.MaxRestarts: expected 0 or more, found {MaxRestarts}");
        }

        if (FirstBackoff < TimeSpan.Zero)
        {
            errors.Add($"Restart.FirstBackoff: expected 0 or more, found {FirstBackoff}");
        }

        if (LongestBackoff < FirstBackoff)
        {
            errors.Add($"Restart.LongestBackoff: expected at least FirstBackoff ({FirstBackoff}), found {LongestBackoff}");
        }

        if (ForgetAfter <= TimeSpan.Zero)
        {
            errors.Add($"Restart.ForgetAfter: expected more than 0, found {ForgetAfter}");
        }
    }
}
