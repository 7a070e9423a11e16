namespace DistRec.Models;

/// <summary>How far the factors of a sampled model lie from their means.</summary>
/// <param name="UserVariances">Posterior variance of each user factor, and last of b_u, [users, rank + 1]; [users, rank] in a model without biases.</param>
/// <param name="ItemVariances">Likewise of items, [items, rank + 1].</param>
/// <param name="NoiseVariance">Variance of a target t around its prediction, 1/α.</param>
public sealed record FactorSpread(FactorTable UserVariances, FactorTable ItemVariances, float NoiseVariance)
{
    /// <summary>
    /// Standard deviation of a rating that is still to come, s·√(1/α + σ_bu² + σ_bi² + Σ (p̄² σ_q² + q̄² σ_p² + σ_p² σ_q²)), with all taken as
    /// independent of each other.
    /// </summary>
    /// <param name="model">The model that this belongs to.</param>
    /// <param name="user">Index of the user.</param>
    /// <param name="item">Index of the item.</param>
    public double DeviationOf(FactorModel model, int user, int item)
    {
        ArgumentNullException.ThrowIfNull(model);
        return DeviationOf(model, model.UserFactors!.Row(user), UserVariances.Row(user), item);
    }

    /// <summary>Likewise for a user that need not be in the model's tables.</summary>
    /// <param name="model">The model that this belongs to.</param>
    /// <param name="p">Means of the user's factors, [rank].</param>
    /// <param name="userVariances">Their variances, as in the tables.</param>
    /// <param name="item">Index of the item.</param>
    internal double DeviationOf(FactorModel model, ReadOnlySpan<float> p, ReadOnlySpan<float> userVariances, int item) =>
        DeviationOf(model, p, userVariances, model.ItemFactors!.Row(item), ItemVariances.Row(item));

    /// <summary>Likewise for a user and an item that need not be in the model's tables.</summary>
    /// <param name="model">The model that this belongs to.</param>
    /// <param name="p">Means of the user's factors, [rank].</param>
    /// <param name="userVariances">Their variances, as in the tables.</param>
    /// <param name="q">Means of the item's factors, [rank].</param>
    /// <param name="itemVariances">Their variances, as in the tables.</param>
    internal double DeviationOf(
        FactorModel model, ReadOnlySpan<float> p, ReadOnlySpan<float> userVariances, ReadOnlySpan<float> q, ReadOnlySpan<float> itemVariances)
    {
        double variance = (double)NoiseVariance + OfBias(p, userVariances) + OfBias(q, itemVariances);
        for (int j = 0; j < p.Length; j++)
        {
            variance += (double)p[j] * p[j] * itemVariances[j] + ((double)q[j] * q[j] + itemVariances[j]) * userVariances[j];
        }

        return model.Unit * Math.Sqrt(variance);
    }

    private static float OfBias(ReadOnlySpan<float> factors, ReadOnlySpan<float> variances) =>
        variances.Length > factors.Length ? variances[factors.Length] : 0;
}
