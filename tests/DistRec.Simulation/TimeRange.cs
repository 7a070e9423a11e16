namespace DistRec.Simulation;

/// <summary>A span of virtual time that is drawn uniformly between two bounds.</summary>
/// <param name="Shortest">At least 0.</param>
/// <param name="Longest">At least <paramref name="Shortest"/>.</param>
public readonly record struct TimeRange(TimeSpan Shortest, TimeSpan Longest)
{
    /// <summary>No time at all.</summary>
    public static TimeRange Zero { get; }

    /// <summary>Between two numbers of milliseconds.</summary>
    public static TimeRange Milliseconds(double shortest, double longest) =>
        new(TimeSpan.FromMilliseconds(shortest), TimeSpan.FromMilliseconds(longest));
}
