namespace DistRec.Oracles;

/// <summary>
/// ALS with weighted regularization ([ZWSP08], section 3), as a textbook would loop: the loss is
/// Σ (r_ui − μ − b_u − b_i − q_iᵀp_u)² + Σ_u n_uᵅ (λ‖p_u‖² + λ_b b_u²) + Σ_i n_iᵅ (λ‖q_i‖² + λ_b b_i²).
/// </summary>
/// <param name="Rank">k.</param>
/// <param name="Regularization">λ.</param>
/// <param name="BiasRegularization">λ_b.</param>
/// <param name="Exponent">α.</param>
/// <param name="Biases">Whether b_u and b_i take part.</param>
public sealed record NaiveAls(int Rank, double Regularization, double BiasRegularization, double Exponent, bool Biases)
{
    /// <summary>The model after p_u and b_u of every user have been solved for, given the items.</summary>
    public NaiveFactors SolveUsers(IReadOnlyList<Rating> ratings, NaiveFactors model)
    {
        ArgumentNullException.ThrowIfNull(model);
        (double[][] factors, double[] biases) = SolveSide(
            ratings, rating => rating.User, rating => rating.Item, model.UserBiases.Length, model.ItemFactors, model.ItemBiases, model.GlobalMean);
        return model with { UserFactors = factors, UserBiases = biases };
    }

    /// <summary>The model after q_i and b_i of every item have been solved for, given the users.</summary>
    public NaiveFactors SolveItems(IReadOnlyList<Rating> ratings, NaiveFactors model)
    {
        ArgumentNullException.ThrowIfNull(model);
        (double[][] factors, double[] biases) = SolveSide(
            ratings, rating => rating.Item, rating => rating.User, model.ItemBiases.Length, model.UserFactors, model.UserBiases, model.GlobalMean);
        return model with { ItemFactors = factors, ItemBiases = biases };
    }

    /// <summary>The loss above.</summary>
    public double Loss(IReadOnlyList<Rating> ratings, NaiveFactors model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.SquaredError(ratings)
            + Penalty(ratings.CountBy(rating => rating.User), model.UserFactors, model.UserBiases)
            + Penalty(ratings.CountBy(rating => rating.Item), model.ItemFactors, model.ItemBiases);
    }

    private double Penalty(IEnumerable<KeyValuePair<int, int>> counts, double[][] factors, double[] biases) =>
        counts.Sum(row =>
            Math.Pow(row.Value, Exponent)
            * (Regularization * NaiveLeastSquares.Dot(factors[row.Key], factors[row.Key])
                + (Biases ? BiasRegularization * biases[row.Key] * biases[row.Key] : 0)));

    private (double[][] Factors, double[] Biases) SolveSide(
        IReadOnlyList<Rating> ratings,
        Func<Rating, int> rowOf,
        Func<Rating, int> columnOf,
        int rows,
        double[][] otherFactors,
        double[] otherBiases,
        double globalMean)
    {
        double[][] factors = new double[rows][];
        double[] biases = new double[rows];
        ILookup<int, Rating> byRow = ratings.ToLookup(rowOf);
        for (int row = 0; row < rows; row++)
        {
            Rating[] own = [.. byRow[row]];
            factors[row] = new double[Rank];
            if (own.Length == 0)
            {
                continue;
            }

            double[][] x = [.. own.Select(rating => otherFactors[columnOf(rating)])];
            double scale = Math.Pow(own.Length, Exponent);

            // What is left for the row: r − μ − b_other, where b_other is 0 in a model without biases.
            double[] y = [.. own.Select(rating => rating.Value - globalMean - (Biases ? otherBiases[columnOf(rating)] : 0))];
            if (Biases)
            {
                // Σ (q,1)(q,1)ᵀ + nᵅ diag(λ, …, λ_b) on the left, Σ y (q,1) on the right
                (factors[row], biases[row]) =
                    NaiveLeastSquares.RidgeWithIntercept(x, y, Rank, Regularization * scale, BiasRegularization * scale);
            }
            else
            {
                // Σ q qᵀ + λ nᵅ I on the left, Σ y q on the right
                factors[row] = NaiveLeastSquares.Ridge(x, y, Rank, Regularization * scale);
            }
        }

        return (factors, biases);
    }
}
