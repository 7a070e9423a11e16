namespace DistRec.Data;

/// <summary>Moments and range of a set of ratings.</summary>
/// <param name="Mean">μ, the mean.</param>
/// <param name="Deviation">Standard deviation.</param>
/// <param name="Minimum">Lowest rating.</param>
/// <param name="Maximum">Highest rating.</param>
public readonly record struct RatingStatistics(double Mean, double Deviation, float Minimum, float Maximum)
{
    /// <summary>Computes them over the canonical order; all are 0 where there are no ratings.</summary>
    public static RatingStatistics Of(RatingMatrix ratings)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        return Of(ratings.Values.AsSpan((int)ratings.RowStarts[0], checked((int)ratings.Count)));
    }

    /// <summary>Computes them; all are 0 where there are no ratings.</summary>
    public static RatingStatistics Of(ReadOnlySpan<float> ratings)
    {
        if (ratings.IsEmpty)
        {
            return default;
        }

        double sum = 0;
        float minimum = float.PositiveInfinity, maximum = float.NegativeInfinity;
        foreach (float value in ratings)
        {
            sum += value;
            minimum = Math.Min(minimum, value);
            maximum = Math.Max(maximum, value);
        }

        double mean = sum / ratings.Length;
        double squares = 0;
        foreach (float value in ratings)
        {
            squares += (value - mean) * (value - mean);
        }

        return new RatingStatistics(mean, Math.Sqrt(squares / ratings.Length), minimum, maximum);
    }
}
