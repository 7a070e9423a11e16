namespace DistRec.Oracles;

/// <summary>
/// The row of a non-negative factorization, min ‖y − Xp‖² + λ‖p‖² over p ≥ 0, by trying every set of factors that may be above zero:
/// on the right one the solution is that of plain least squares.
/// </summary>
public static class NaiveNmf
{
    /// <summary>p, [rank]; for small ranks.</summary>
    public static double[] Solve(double[][] x, double[] y, int rank, double regularization)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        double[] best = new double[rank];
        double least = Loss(x, y, best, regularization);
        for (int set = 1; set < 1 << rank; set++)
        {
            int[] factors = [.. Enumerable.Range(0, rank).Where(j => (set >> j & 1) != 0)];
            double[] solution = NaiveLeastSquares.Ridge([.. x.Select(row => factors.Select(j => row[j]).ToArray())], y, factors.Length, regularization);
            if (solution.Any(value => value < 0))
            {
                continue;
            }

            double[] whole = new double[rank];
            for (int index = 0; index < factors.Length; index++)
            {
                whole[factors[index]] = solution[index];
            }

            double loss = Loss(x, y, whole, regularization);
            if (loss < least)
            {
                (least, best) = (loss, whole);
            }
        }

        return best;
    }

    /// <summary>‖y − Xp‖² + λ‖p‖².</summary>
    public static double Loss(double[][] x, double[] y, double[] factors, double regularization) =>
        NaiveLeastSquares.SquaredError(x, y, factors, 0) + regularization * NaiveLeastSquares.Dot(factors, factors);
}
