using DistRec.Numerics.Vectors;

namespace DistRec.Models;

/// <summary>b_u + b_i + q_iᵀp_u of r̂_ui = μ + s·(b_u + b_i + q_iᵀp_u) ([KBV09], equation 4, in the units of <see cref="RatingUnits"/>): the one place where it stands.</summary>
internal static class FactorSum
{
    /// <summary>The sum in float32 and in this order, so that validation in training and every answer later give the same bits.</summary>
    /// <param name="userBias">b_u, or 0.</param>
    /// <param name="itemBias">b_i, or 0.</param>
    /// <param name="userFactors">p_u, [rank]; empty for a model without factors or a cold side.</param>
    /// <param name="itemFactors">q_i, [rank]; likewise.</param>
    public static float Of(
        float userBias, float itemBias, ReadOnlySpan<float> userFactors, ReadOnlySpan<float> itemFactors) =>
        userBias + itemBias + Dot.Compute(userFactors, itemFactors);
}
