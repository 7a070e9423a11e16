namespace DistRec.Oracles;

/// <summary>
/// The row of a non-negative factorization, min ‖y − Xp − b‖² + λ‖p‖² + λ_b b² over p ≥ 0 and b, by trying every set of factors that may be above zero:
/// on the right one the solution is that of plain least squares.
/// </summary>
public static class NaiveNmf
{
    /// <summary>p, [rank], and b; for small ranks.</summary>
    public static (double[] Factors, double Bias) Solve(double[][] x, double[] y, int rank, double regularization, double biasRegularization)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        (double[] Factors, double Bias) best = (new double[rank], y.Length == 0 ? 0 : y.Sum() / (y.Length + biasRegularization));
        double least = Loss(x, y, best, regularization, biasRegularization);
        for (int set = 1; set < 1 << rank; set++)
        {
            int[] factors = [.. Enumerable.Range(0, rank).Where(j => (set >> j & 1) != 0)];
            (double[] solution, double bias) = NaiveLeastSquares.RidgeWithIntercept(
                [.. x.Select(row => factors.Select(j => row[j]).ToArray())], y, factors.Length, regularization, biasRegularization);
            if (solution.Any(value => value < 0))
            {
                continue;
            }

            double[] whole = new double[rank];
            for (int index = 0; index < factors.Length; index++)
            {
                whole[factors[index]] = solution[index];
            }

            double loss = Loss(x, y, (whole, bias), regularization, biasRegularization);
            if (loss < least)
            {
                (least, best) = (loss, (whole, bias));
            }
        }

        return best;
    }

    /// <summary>‖y − Xp − b‖² + λ‖p‖² + λ_b b².</summary>
    public static double Loss(
        double[][] x, double[] y, (double[] Factors, double Bias) row, double regularization, double biasRegularization) =>
        NaiveLeastSquares.SquaredError(x, y, row.Factors, row.Bias)
        + (regularization * NaiveLeastSquares.Dot(row.Factors, row.Factors)) + (biasRegularization * row.Bias * row.Bias);
}
