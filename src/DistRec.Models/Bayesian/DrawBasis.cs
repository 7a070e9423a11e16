namespace DistRec.Models.Bayesian;

/// <summary>
/// The basis in which the draws of an epoch are averaged. Predictions are as good by p·T and q·T⁻ᵀ as by p and q, whatever the invertible T,
/// and so is the posterior, in which draws therefore wander: averages of them as they come blur, the more epochs the more. T makes the users'
/// factors alike: of unit second moments, and turned to the averages ā so far, T = W⁻¹O with WW = (Σ p pᵀ + I)/(N + k) and O the orthogonal factor
/// of W⁻¹ Σ p āᵀ (Schönemann, "A generalized solution of the orthogonal Procrustes problem", 1966).
/// </summary>
/// <remarks>It follows from sums over all users alone, which are the same bits for any partitions, and are at hand both where items are drawn from
/// these users and where users are drawn from those items.</remarks>
internal sealed class DrawBasis
{
    private const int MaxPolish = 60;
    private const double Orthogonal = 1e-9;

    /// <param name="users">Sums over the users' draws and averages.</param>
    /// <param name="rank">k.</param>
    public DrawBasis(MomentSums users, int rank)
    {
        int averages = BpmfTables.MeansOf(rank).First;
        double[] second = new double[rank * rank], cross = new double[rank * rank];
        for (int i = 0; i < rank; i++)
        {
            for (int j = 0; j < rank; j++)
            {
                second[(i * rank) + j] = (users.Product(i, j) + (i == j ? 1 : 0)) / (users.Count + rank);
                cross[(i * rank) + j] = users.Product(i, averages + j) / (users.Count + rank);
            }
        }

        (double[] root, double[] inverse) = Roots(second, rank, 0);
        double[] turn = OrthogonalFactor(Multiply(inverse, cross, rank), rank);
        Users = TableOf(Multiply(inverse, turn, rank), rank);
        Items = TableOf(Multiply(root, turn, rank), rank);
    }

    /// <summary>T, [k, k].</summary>
    public FactorTable Users { get; }

    /// <summary>T⁻ᵀ, [k, k].</summary>
    public FactorTable Items { get; }

    /// <summary>A row of factors in this basis.</summary>
    /// <param name="basis"><see cref="Users"/> or <see cref="Items"/>.</param>
    /// <param name="row">[k].</param>
    /// <param name="found">Receives row·basis, [stride].</param>
    public static unsafe void Turn(FactorTable basis, ReadOnlySpan<float> row, Span<float> found)
    {
        found.Clear();
        fixed (float* scales = row, sums = found)
        {
            RowProducts.AddScaled(basis.Pointer, basis.Stride, basis.Rank, scales, sums);
        }

        GC.KeepAlive(basis); // read by address
    }

    // U Vᵀ of M = U S Vᵀ. Where M says nothing, directions stay as they are.
    private static double[] OrthogonalFactor(double[] matrix, int rank)
    {
        double norm = Math.Sqrt(matrix.Sum(value => value * value));
        double[] m = [.. matrix];
        for (int i = 0; i < rank; i++)
        {
            m[(i * rank) + i] += norm > 0 ? 1e-9 * norm : 1;
        }

        (_, double[] inverse) = Roots(Multiply(Transpose(m, rank), m, rank), rank, 1e-14);
        double[] found = Multiply(m, inverse, rank);

        // Small singular values have lost digits: X ← X (3I − XᵀX)/2 brings all of them to 1.
        for (int step = 0; step < MaxPolish; step++)
        {
            double[] product = Multiply(Transpose(found, rank), found, rank);
            double off = 0;
            for (int i = 0; i < product.Length; i++)
            {
                double unit = i / rank == i % rank ? 1 : 0;
                off = Math.Max(off, Math.Abs(product[i] - unit));
                product[i] = (1.5 * unit) - (0.5 * product[i]);
            }

            if (off < Orthogonal)
            {
                break;
            }

            found = Multiply(found, product, rank);
        }

        return found;
    }

    // A^½ and A^−½ of a symmetric A; eigenvalues below a share of the largest count as that.
    private static (double[] Root, double[] Inverse) Roots(double[] matrix, int rank, double least)
    {
        (double[] values, double[] vectors) = SymmetricEigen.Decompose([.. matrix], rank);
        double floor = least * values.Max();
        double[] root = new double[rank * rank], inverse = new double[rank * rank];
        for (int e = 0; e < rank; e++)
        {
            double scale = Math.Sqrt(Math.Max(values[e], floor));
            for (int i = 0; i < rank; i++)
            {
                for (int j = 0; j < rank; j++)
                {
                    double product = vectors[(e * rank) + i] * vectors[(e * rank) + j];
                    root[(i * rank) + j] += scale * product;
                    inverse[(i * rank) + j] += product / scale;
                }
            }
        }

        return (root, inverse);
    }

    private static double[] Multiply(double[] a, double[] b, int rank)
    {
        double[] product = new double[rank * rank];
        for (int i = 0; i < rank; i++)
        {
            for (int m = 0; m < rank; m++)
            {
                double factor = a[(i * rank) + m];
                for (int j = 0; j < rank; j++)
                {
                    product[(i * rank) + j] += factor * b[(m * rank) + j];
                }
            }
        }

        return product;
    }

    private static double[] Transpose(double[] matrix, int rank) =>
        [.. Enumerable.Range(0, rank * rank).Select(index => matrix[(index % rank * rank) + (index / rank)])];

    private static FactorTable TableOf(double[] matrix, int rank)
    {
        FactorTable table = new(rank, rank);
        for (int i = 0; i < rank; i++)
        {
            for (int j = 0; j < rank; j++)
            {
                table.Row(i)[j] = (float)matrix[(i * rank) + j];
            }
        }

        return table;
    }
}
