namespace DistRec.Numerics.Linear;

/// <summary>
/// Eigenvalues and eigenvectors of a symmetric matrix: to a tridiagonal one by reflections, then by implicitly shifted QR steps (Golub, Van
/// Loan, "Matrix computations", sections 8.3.1 and 8.3.5). O(n³), and the same bits on every machine.
/// </summary>
public static class SymmetricEigen
{
    // What is smaller beside the diagonal, by the largest number of the matrix, counts as 0.
    private const double Negligible = 1e-16;

    /// <summary>Takes a matrix apart: A = Σ_i λ_i z_i z_iᵀ, to rounding beside its largest eigenvalue. Of what is not finite comes something that is not.</summary>
    /// <param name="matrix">A, [size, size]; overwritten.</param>
    /// <param name="size">n, at least 1.</param>
    /// <returns>λ in no order, [size], and z as rows, [size, size].</returns>
    public static (double[] Values, double[] Vectors) Decompose(double[] matrix, int size)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        if (matrix.Length != size * size)
        {
            throw new ArgumentException($"expected {size} rows of {size}, found {matrix.Length} numbers", nameof(matrix));
        }

        double[] diagonal = new double[size], beside = new double[size];
        double[] vectors = Tridiagonalize(matrix, size, diagonal, beside);
        double largest = 0;
        for (int i = 0; i < size; i++)
        {
            largest = Math.Max(largest, Math.Abs(diagonal[i]) + Math.Abs(beside[i]));
        }

        for (int last = size - 1; last > 0;)
        {
            int first = last;
            while (first > 0 && Math.Abs(beside[first - 1]) > Negligible * largest)
            {
                first--;
            }

            if (first == last)
            {
                last--;
                continue;
            }

            Step(diagonal, beside, vectors, size, first, last);
        }

        return (diagonal, vectors);
    }

    // T = Q A Qᵀ by reflections I − β v vᵀ; returns Q.
    private static double[] Tridiagonalize(double[] a, int size, double[] diagonal, double[] beside)
    {
        double largest = 0;
        foreach (double value in a)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }

        double[] betas = new double[size];
        double[] product = new double[size];
        for (int column = 0; column + 2 < size; column++)
        {
            // v stands in row "column" of A, whose numbers are those of its column.
            Span<double> v = a.AsSpan((column * size) + column + 1, size - column - 1);
            double norm = Math.Sqrt(Dot(v, v));
            if (norm <= Negligible * largest)
            {
                continue; // of rounding alone, whose squares would vanish
            }

            beside[column] = v[0] > 0 ? -norm : norm;
            v[0] -= beside[column];
            double beta = betas[column] = 2 / Dot(v, v);
            Span<double> p = product.AsSpan(0, v.Length);
            for (int i = 0; i < v.Length; i++)
            {
                p[i] = beta * Dot(a.AsSpan(((column + 1 + i) * size) + column + 1, v.Length), v);
            }

            double half = beta * Dot(p, v) / 2;
            for (int i = 0; i < v.Length; i++)
            {
                p[i] -= half * v[i];
            }

            for (int i = 0; i < v.Length; i++)
            {
                Span<double> row = a.AsSpan(((column + 1 + i) * size) + column + 1, v.Length);
                double vi = v[i], pi = p[i];
                for (int j = 0; j < row.Length; j++)
                {
                    row[j] -= (vi * p[j]) + (pi * v[j]);
                }
            }
        }

        for (int i = 0; i < size; i++)
        {
            diagonal[i] = a[(i * size) + i];
        }

        if (size > 1)
        {
            beside[size - 2] = a[((size - 2) * size) + size - 1];
        }

        // Qᵀ is the product of the reflections, so Q takes them from its right, the last one first.
        double[] q = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            q[(i * size) + i] = 1;
        }

        for (int column = size - 3; column >= 0; column--)
        {
            ReadOnlySpan<double> v = a.AsSpan((column * size) + column + 1, size - column - 1);
            for (int i = column + 1; i < size; i++)
            {
                Span<double> row = q.AsSpan((i * size) + column + 1, v.Length);
                double share = betas[column] * Dot(row, v);
                for (int j = 0; j < row.Length; j++)
                {
                    row[j] -= share * v[j];
                }
            }
        }

        return q;
    }

    // One QR step with Wilkinson's shift on the unreduced part [first, last].
    private static void Step(double[] diagonal, double[] beside, double[] vectors, int size, int first, int last)
    {
        double half = (diagonal[last - 1] - diagonal[last]) / 2, corner = beside[last - 1];
        double root = Math.Sqrt((half * half) + (corner * corner));
        double shift = diagonal[last] - (corner * corner / (half + (half < 0 ? -root : root)));
        double x = diagonal[first] - shift, z = beside[first];
        for (int k = first; k < last; k++)
        {
            double length = Math.Sqrt((x * x) + (z * z));
            (double c, double s) = length == 0 ? (1, 0) : (x / length, z / length);
            if (k > first)
            {
                beside[k - 1] = length;
            }

            double a = diagonal[k], b = beside[k], d = diagonal[k + 1];
            diagonal[k] = (c * c * a) + (2 * c * s * b) + (s * s * d);
            diagonal[k + 1] = (s * s * a) - (2 * c * s * b) + (c * c * d);
            beside[k] = (c * s * (d - a)) + (((c * c) - (s * s)) * b);
            if (k + 1 < last)
            {
                x = beside[k];
                z = s * beside[k + 1];
                beside[k + 1] *= c;
            }

            Span<double> one = vectors.AsSpan(k * size, size), two = vectors.AsSpan((k + 1) * size, size);
            for (int j = 0; j < size; j++)
            {
                double above = one[j], below = two[j];
                one[j] = (c * above) + (s * below);
                two[j] = (c * below) - (s * above);
            }
        }
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
