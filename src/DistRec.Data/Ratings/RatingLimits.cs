namespace DistRec.Data;

/// <summary>What a rating can be.</summary>
public static class RatingLimits
{
    /// <summary>
    /// Largest magnitude of a rating. Counts stay below it; times in seconds since 2001, and in milliseconds, do not, so that a
    /// column of times is not taken for one of ratings.
    /// </summary>
    public const float Magnitude = 1e9f;
}
