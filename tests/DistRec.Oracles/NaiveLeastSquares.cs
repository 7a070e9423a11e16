namespace DistRec.Oracles;

/// <summary>Regularized least squares of one row, from the definition: min Σ_t (y_t − β − x_tᵀp)² + λ‖p‖² + λ_β β².</summary>
public static class NaiveLeastSquares
{
    /// <summary>Σ_t x_t x_tᵀ, [rank, rank].</summary>
    public static double[,] Gram(double[][] x, int rank)
    {
        ArgumentNullException.ThrowIfNull(x);
        double[,] gram = new double[rank, rank];
        foreach (double[] observation in x)
        {
            for (int i = 0; i < rank; i++)
            {
                for (int j = 0; j < rank; j++)
                {
                    gram[i, j] += observation[i] * observation[j];
                }
            }
        }

        return gram;
    }

    /// <summary>Σ_t y_t x_t, [rank].</summary>
    public static double[] RightSide(double[][] x, double[] y, int rank)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        double[] sum = new double[rank];
        for (int t = 0; t < x.Length; t++)
        {
            for (int j = 0; j < rank; j++)
            {
                sum[j] += y[t] * x[t][j];
            }
        }

        return sum;
    }

    /// <summary>p of (Σ x xᵀ + λI) p = Σ y x.</summary>
    public static double[] Ridge(double[][] x, double[] y, int rank, double regularization)
    {
        double[,] matrix = Gram(x, rank);
        for (int j = 0; j < rank; j++)
        {
            matrix[j, j] += regularization;
        }

        return NaiveCholesky.SolveSystem(matrix, RightSide(x, y, rank));
    }

    /// <summary>p and β together: the ridge of the observations (x, 1), with λ on p and λ_β on β.</summary>
    public static (double[] Factors, double Intercept) RidgeWithIntercept(
        double[][] x, double[] y, int rank, double regularization, double interceptRegularization)
    {
        double[][] extended = [.. x.Select(observation => (double[])[.. observation.Take(rank), 1])];

        // (Σ (x,1)(x,1)ᵀ + diag(λ, …, λ, λ_β)) (p, β) = Σ y (x, 1)
        double[,] matrix = Gram(extended, rank + 1);
        for (int j = 0; j < rank; j++)
        {
            matrix[j, j] += regularization;
        }

        matrix[rank, rank] += interceptRegularization;
        double[] solution = NaiveCholesky.SolveSystem(matrix, RightSide(extended, y, rank + 1));
        return (solution[..rank], solution[rank]);
    }

    /// <summary>Σ_t (y_t − β − x_tᵀp)².</summary>
    public static double SquaredError(double[][] x, double[] y, double[] factors, double intercept)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        double sum = 0;
        for (int t = 0; t < x.Length; t++)
        {
            double error = y[t] - intercept - Dot(x[t], factors);
            sum += error * error;
        }

        return sum;
    }

    /// <summary>aᵀb, over the shorter of the two.</summary>
    public static double Dot(double[] a, double[] b) => a.Zip(b, (left, right) => left * right).Sum();
}
