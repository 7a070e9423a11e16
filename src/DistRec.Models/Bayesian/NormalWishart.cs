using DistRec.Numerics.Random;

namespace DistRec.Models.Bayesian;

/// <summary>
/// The Normal-Wishart distribution of a side's prior mean μ and precision Λ: Λ ~ W(W, ν), μ | Λ ~ N(m, (βΛ)⁻¹) ([SM08], equations 5,
/// 6 and 14). Small and in float64: it is drawn from once a half iteration.
/// </summary>
/// <param name="Mean">m, [k].</param>
/// <param name="Strength">β.</param>
/// <param name="InverseScale">W⁻¹, symmetric and positive definite, [k, k].</param>
/// <param name="DegreesOfFreedom">ν, at least k.</param>
public sealed record NormalWishart(double[] Mean, double Strength, double[,] InverseScale, double DegreesOfFreedom)
{
    /// <summary>What a side's rows say about their prior, with m₀ = 0, W₀⁻¹ = ν₀vI and ν₀ = k before them.</summary>
    /// <param name="rows">Sums over all rows of the side.</param>
    /// <param name="columns">Those that the prior is of, [k].</param>
    /// <param name="strength">β₀.</param>
    /// <param name="variance">v.</param>
    public static NormalWishart After(MomentSums rows, ReadOnlySpan<int> columns, double strength, double variance)
    {
        ArgumentNullException.ThrowIfNull(rows);
        int rank = columns.Length;
        double total = strength + rows.Count;
        double[] mean = new double[rank];
        double[,] inverse = new double[rank, rank];
        for (int i = 0; i < rank; i++)
        {
            // m = N x̄ / (β₀ + N)
            mean[i] = rows.Sum(columns[i]) / total;
        }

        for (int i = 0; i < rank; i++)
        {
            for (int j = 0; j < rank; j++)
            {
                // W⁻¹ = W₀⁻¹ + Σ x xᵀ − N x̄ x̄ᵀ + β₀N/(β₀+N) x̄ x̄ᵀ = W₀⁻¹ + Σ x xᵀ − (β₀+N) m mᵀ
                inverse[i, j] = (i == j ? rank * variance : 0) + rows.Product(columns[i], columns[j]) - total * mean[i] * mean[j];
            }
        }

        return new NormalWishart(mean, total, inverse, rank + rows.Count);
    }

    /// <summary>Draws Λ, then μ.</summary>
    /// <exception cref="NumericalException">The scale is not positive definite.</exception>
    public NormalPrior Draw(ref EntityRandom random)
    {
        int rank = Mean.Length;

        // W⁻¹ = LLᵀ, so W = L⁻ᵀL⁻¹. Bartlett: with lower triangular A, A_ii² ~ χ²(ν − i), A_ij ~ N(0, 1) for i > j,
        // BAAᵀBᵀ ~ W(W, ν) where BBᵀ = W: B = L⁻ᵀ.
        double[,] lower = Factor(InverseScale);
        double[,] bartlett = new double[rank, rank];
        for (int i = 0; i < rank; i++)
        {
            for (int j = 0; j < i; j++)
            {
                bartlett[i, j] = random.NextGaussian();
            }

            bartlett[i, i] = Math.Sqrt(2 * random.NextGamma((DegreesOfFreedom - i) / 2));
        }

        // C = L⁻ᵀA by back substitution, Λ = CCᵀ.
        double[,] root = new double[rank, rank];
        for (int column = 0; column < rank; column++)
        {
            for (int i = rank - 1; i >= 0; i--)
            {
                double sum = bartlett[i, column];
                for (int j = i + 1; j < rank; j++)
                {
                    sum -= lower[j, i] * root[j, column];
                }

                root[i, column] = sum / lower[i, i];
            }
        }

        double[,] precision = new double[rank, rank];
        for (int i = 0; i < rank; i++)
        {
            for (int j = i; j < rank; j++)
            {
                double sum = 0;
                for (int column = 0; column < rank; column++)
                {
                    sum += root[i, column] * root[j, column];
                }

                precision[i, j] = precision[j, i] = sum;
            }
        }

        return new NormalPrior(DrawMean(precision, ref random), precision);
    }

    /// <summary>The means of μ and Λ: m, and νW.</summary>
    /// <exception cref="NumericalException">The scale is not positive definite.</exception>
    public NormalPrior Expected()
    {
        double[,] precision = Invert(InverseScale);
        for (int i = 0; i < Mean.Length; i++)
        {
            for (int j = 0; j < Mean.Length; j++)
            {
                precision[i, j] *= DegreesOfFreedom;
            }
        }

        return new NormalPrior(Mean, precision);
    }

    /// <summary>The inverse of a symmetric, positive definite matrix.</summary>
    /// <exception cref="NumericalException">It is not positive definite.</exception>
    internal static double[,] Invert(double[,] matrix)
    {
        int rank = matrix.GetLength(0);
        double[,] lower = Factor(matrix);
        double[,] root = new double[rank, rank];
        for (int column = 0; column < rank; column++)
        {
            root[column, column] = 1 / lower[column, column];
            for (int i = column + 1; i < rank; i++)
            {
                double sum = 0;
                for (int j = column; j < i; j++)
                {
                    sum -= lower[i, j] * root[j, column];
                }

                root[i, column] = sum / lower[i, i];
            }
        }

        // (LLᵀ)⁻¹ = L⁻ᵀL⁻¹
        double[,] inverse = new double[rank, rank];
        for (int i = 0; i < rank; i++)
        {
            for (int j = i; j < rank; j++)
            {
                double sum = 0;
                for (int row = j; row < rank; row++)
                {
                    sum += root[row, i] * root[row, j];
                }

                inverse[i, j] = inverse[j, i] = sum;
            }
        }

        return inverse;
    }

    // μ = m + R⁻ᵀz/√β with Λ = RRᵀ.
    private double[] DrawMean(double[,] precision, ref EntityRandom random)
    {
        int rank = Mean.Length;
        double[,] lower = Factor(precision);
        double[] noise = new double[rank];
        for (int i = 0; i < rank; i++)
        {
            noise[i] = random.NextGaussian();
        }

        double[] mean = new double[rank];
        for (int i = rank - 1; i >= 0; i--)
        {
            double sum = noise[i];
            for (int j = i + 1; j < rank; j++)
            {
                sum -= lower[j, i] * mean[j];
            }

            mean[i] = sum / lower[i, i];
        }

        return [.. mean.Select((value, i) => Mean[i] + value / Math.Sqrt(Strength))];
    }

    private static double[,] Factor(double[,] matrix)
    {
        int rank = matrix.GetLength(0);
        double[,] lower = new double[rank, rank];
        for (int i = 0; i < rank; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = matrix[i, j];
                for (int m = 0; m < j; m++)
                {
                    sum -= lower[i, m] * lower[j, m];
                }

                if (i != j)
                {
                    lower[i, j] = sum / lower[j, j];
                }
                else if (sum > 0 && double.IsFinite(sum))
                {
                    lower[i, i] = Math.Sqrt(sum);
                }
                else
                {
                    throw new NumericalException("the prior's scale is not positive definite; check that the ratings are numbers of a usual size");
                }
            }
        }

        return lower;
    }
}

/// <summary>A draw of one side's prior: its rows are N(μ, Λ⁻¹).</summary>
/// <param name="Mean">μ, [k].</param>
/// <param name="Precision">Λ, [k, k].</param>
public sealed record NormalPrior(double[] Mean, double[,] Precision);
