namespace DistRec.Oracles;

/// <summary>θ ≥ 0 that minimizes θᵀAθ − 2aᵀθ, by projected gradient descent with small steps, in float64 and without a thought of speed.</summary>
public static class NaiveInterpolation
{
    /// <summary>Finds θ.</summary>
    /// <param name="products">A, symmetric.</param>
    /// <param name="own">a.</param>
    public static double[] Solve(double[][] products, double[] own)
    {
        double[] weights = new double[own.Length];
        double step = 0.5 / products.Max(row => row.Sum(Math.Abs));
        for (int count = 0; count < 20_000; count++)
        {
            weights = [.. weights.Select((weight, row) => Math.Max(0, weight + (step * (own[row] - products[row].Zip(weights, (a, b) => a * b).Sum()))))];
        }

        return weights;
    }

    /// <summary>(Σ x y + β · mean) / (n + β) over the users who rated both.</summary>
    /// <param name="both">What their ratings of the two are off their baselines.</param>
    /// <param name="shrinkage">β.</param>
    /// <param name="mean">The mean of such products over all pairs of ratings of a user.</param>
    public static double MeanProduct(IReadOnlyCollection<(double X, double Y)> both, double shrinkage, double mean) =>
        (both.Sum(pair => pair.X * pair.Y) + (shrinkage * mean)) / (both.Count + shrinkage);
}
