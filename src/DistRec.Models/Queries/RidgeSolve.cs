namespace DistRec.Models.Queries;

/// <summary>Solves (Σ_j q_j q_jᵀ + ridge I) z = q in float64 by Cholesky, for one query at a time.</summary>
internal static class RidgeSolve
{
    /// <summary>Smallest ridge relative to the mean diagonal: keeps the system solvable where λ is 0 and there are fewer ratings than factors.</summary>
    private const double MinRelativeRidge = 1e-10;

    private const double LeastPivotShare = 1e-14;

    /// <param name="factors">q, [items, rank].</param>
    /// <param name="rows">The j of the sum.</param>
    /// <param name="ridge">What is added to the diagonal, at least 0.</param>
    /// <param name="right">The right-hand side, [rank].</param>
    /// <returns>z, [rank], finite; zeros where the system is zero.</returns>
    public static double[] Solve(FactorTable factors, ReadOnlySpan<int> rows, double ridge, ReadOnlySpan<float> right)
    {
        double[,] matrix = new double[factors.Rank, factors.Rank];
        foreach (int row in rows)
        {
            Add(matrix, factors.Row(row), 1);
        }

        return Solve(matrix, ridge, right);
    }

    /// <summary>Adds w q qᵀ to the lower triangle of a matrix.</summary>
    public static void Add(double[,] matrix, ReadOnlySpan<float> vector, double weight)
    {
        for (int i = 0; i < vector.Length; i++)
        {
            double scaled = weight * vector[i];
            for (int j = 0; j <= i; j++)
            {
                matrix[i, j] += scaled * vector[j];
            }
        }
    }

    /// <summary>Solves (M + ridge I) z = q for a positive semi-definite M by its lower triangle, which is lost.</summary>
    public static double[] Solve(double[,] matrix, double ridge, ReadOnlySpan<float> right)
    {
        double[] solution = new double[right.Length];
        for (int i = 0; i < solution.Length; i++)
        {
            solution[i] = right[i];
        }

        double added = Math.Max(ridge, MeanDiagonal(matrix) * MinRelativeRidge);
        if (added == 0)
        {
            Array.Clear(solution);
            return solution;
        }

        Factor(matrix, added, out _);
        Substitute(matrix, solution);
        return solution;
    }

    /// <summary>The same with the right-hand side in float64, which becomes the solution.</summary>
    /// <returns>False where float64 cannot tell a pivot from rounding; the right-hand side is then as it was.</returns>
    public static bool TrySolve(double[,] matrix, double ridge, Span<double> solution)
    {
        Factor(matrix, ridge, out double smallestShare);
        if (!(smallestShare > LeastPivotShare))
        {
            return false;
        }

        Substitute(matrix, solution);
        return true;
    }

    /// <summary>Mean of the diagonal of a square matrix.</summary>
    public static double MeanDiagonal(double[,] matrix)
    {
        double trace = 0;
        for (int i = 0; i < matrix.GetLength(0); i++)
        {
            trace += matrix[i, i];
        }

        return trace / matrix.GetLength(0);
    }

    // smallestShare: of the pivots before the ridge bounds them, each beside its diagonal.
    private static void Factor(double[,] matrix, double ridge, out double smallestShare)
    {
        int rank = matrix.GetLength(0);
        smallestShare = double.PositiveInfinity;
        for (int j = 0; j < rank; j++)
        {
            matrix[j, j] += ridge;
            double diagonal = matrix[j, j];
            for (int i = j; i < rank; i++)
            {
                double sum = matrix[i, j];
                for (int k = 0; k < j; k++)
                {
                    sum -= matrix[i, k] * matrix[j, k];
                }

                if (i == j)
                {
                    smallestShare = Math.Min(smallestShare, sum / diagonal);
                }

                // Every pivot is at least the ridge in exact arithmetic; rounding must not bring it below.
                matrix[i, j] = i == j ? Math.Sqrt(Math.Max(sum, ridge)) : sum / matrix[j, j];
            }
        }
    }

    private static void Substitute(double[,] lower, Span<double> solution)
    {
        int rank = solution.Length;
        for (int i = 0; i < rank; i++)
        {
            double sum = solution[i];
            for (int k = 0; k < i; k++)
            {
                sum -= lower[i, k] * solution[k];
            }

            solution[i] = sum / lower[i, i];
        }

        for (int i = rank - 1; i >= 0; i--)
        {
            double sum = solution[i];
            for (int k = i + 1; k < rank; k++)
            {
                sum -= lower[k, i] * solution[k];
            }

            solution[i] = sum / lower[i, i];
        }
    }
}
