namespace DistRec.Data;

/// <summary>What a rating can be.</summary>
public static class RatingLimits
{
    /// <summary>
    /// Largest magnitude of a rating. Values beyond it are ids or times read from the wrong column, and their squares would
    /// swamp single-precision sums.
    /// </summary>
    public const float Magnitude = 1e6f;
}
