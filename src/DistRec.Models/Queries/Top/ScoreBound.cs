using DistRec.Numerics.Quantization;
using DistRec.Numerics.Vectors;

namespace DistRec.Models.Queries.Top;

/// <summary>What an estimate of <see cref="QuantizedRows"/> says of a user's <see cref="FactorSum"/>, before units and link.</summary>
/// <remarks>
/// <para>
/// With z = b_u, the sum of item i, <see cref="FactorSum"/>, is ŝ = fl(fl(z + b_i) + fl(p_uᵀq_i)). A product passes at most n roundings in the sum
/// of products, n = <see cref="Dot.RoundingsOf"/>, and one more; z and b_i pass two. So (Higham, "Accuracy and stability of numerical
/// algorithms", 2nd edition, section 3.1)
/// </para>
/// <para>
/// |ŝ − (z + b_i + p_uᵀq_i)| ≤ γ_{n+1} (|z| + |b_i| + Σ_j |p_uj q_ij|), and 2⁻¹⁵⁰ for each product that underflows; sums do not.
/// </para>
/// <para>
/// Now Σ_j |p_uj q_ij| ≤ ‖p_u‖ (‖s c_i‖ + ‖δ_i‖), and b_i + p_uᵀq_i is within <see cref="QuantizedQuery.ErrorIn"/> of the estimate e_i.
/// An item is therefore below a threshold T, ŝ &lt; T, wherever
/// </para>
/// <para>
/// e_i &lt; T − z − ρ|z| − ‖s c‖ (‖η‖ + γ₃‖t d‖ + ρ‖p_u‖) − ‖δ‖‖p_u‖ (1 + ρ) − |b| (γ₃ + ρ)
/// </para>
/// <para>
/// with the block's largest norms and ρ = γ_{n+2}: the rounding to spare, 2⁻²⁴ of all that is summed, is more than float64 loses in
/// this line. Where T itself is larger than all of it, 2⁻⁵⁰ of T is taken off. If float32 could overflow in ŝ, something is larger
/// than <see cref="QuantizedRows"/> claims anything of, and the right side is −∞ or NaN.
/// </para>
/// </remarks>
internal readonly struct ScoreBound
{
    private const double Unit = 1.0 / (1 << 24);

    // Above k · 2⁻¹⁴⁹ for any k.
    private const double Underflow = 1e-30;
    private const double ShareOfThreshold = 1.0 / (1L << 50);
    private const double LargestStart = 1e15;

    private readonly double _fixed;
    private readonly double _perCoded;
    private readonly double _perResidual;
    private readonly double _perOffset;
    private readonly double _reachPerCoded;

    /// <param name="start">z: b_u, or 0.</param>
    /// <param name="rank">k.</param>
    /// <param name="query">p_u, coded.</param>
    public ScoreBound(float start, int rank, QuantizedQuery query)
    {
        double roundings = (Dot.RoundingsOf(rank) + 2) * Unit;
        double rho = roundings / (1 - roundings);
        double magnitude = Math.Abs((double)start);
        _fixed = start + (rho * magnitude) + Underflow;
        _perCoded = magnitude < LargestStart ? query.ErrorPerCoded + (rho * query.Norm) : double.PositiveInfinity;
        _perResidual = query.Norm * (1 + rho);
        _perOffset = QuantizedRows.Rounding + rho;
        _reachPerCoded = query.Coded * (1 + QuantizedRows.Rounding);
    }

    /// <summary>Estimates below it belong to scores below a threshold. −∞ or NaN where nothing can be said.</summary>
    /// <param name="bounds">Of the block.</param>
    /// <param name="threshold">T; −∞ for none.</param>
    public double CutIn(in BlockBounds bounds, double threshold) =>
        threshold - (ShareOfThreshold * Math.Abs(threshold)) - _fixed
        - ((bounds.Coded * _perCoded) + (bounds.Residual * _perResidual) + (bounds.OffsetMagnitude * _perOffset));

    /// <summary>At least the largest estimate that a block can have: s t·cᵀd ≤ ‖s c‖‖t d‖.</summary>
    public double ReachIn(in BlockBounds bounds) =>
        bounds.LargestOffset + (bounds.Coded * _reachPerCoded) + (bounds.OffsetMagnitude * QuantizedRows.Rounding);
}
