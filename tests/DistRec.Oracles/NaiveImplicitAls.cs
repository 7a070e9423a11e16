namespace DistRec.Oracles;

/// <summary>
/// Implicit ALS ([HKV08], section 4), as a textbook would loop over every pair, with and without interaction: the loss is
/// Σ_u Σ_i c_ui (t_ui − q_iᵀp_u)² + λ Σ_u n_uᵛ ‖p_u‖² + λ Σ_i n_iᵛ ‖q_i‖², with t = 1 and c = 1 + w where there is an interaction, else t = 0 and c = 1.
/// </summary>
/// <param name="Rank">k.</param>
/// <param name="Regularization">λ.</param>
/// <param name="Exponent">ν.</param>
/// <param name="WeightOf">w of a rating.</param>
public sealed record NaiveImplicitAls(int Rank, double Regularization, double Exponent, Func<double, double> WeightOf)
{
    /// <summary>The factors of every row of one side, given the other's.</summary>
    /// <param name="ratings">Interactions.</param>
    /// <param name="rowOf">The side that is solved.</param>
    /// <param name="columnOf">The other.</param>
    /// <param name="rows">Rows of the side that is solved.</param>
    /// <param name="other">Factors of the other side.</param>
    public double[][] Solve(IReadOnlyList<Rating> ratings, Func<Rating, int> rowOf, Func<Rating, int> columnOf, int rows, double[][] other)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        ArgumentNullException.ThrowIfNull(other);
        double[][] factors = new double[rows][];
        ILookup<int, Rating> byRow = ratings.ToLookup(rowOf);
        for (int row = 0; row < rows; row++)
        {
            Dictionary<int, double> weights = byRow[row].ToDictionary(columnOf, rating => WeightOf(rating.Value));
            factors[row] = new double[Rank];
            if (weights.Count == 0)
            {
                continue;
            }

            double[,] matrix = new double[Rank, Rank];
            double[] right = new double[Rank];
            for (int column = 0; column < other.Length; column++)
            {
                bool interacts = weights.TryGetValue(column, out double weight);
                double confidence = interacts ? 1 + weight : 1;
                for (int i = 0; i < Rank; i++)
                {
                    right[i] += interacts ? confidence * other[column][i] : 0;
                    for (int j = 0; j < Rank; j++)
                    {
                        matrix[i, j] += confidence * other[column][i] * other[column][j];
                    }
                }
            }

            for (int j = 0; j < Rank; j++)
            {
                matrix[j, j] += Regularization * Math.Pow(weights.Count, Exponent);
            }

            factors[row] = NaiveCholesky.SolveSystem(matrix, right);
        }

        return factors;
    }

    /// <summary>The loss above.</summary>
    public double Loss(IReadOnlyList<Rating> ratings, double[][] users, double[][] items)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        ArgumentNullException.ThrowIfNull(users);
        ArgumentNullException.ThrowIfNull(items);
        Dictionary<(int, int), double> weights = ratings.ToDictionary(rating => (rating.User, rating.Item), rating => WeightOf(rating.Value));
        double loss = 0;
        for (int user = 0; user < users.Length; user++)
        {
            for (int item = 0; item < items.Length; item++)
            {
                double score = NaiveLeastSquares.Dot(users[user], items[item]);
                loss += weights.TryGetValue((user, item), out double weight) ? (1 + weight) * (1 - score) * (1 - score) : score * score;
            }
        }

        return loss
            + ratings.CountBy(rating => rating.User).Sum(row => Math.Pow(row.Value, Exponent) * Regularization * NaiveLeastSquares.Dot(users[row.Key], users[row.Key]))
            + ratings.CountBy(rating => rating.Item).Sum(row => Math.Pow(row.Value, Exponent) * Regularization * NaiveLeastSquares.Dot(items[row.Key], items[row.Key]));
    }
}
