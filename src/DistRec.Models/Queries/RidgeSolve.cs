namespace DistRec.Models.Queries;

/// <summary>Solves (Σ_j q_j q_jᵀ + ridge I) z = q in float64 by Cholesky, for one query at a time.</summary>
internal static class RidgeSolve
{
    /// <summary>Smallest ridge relative to the mean diagonal: keeps the system solvable where λ is 0 and there are fewer ratings than factors.</summary>
    private const double MinRelativeRidge = 1e-10;

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
        int rank = right.Length;
        double trace = 0;
        for (int i = 0; i < rank; i++)
        {
            trace += matrix[i, i];
        }

        double added = Math.Max(ridge, trace / rank * MinRelativeRidge);
        if (added == 0)
        {
            return new double[rank];
        }

        for (int i = 0; i < rank; i++)
        {
            matrix[i, i] += added;
        }

        return Substitute(Factor(matrix, added), right);
    }

    private static double[,] Factor(double[,] matrix, double smallestPivot)
    {
        int rank = matrix.GetLength(0);
        for (int j = 0; j < rank; j++)
        {
            for (int i = j; i < rank; i++)
            {
                double sum = matrix[i, j];
                for (int k = 0; k < j; k++)
                {
                    sum -= matrix[i, k] * matrix[j, k];
                }

                // Every pivot is at least the ridge in exact arithmetic; rounding must not bring it below.
                matrix[i, j] = i == j ? Math.Sqrt(Math.Max(sum, smallestPivot)) : sum / matrix[j, j];
            }
        }

        return matrix;
    }

    private static double[] Substitute(double[,] lower, ReadOnlySpan<float> right)
    {
        int rank = right.Length;
        double[] solution = new double[rank];
        for (int i = 0; i < rank; i++)
        {
            double sum = right[i];
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

        return solution;
    }
}
