namespace DistRec.Oracles;

/// <summary>Stochastic gradient descent of biased matrix factorization ([KBV09], models.md §4), one rating at a time.</summary>
/// <param name="Rate">γ of the factors.</param>
/// <param name="BiasRate">γ of the biases.</param>
/// <param name="Regularization">λ of the factors.</param>
/// <param name="BiasRegularization">λ of the biases.</param>
public sealed record NaiveMf(double Rate, double BiasRate, double Regularization, double BiasRegularization)
{
    /// <summary>Visits the ratings in the order given and changes the model in place.</summary>
    /// <returns>Σ e_ui², each error before its own update.</returns>
    public double Visit(IEnumerable<Rating> ratings, NaiveFactors model)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        ArgumentNullException.ThrowIfNull(model);
        double squaredErrors = 0;
        foreach (Rating rating in ratings)
        {
            // e_ui = r_ui − μ − b_u − b_i − q_iᵀp_u
            double error = rating.Value - model.Predict(rating.User, rating.Item);
            squaredErrors += error * error;

            // b_u += γ(e − λ_b b_u), b_i += γ(e − λ_b b_i)
            ref double userBias = ref model.UserBiases[rating.User];
            ref double itemBias = ref model.ItemBiases[rating.Item];
            userBias += BiasRate * (error - BiasRegularization * userBias);
            itemBias += BiasRate * (error - BiasRegularization * itemBias);

            // p_u += γ(e q_i − λ p_u), q_i += γ(e p_u − λ q_i), both from the old values
            double[] p = model.UserFactors[rating.User];
            double[] q = model.ItemFactors[rating.Item];
            for (int f = 0; f < p.Length; f++)
            {
                double oldP = p[f];
                double oldQ = q[f];
                p[f] += Rate * (error * oldQ - Regularization * oldP);
                q[f] += Rate * (error * oldP - Regularization * oldQ);
            }
        }

        return squaredErrors;
    }
}
