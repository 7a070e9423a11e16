using DistRec.Data;
using DistRec.Models.Bayesian;
using DistRec.Numerics.Random;

namespace DistRec.Models.FactorizationMachine.Sampling;

/// <summary>
/// λ and μ of every feature group for w or one factor of v. A draw is from their posterior given the group's parameters, a
/// normal-gamma distribution ([R12], section 3.3.3): λ ~ Γ((α_λ + n)/2, (β_λ + Σ(θ − θ̄)² + β₀n/(β₀ + n)(θ̄ − μ₀)²)/2), then
/// μ ~ N((nθ̄ + β₀μ₀)/(n + β₀), 1/((n + β₀)λ)), with α_λ = β_λ = β₀ = 1 and μ₀ = 0.
/// </summary>
/// <remarks>λ is drawn with μ integrated out where [R12] takes the μ of the step before: the same posterior, and no state but the parameters.</remarks>
internal sealed class GroupPriors
{
    private readonly FeatureSpace _space;

    public GroupPriors(FeatureSpace space)
    {
        _space = space;
        Precisions = new double[space.Groups.Count];
        Means = new double[space.Groups.Count];
    }

    /// <summary>λ, [groups].</summary>
    public double[] Precisions { get; }

    /// <summary>μ, [groups].</summary>
    public double[] Means { get; }

    /// <summary>The same λ for all groups, and μ = 0.</summary>
    public void Fix(double precision)
    {
        Precisions.AsSpan().Fill(precision);
        Means.AsSpan().Clear();
    }

    /// <summary>Draws λ and μ of all groups.</summary>
    /// <param name="parameters">θ, [features].</param>
    /// <param name="random">The stream.</param>
    public void Draw(ReadOnlySpan<float> parameters, ref EntityRandom random)
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
            double shape = (1 + group.Count) / 2.0;
            double rate = (1 + Math.Max(0, squares - (sum * sum / (1 + group.Count)))) / 2;
            Precisions[index] = NormalWishart.NextGamma(ref random, shape) / rate;
            Means[index] = (sum / (1 + group.Count)) + (random.NextGaussian() / Math.Sqrt((1 + group.Count) * Precisions[index]));
        }
    }
}
