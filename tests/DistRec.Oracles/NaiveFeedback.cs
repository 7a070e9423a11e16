namespace DistRec.Oracles;

/// <summary>
/// The models that describe users by items, as models.md states them, in float64 and without a thought of speed:
/// r̂_ui = μ + b_u + b_i + q_iᵀ(p_u + Σ_{j∈R(u)} w_j x_j + |N(u)|^-½ Σ_{j∈N(u)} y_j) + |R|^-½ Σ_{j∈R} ((r_uj − b_uj) w_ij + c_ij), where R is what u has
/// rated of i's list.
/// </summary>
public sealed class NaiveFeedback
{
    public double GlobalMean { get; set; }

    public required double[] UserBiases { get; init; }

    public required double[] ItemBiases { get; init; }

    /// <summary>p_u; null for models without.</summary>
    public double[][]? UserFactors { get; init; }

    /// <summary>q_i.</summary>
    public required double[][] ItemFactors { get; init; }

    /// <summary>x_j; null for models without.</summary>
    public double[][]? Explicit { get; init; }

    /// <summary>y_j; null for models without.</summary>
    public double[][]? Implicit { get; init; }

    /// <summary>Items like each one; null for models without lists.</summary>
    public int[][]? Lists { get; init; }

    /// <summary>w_ij, in the order of the lists.</summary>
    public double[][]? NeighborWeights { get; init; }

    /// <summary>c_ij, likewise.</summary>
    public double[][]? ImplicitNeighborWeights { get; init; }

    /// <summary>γ and λ of w_ij and c_ij.</summary>
    public (double Rate, double Regularization) Neighbors { get; init; }

    /// <summary>Whether w_j = |R(u)|^-½ (r_uj − b_uj); otherwise w_j = |R(u)|^-½.</summary>
    public bool WeighsResiduals { get; init; }

    /// <summary>γ of p and q, b, and of x and y.</summary>
    public (double Factors, double Biases, double Feedback) Rate { get; init; }

    /// <summary>λ of p and q, b, and of x and y.</summary>
    public (double Factors, double Biases, double Feedback) Regularization { get; init; }

    /// <summary>w_j of a user's ratings, from the present biases.</summary>
    public double[] WeightsOf(int user, IReadOnlyList<Rating> rated) =>
    [
        .. rated.Select(one =>
            (WeighsResiduals ? one.Value - GlobalMean - UserBiases[user] - ItemBiases[one.Item] : 1) / Math.Sqrt(rated.Count)),
    ];

    /// <summary>r_uj − b_uj of a user's ratings, by item, from the present biases.</summary>
    public Dictionary<int, double> ResidualsOf(int user, IReadOnlyList<Rating> rated) =>
        rated.ToDictionary(one => one.Item, one => one.Value - GlobalMean - UserBiases[user] - ItemBiases[one.Item]);

    /// <summary>What an item's neighbours add, for given residuals.</summary>
    public double NeighborSum(int item, Dictionary<int, double> residuals)
    {
        int[] places = Places(item, residuals);
        return places.Length == 0 ? 0 : places.Sum(
            place => (residuals[Lists![item][place]] * NeighborWeights![item][place]) + ImplicitNeighborWeights![item][place]) / Math.Sqrt(places.Length);
    }

    /// <summary>p_u + z_u, for given weights w_j.</summary>
    public double[] Profile(int user, IReadOnlyList<Rating> rated, IReadOnlyList<int> feedback, double[] weights)
    {
        double[] profile = new double[ItemFactors[0].Length];
        for (int f = 0; f < profile.Length; f++)
        {
            profile[f] = UserFactors?[user][f] ?? 0;
            for (int index = 0; Explicit is not null && index < rated.Count; index++)
            {
                profile[f] += weights[index] * Explicit[rated[index].Item][f];
            }

            if (Implicit is not null && feedback.Count > 0)
            {
                profile[f] += feedback.Sum(item => Implicit[item][f]) / Math.Sqrt(feedback.Count);
            }
        }

        return profile;
    }

    /// <summary>r̂_ui for given weights w_j and residuals.</summary>
    public double Predict(
        int user, int item, IReadOnlyList<Rating> rated, IReadOnlyList<int> feedback, double[] weights, Dictionary<int, double> residuals)
    {
        double[] profile = Profile(user, rated, feedback, weights);
        return GlobalMean + UserBiases[user] + ItemBiases[item] + profile.Zip(ItemFactors[item], (a, b) => a * b).Sum() + NeighborSum(item, residuals);
    }

    /// <summary>The per-rating form: every rating of a user moves everything, z_u included.</summary>
    /// <returns>Σ e², each before its own update.</returns>
    public double VisitByRating(int user, IReadOnlyList<Rating> rated, IReadOnlyList<int> feedback) =>
        Visit(user, rated, feedback, isBatched: false);

    /// <summary>The form by user: z_u is taken once, x and y move once with the gradient of all the user's ratings.</summary>
    /// <returns>Σ e², each before its own update.</returns>
    public double VisitByUser(int user, IReadOnlyList<Rating> rated, IReadOnlyList<int> feedback) =>
        Visit(user, rated, feedback, isBatched: true);

    private double Visit(int user, IReadOnlyList<Rating> rated, IReadOnlyList<int> feedback, bool isBatched)
    {
        int rank = ItemFactors[0].Length;
        double squaredErrors = 0;
        double[] weights = WeightsOf(user, rated);
        Dictionary<int, double> residuals = ResidualsOf(user, rated);
        double[] profile = Profile(user, rated, feedback, weights);
        double[] gradient = new double[rank];
        foreach (Rating rating in rated)
        {
            if (!isBatched)
            {
                weights = WeightsOf(user, rated);
                residuals = ResidualsOf(user, rated);
                profile = Profile(user, rated, feedback, weights);
                Array.Clear(gradient);
            }

            double[] q = ItemFactors[rating.Item];
            double error = rating.Value - GlobalMean - UserBiases[user] - ItemBiases[rating.Item]
                - profile.Zip(q, (a, b) => a * b).Sum() - NeighborSum(rating.Item, residuals);
            squaredErrors += error * error;
            MoveNeighbors(rating.Item, error, residuals);
            UserBiases[user] += Rate.Biases * (error - (Regularization.Biases * UserBiases[user]));
            ItemBiases[rating.Item] += Rate.Biases * (error - (Regularization.Biases * ItemBiases[rating.Item]));
            for (int f = 0; f < rank; f++)
            {
                double oldItem = q[f];
                gradient[f] += error * oldItem;
                q[f] += Rate.Factors * ((error * profile[f]) - (Regularization.Factors * oldItem));
                if (UserFactors is not null)
                {
                    double step = Rate.Factors * ((error * oldItem) - (Regularization.Factors * UserFactors[user][f]));
                    UserFactors[user][f] += step;
                    profile[f] += step;
                }
            }

            if (!isBatched)
            {
                MoveFeedback(rated, feedback, weights, gradient, 1);
            }
        }

        if (isBatched)
        {
            MoveFeedback(rated, feedback, weights, gradient, rated.Count);
        }

        return squaredErrors;
    }

    private int[] Places(int item, Dictionary<int, double> residuals) =>
        Lists is null ? [] : [.. Enumerable.Range(0, Lists[item].Length).Where(place => residuals.ContainsKey(Lists[item][place]))];

    private void MoveNeighbors(int item, double error, Dictionary<int, double> residuals)
    {
        int[] places = Places(item, residuals);
        foreach (int place in places)
        {
            double share = error / Math.Sqrt(places.Length);
            NeighborWeights![item][place] += Neighbors.Rate * ((share * residuals[Lists![item][place]]) - (Neighbors.Regularization * NeighborWeights[item][place]));
            ImplicitNeighborWeights![item][place] += Neighbors.Rate * (share - (Neighbors.Regularization * ImplicitNeighborWeights[item][place]));
        }
    }

    private void MoveFeedback(IReadOnlyList<Rating> rated, IReadOnlyList<int> feedback, double[] weights, double[] gradient, int ratings)
    {
        double keep = Math.Pow(1 - (Rate.Feedback * Regularization.Feedback), ratings);
        for (int index = 0; Explicit is not null && index < rated.Count; index++)
        {
            Move(Explicit[rated[index].Item], weights[index]);
        }

        for (int index = 0; Implicit is not null && index < feedback.Count; index++)
        {
            Move(Implicit[feedback[index]], 1 / Math.Sqrt(feedback.Count));
        }

        void Move(double[] factors, double weight)
        {
            for (int f = 0; f < factors.Length; f++)
            {
                factors[f] = (factors[f] * keep) + (Rate.Feedback * weight * gradient[f]);
            }
        }
    }
}
