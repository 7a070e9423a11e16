namespace DistRec.Oracles;

/// <summary>The parameters of r̂_ui = μ + b_u + b_i + q_iᵀp_u, in float64.</summary>
/// <param name="GlobalMean">μ.</param>
/// <param name="UserFactors">p_u, [users][rank].</param>
/// <param name="UserBiases">b_u, [users].</param>
/// <param name="ItemFactors">q_i, [items][rank].</param>
/// <param name="ItemBiases">b_i, [items].</param>
public sealed record NaiveFactors(double GlobalMean, double[][] UserFactors, double[] UserBiases, double[][] ItemFactors, double[] ItemBiases)
{
    /// <summary>r̂_ui.</summary>
    public double Predict(int user, int item) =>
        GlobalMean + UserBiases[user] + ItemBiases[item] + NaiveLeastSquares.Dot(UserFactors[user], ItemFactors[item]);

    /// <summary>Σ e_ui².</summary>
    public double SquaredError(IEnumerable<Rating> ratings) =>
        ratings.Sum(rating => Math.Pow(rating.Value - Predict(rating.User, rating.Item), 2));
}
