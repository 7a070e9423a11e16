using DistRec.Data;
using DistRec.Numerics.Random;

namespace DistRec.Evaluation.Bandits;

/// <summary>An A/B test: arm k for a share w_k / Σ w of the users, whatever has been seen.</summary>
/// <remarks>
/// Arm k's clock rings after −ln(u_k) / w_k, u_k being the k-th draw of the user's stream, and the first to ring is the arm. So a user
/// keeps its arm without anyone keeping it; when a weight rises, users come to that arm and none moves between others; and an arm added
/// at the end, or taken from there, moves none but its own (weighted rendezvous hashing: Thaler, Ravishankar, IEEE/ACM ToN 1998;
/// Schindelhauer, Schomaker, SPAA 2005).
/// </remarks>
public sealed class FixedSplitPolicy : IArmPolicy
{
    private readonly double[] _weights;
    private readonly double _total;

    /// <summary>A split.</summary>
    /// <param name="weights">[arms], each finite and at least 0, one above 0; 95 and 5 for a canary.</param>
    /// <exception cref="InputException">They are none, or not such numbers.</exception>
    public FixedSplitPolicy(params ReadOnlySpan<double> weights)
    {
        _weights = weights.ToArray();
        _total = _weights.Sum();
        if (_weights.Any(weight => !(weight >= 0)) || !double.IsFinite(_total) || _total <= 0)
        {
            throw InputException.At(
                "weights of arms",
                "finite numbers of at least 0, one of them above 0",
                $"[{string.Join(", ", _weights)}]",
                "give each arm its share, such as 95 and 5");
        }
    }

    /// <inheritdoc/>
    public int Choose(ReadOnlySpan<ArmStatistics> arms, ref EntityRandom random)
    {
        Require(arms);
        int first = -1;
        double earliest = double.PositiveInfinity;
        for (int arm = 0; arm < _weights.Length; arm++)
        {
            double rings = -Math.Log(1 - random.NextDouble()) / _weights[arm];
            if (_weights[arm] > 0 && (first < 0 || rings < earliest))
            {
                (first, earliest) = (arm, rings);
            }
        }

        return first;
    }

    /// <inheritdoc/>
    public double[] Propensities(ReadOnlySpan<ArmStatistics> arms)
    {
        Require(arms);
        return [.. _weights.Select(weight => weight / _total)];
    }

    private void Require(ReadOnlySpan<ArmStatistics> arms)
    {
        if (arms.Length != _weights.Length)
        {
            throw new ArgumentException($"expected {_weights.Length} arms, as there are weights, found {arms.Length}", nameof(arms));
        }
    }
}
