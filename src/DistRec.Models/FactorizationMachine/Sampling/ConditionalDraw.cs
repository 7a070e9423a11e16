using DistRec.Numerics.Random;

namespace DistRec.Models.FactorizationMachine.Sampling;

/// <summary>
/// One parameter given all others ([R12], equations 27 and 28): with h the slope of ŷ in θ, e = y − ŷ and the prior N(μ, 1/λ),
/// θ ~ N((α(Σhe + θ Σh²) + λμ) / (λ + αΣh²), 1/(λ + αΣh²)); least squares take the mean.
/// </summary>
internal struct ConditionalDraw(bool samples, double noisePrecision, EntityRandom random)
{
    private EntityRandom _random = random;

    /// <param name="value">θ as it is.</param>
    /// <param name="slopeSquares">Σh².</param>
    /// <param name="slopeErrors">Σhe.</param>
    /// <param name="precision">λ.</param>
    /// <param name="mean">μ.</param>
    public float Next(float value, double slopeSquares, double slopeErrors, double precision, double mean)
    {
        // Read in any case, so that one parameter's draw does not hang on another's data.
        double noise = samples ? _random.NextGaussian() : 0;
        double total = precision + (noisePrecision * slopeSquares);
        if (!(total > 0))
        {
            return value; // neither data nor prior say anything
        }

        double center = ((noisePrecision * (slopeErrors + (value * slopeSquares))) + (precision * mean)) / total;
        return (float)(center + (noise / Math.Sqrt(total)));
    }
}
