namespace DistRec.Oracles;

/// <summary>A = UᵀU and its solves, element by element in float64 (Golub, Van Loan, 4th ed., section 4.2).</summary>
public static class NaiveCholesky
{
    /// <summary>The upper triangular U of A = UᵀU, or null where A is not positive definite.</summary>
    public static double[,]? Factor(double[,] a)
    {
        ArgumentNullException.ThrowIfNull(a);
        int order = a.GetLength(0);
        double[,] u = new double[order, order];
        for (int j = 0; j < order; j++)
        {
            // U_jj = √(A_jj − Σ_{m<j} U_mj²)
            double pivot = a[j, j];
            for (int m = 0; m < j; m++)
            {
                pivot -= u[m, j] * u[m, j];
            }

            if (!(pivot > 0))
            {
                return null;
            }

            u[j, j] = Math.Sqrt(pivot);

            // U_ji = (A_ji − Σ_{m<j} U_mj U_mi) / U_jj
            for (int i = j + 1; i < order; i++)
            {
                double sum = a[j, i];
                for (int m = 0; m < j; m++)
                {
                    sum -= u[m, j] * u[m, i];
                }

                u[j, i] = sum / u[j, j];
            }
        }

        return u;
    }

    /// <summary>x of UᵀU x = b.</summary>
    public static double[] Solve(double[,] u, double[] b)
    {
        ArgumentNullException.ThrowIfNull(u);
        ArgumentNullException.ThrowIfNull(b);
        int order = b.Length;
        double[] x = (double[])b.Clone();

        // Uᵀ z = b: z_j = (b_j − Σ_{m<j} U_mj z_m) / U_jj
        for (int j = 0; j < order; j++)
        {
            for (int m = 0; m < j; m++)
            {
                x[j] -= u[m, j] * x[m];
            }

            x[j] /= u[j, j];
        }

        // U x = z: x_j = (z_j − Σ_{m>j} U_jm x_m) / U_jj
        for (int j = order - 1; j >= 0; j--)
        {
            for (int m = j + 1; m < order; m++)
            {
                x[j] -= u[j, m] * x[m];
            }

            x[j] /= u[j, j];
        }

        return x;
    }

    /// <summary>x of A x = b for a positive definite A.</summary>
    /// <exception cref="ArgumentException">A is not positive definite.</exception>
    public static double[] SolveSystem(double[,] a, double[] b) =>
        Solve(Factor(a) ?? throw new ArgumentException("expected a positive definite matrix", nameof(a)), b);
}
