namespace DistRec.Oracles;

/// <summary>The posterior of one row of Bayesian matrix factorization ([SM08], equations 12 and 13), from the definition.</summary>
public static class NaiveBpmf
{
    /// <summary>Mean and covariance of N(A⁻¹b, A⁻¹) with A = Λ + α Σ x xᵀ and b = Λμ + α Σ y x.</summary>
    public static (double[] Mean, double[,] Covariance) Posterior(double[][] x, double[] y, double[] priorMean, double[,] priorPrecision, double precision)
    {
        ArgumentNullException.ThrowIfNull(priorMean);
        ArgumentNullException.ThrowIfNull(priorPrecision);
        int rank = priorMean.Length;
        double[,] matrix = NaiveLeastSquares.Gram(x, rank);
        double[] right = NaiveLeastSquares.RightSide(x, y, rank);
        for (int i = 0; i < rank; i++)
        {
            right[i] *= precision;
            for (int j = 0; j < rank; j++)
            {
                matrix[i, j] = precision * matrix[i, j] + priorPrecision[i, j];
                right[i] += priorPrecision[i, j] * priorMean[j];
            }
        }

        double[,] upper = NaiveCholesky.Factor(matrix) ?? throw new ArgumentException("expected a positive definite precision", nameof(priorPrecision));
        double[,] covariance = new double[rank, rank];
        for (int column = 0; column < rank; column++)
        {
            double[] unit = new double[rank];
            unit[column] = 1;
            double[] solved = NaiveCholesky.Solve(upper, unit);
            for (int row = 0; row < rank; row++)
            {
                covariance[row, column] = solved[row];
            }
        }

        return (NaiveCholesky.Solve(upper, right), covariance);
    }
}
