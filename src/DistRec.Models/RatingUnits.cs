namespace DistRec.Models;

/// <summary>
/// What the arithmetic of training knows of ratings: t = (r − μ) / s, with μ their mean and s such that the targets t have a standard deviation of
/// <see cref="TargetDeviation"/>. So λ, rates, priors and first factors mean the same for stars, percentages and counts, and a model of r and
/// one of a·r + b are the same but for these two numbers.
/// </summary>
/// <remarks>Tables of a model are in these units: r̂_ui = μ + s·(b_u + b_i + q_iᵀp_u).</remarks>
public readonly record struct RatingUnits
{
    /// <summary>
    /// Standard deviation of targets: about that of ratings from 1 to 5, for which settings are published, so that they keep their meaning.
    /// </summary>
    public const double TargetDeviation = 1.1;

    // Ratings that differ by less than float32 tells apart do not differ.
    private const double Resolution = 1.0 / (1 << 24);

    // Roundings of μ + s·t in float64, with room.
    private const double Rounding = 1.0 / (1L << 48);

    private readonly float _inverse;

    /// <param name="mean">μ.</param>
    /// <param name="unit">s, above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is not finite, or the unit is none.</exception>
    public RatingUnits(float mean, float unit)
    {
        if (!float.IsFinite(mean))
        {
            throw new ArgumentOutOfRangeException(nameof(mean), mean, "expected a finite mean");
        }

        if (!IsUnit(unit))
        {
            throw new ArgumentOutOfRangeException(nameof(unit), unit, "expected a finite unit above 0");
        }

        Mean = mean;
        Unit = unit;
        _inverse = 1 / unit;
    }

    /// <summary>Ratings as they are: targets are ratings, and predictions begin from 0.</summary>
    public static RatingUnits None { get; } = new(0, 1);

    /// <summary>μ.</summary>
    public float Mean { get; }

    /// <summary>s.</summary>
    public float Unit { get; }

    /// <summary>The units of ratings with this mean and spread; a unit of 1 where all are the same.</summary>
    public static RatingUnits Of(in RatingStatistics statistics)
    {
        double least = Resolution * Math.Max(Math.Abs((double)statistics.Minimum), Math.Abs((double)statistics.Maximum));
        float unit = (float)(statistics.Deviation / TargetDeviation);
        return new RatingUnits((float)statistics.Mean, statistics.Deviation > least && IsUnit(unit) ? unit : 1);
    }

    /// <summary>Whether a number can be a unit: finite and above 0, and so is 1 over it.</summary>
    public static bool IsUnit(float unit) => unit > 0 && float.IsFinite(unit) && float.IsFinite(1 / unit);

    /// <summary>t of a rating.</summary>
    public float TargetOf(float rating) => (rating - Mean) * _inverse;

    /// <summary>μ + s·t, before clipping. In float64, so that it orders as targets do.</summary>
    public double RatingOf(double target) => Mean + (Unit * target);

    /// <summary>A target from which downwards every <see cref="RatingOf"/> is below a given one, strictly and as computed.</summary>
    internal double StrictlyBelow(double rating)
    {
        double target = (rating - Mean) / Unit;
        return target - (Rounding * (Math.Abs(target) + (Math.Abs((double)Mean) / Unit)));
    }
}
