using DistRec.Numerics.Random;

namespace DistRec.Models.FactorizationMachine.Sampling;

/// <summary>
/// λ and μ of every feature group for w or one factor of v. A draw is from their posterior given the group's parameters, a
/// normal-gamma distribution ([R12], section 3.3.3): λ ~ Γ((a + n)/2, (a s² + Σ(θ − θ̄)² + γ₀n/(γ₀ + n)(θ̄ − μ₀)²)/2), then
/// μ ~ N((nθ̄ + γ₀μ₀)/(n + γ₀), 1/((n + γ₀)λ)), with γ₀ = 1 and μ₀ = 0.
/// </summary>
/// <remarks>
/// λ is drawn with μ integrated out where [R12] takes the μ of the step before: the same posterior, and no state but the parameters.
/// The prior of λ counts as a features of variance s²: one of variance 1 for w, as in [R12]; k + 1 of variance 1/√k for a factor of v, where [R12] has one of
/// variance 1. With s² = 1/√k a product ⟨v_i, v_j⟩ has the variance that w has, 1, whatever k. With a = 1 data switch most of the factors off and let the rest be
/// wide, which predicts worse than many narrow ones; k + 1 is what a Wishart prior of whole rows counts as ([SM08], ν₀).
/// </remarks>
internal sealed class GroupPriors(FeatureSpace space)
{
    private readonly FeatureSpace _space = space;

    /// <summary>λ, [groups].</summary>
    public double[] Precisions { get; } = new double[space.Groups.Count];

    /// <summary>μ, [groups].</summary>
    public double[] Means { get; } = new double[space.Groups.Count];

    /// <summary>The same λ for all groups, and μ = 0.</summary>
    public void Fix(double precision)
    {
        Precisions.AsSpan().Fill(precision);
        Means.AsSpan().Clear();
    }

    /// <summary>Draws λ and μ of all groups.</summary>
    /// <param name="parameters">θ, [features].</param>
    /// <param name="rows">a, how many features the prior counts as.</param>
    /// <param name="variance">s², of those.</param>
    /// <param name="random">The stream.</param>
    public void Draw(ReadOnlySpan<float> parameters, int rows, double variance, ref EntityRandom random)
    {
        for (int index = 0; index < Precisions.Length; index++)
        {
            FeatureGroup group = _space.Groups[index];
            double sum = 0, squares = 0;
            foreach (float value in parameters.Slice(group.First, group.Count))
            {
                sum += value;
                squares += (double)value * value;
            }

            // Σ(θ − θ̄)² + n/(1 + n) θ̄² = Σθ² − (Σθ)²/(1 + n)
            double shape = (rows + group.Count) / 2.0;
            double rate = ((rows * variance) + Math.Max(0, squares - (sum * sum / (1 + group.Count)))) / 2;
            Precisions[index] = random.NextGamma(shape) / rate;
            Means[index] = (sum / (1 + group.Count)) + (random.NextGaussian() / Math.Sqrt((1 + group.Count) * Precisions[index]));
        }
    }
}
