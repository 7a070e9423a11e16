using DistRec.Numerics.Linear;
using DistRec.Numerics.Random;
using DistRec.Numerics.Vectors;

namespace DistRec.Numerics.Embedding;

/// <summary>
/// The plane that rows of a table vary in most: the two leading eigenvectors of their covariance, by orthogonal iteration (Golub, Van
/// Loan, "Matrix computations", chapter 8). After a fixed number of steps directions of nearly the same variance may still be mixed,
/// which a map that only begins there does not mind.
/// </summary>
public static class PrincipalPlane
{
    private const int Steps = 100;
    private const double Smallest = 1e-12; // of the largest variance; a direction with less is rounding

    /// <summary>Coordinates in the plane; where the rows vary in one direction or none, the missing ones are 0.</summary>
    /// <param name="rows">Rows whose mean is 0, finite, of magnitudes of about 1, [rows, rank].</param>
    /// <returns>First coordinates, then second ones, [2, rows].</returns>
    public static FactorTable Project(FactorTable rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        int rank = rows.Rank;
        MomentSums moments = new(rank);
        moments.Add(rows, 0, rows.Rows);
        double[] covariance = new double[rank * rank];
        for (int i = 0; i < rank; i++)
        {
            for (int j = 0; j < rank; j++)
            {
                covariance[(i * rank) + j] = moments.Product(i, j);
            }
        }

        (double[] first, double[] second) = Iterate(covariance, rank);
        FactorTable plane = new(2, rows.Rows);
        Project(rows, first, plane.Row(0));
        Project(rows, second, plane.Row(1));
        return plane;
    }

    private static (double[] First, double[] Second) Iterate(double[] covariance, int rank)
    {
        double trace = 0;
        for (int j = 0; j < rank; j++)
        {
            trace += covariance[(j * rank) + j];
        }

        // Any start will do that is not at right angles to the plane; all maps share one.
        double[] first = Start(rank, 0), second = Start(rank, 1);
        for (int step = 0; step < Steps; step++)
        {
            first = Multiply(covariance, first);
            second = Multiply(covariance, second);
            Normalize(first, Smallest * trace);
            double shared = Product(first, second);
            for (int j = 0; j < rank; j++)
            {
                second[j] -= shared * first[j];
            }

            Normalize(second, Smallest * trace);
        }

        return (first, second);
    }

    private static double[] Start(int rank, int direction)
    {
        EntityRandom random = new(0, RandomPurpose.MapPosition, direction);
        double[] vector = new double[rank];
        for (int j = 0; j < rank; j++)
        {
            vector[j] = random.NextGaussian();
        }

        return vector;
    }

    private static double[] Multiply(double[] matrix, double[] vector)
    {
        double[] product = new double[vector.Length];
        for (int i = 0; i < product.Length; i++)
        {
            product[i] = Product(matrix.AsSpan(i * vector.Length, vector.Length), vector);
        }

        return product;
    }

    // To length 1, with the largest element above 0: a direction has two ends, and every map should take the same. What is shorter than
    // stated becomes 0.
    private static void Normalize(double[] vector, double smallest)
    {
        double length = Math.Sqrt(Product(vector, vector));
        double largest = 0;
        foreach (double value in vector)
        {
            largest = Math.Abs(value) > Math.Abs(largest) ? value : largest;
        }

        double scale = length > smallest ? Math.Sign(largest) / length : 0;
        for (int j = 0; j < vector.Length; j++)
        {
            vector[j] *= scale;
        }
    }

    private static double Product(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        double sum = 0;
        for (int j = 0; j < a.Length; j++)
        {
            sum += a[j] * b[j];
        }

        return sum;
    }

    private static void Project(FactorTable rows, double[] direction, Span<float> coordinates)
    {
        float[] single = [.. direction.Select(value => (float)value)];
        for (int row = 0; row < coordinates.Length; row++)
        {
            coordinates[row] = (float)Dot.Double(rows.Row(row), single);
        }
    }
}
