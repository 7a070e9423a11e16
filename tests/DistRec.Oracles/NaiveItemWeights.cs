namespace DistRec.Oracles;

/// <summary>Weights between items by who has both, over all pairs of items, in float64.</summary>
public sealed class NaiveItemWeights
{
    private readonly double[,] _has;

    /// <param name="ratings">Interactions; what they rate is not looked at.</param>
    /// <param name="users">Users.</param>
    /// <param name="items">Items.</param>
    public NaiveItemWeights(IEnumerable<Rating> ratings, int users, int items)
    {
        _has = new double[users, items];
        foreach (Rating rating in ratings)
        {
            _has[rating.User, rating.Item] = 1;
        }
    }

    private int Users => _has.GetLength(0);

    private int Items => _has.GetLength(1);

    /// <summary>n_ij / (√(n_i n_j) + λ).</summary>
    public double Cosine(int item, int other, double shrinkage) => Both(item, other, _ => 1) / (Math.Sqrt(CountOf(item) * CountOf(other)) + shrinkage);

    /// <summary>Σ_u (1/n_j)ᵅ (1/n_u)ᵅ / n_iᵝ.</summary>
    public double Walk(int item, int other, double exponent, double popularity) =>
        Both(item, other, user => Math.Pow(Enumerable.Range(0, Items).Sum(any => _has[user, any]), -exponent))
        * Math.Pow(CountOf(other), -exponent) / Math.Pow(CountOf(item), popularity);

    /// <summary>−P_ij / P_ii with P = (XᵀX + λI)⁻¹ by Gauss and Jordan, [item, other].</summary>
    public double[,] Ease(double regularization)
    {
        double[,] left = new double[Items, Items], right = new double[Items, Items];
        for (int item = 0; item < Items; item++)
        {
            for (int other = 0; other < Items; other++)
            {
                left[item, other] = Both(item, other, _ => 1) + (item == other ? regularization : 0);
            }

            right[item, item] = 1;
        }

        for (int pivot = 0; pivot < Items; pivot++)
        {
            double of = left[pivot, pivot];
            for (int column = 0; column < Items; column++)
            {
                left[pivot, column] /= of;
                right[pivot, column] /= of;
            }

            for (int row = 0; row < Items; row++)
            {
                double times = left[row, pivot];
                for (int column = 0; column < Items && row != pivot; column++)
                {
                    left[row, column] -= times * left[pivot, column];
                    right[row, column] -= times * right[pivot, column];
                }
            }
        }

        double[,] weights = new double[Items, Items];
        for (int item = 0; item < Items; item++)
        {
            for (int other = 0; other < Items; other++)
            {
                weights[item, other] = item == other ? 0 : -right[item, other] / right[item, item];
            }
        }

        return weights;
    }

    private double CountOf(int item) => Enumerable.Range(0, Users).Sum(user => _has[user, item]);

    private double Both(int item, int other, Func<int, double> weight) =>
        Enumerable.Range(0, Users).Where(user => _has[user, item] * _has[user, other] > 0).Sum(weight);
}
