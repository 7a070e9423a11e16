using DistRec.Models.Bayesian;

namespace DistRec.Models.Tests.Bayesian;

public sealed class NormalWishartTests
{
    private const int Draws = 20_000;

    [Fact]
    public void Draws_have_the_moments_of_theory()
    {
        // E[Λ] = νW, Var[Λ_ij] = ν(W_ij² + W_ii W_jj), E[μ] = m, and Cov[μ] = E[(βΛ)⁻¹] = W⁻¹ / (β(ν − k − 1)).
        double[,] inverse = { { 2, 0.5, 0 }, { 0.5, 1, -0.3 }, { 0, -0.3, 4 } };
        double[,] scale = Invert(inverse);
        NormalWishart distribution = new([1, -2, 0.5], 7, inverse, 12);
        double[,] precisions = new double[3, 3], means = new double[3, 3];
        double[] sums = new double[3];
        for (int draw = 0; draw < Draws; draw++)
        {
            EntityRandom random = new(3, RandomPurpose.ItemPrior, 0, draw);
            NormalPrior prior = distribution.Draw(ref random);
            for (int i = 0; i < 3; i++)
            {
                sums[i] += prior.Mean[i] / Draws;
                for (int j = 0; j < 3; j++)
                {
                    precisions[i, j] += prior.Precision[i, j] / Draws;
                    means[i, j] += (prior.Mean[i] - distribution.Mean[i]) * (prior.Mean[j] - distribution.Mean[j]) / Draws;
                }
            }
        }

        for (int i = 0; i < 3; i++)
        {
            double variance = inverse[i, i] / (7 * (12 - 3 - 1));
            sums[i].ShouldBe(distribution.Mean[i], 5 * Math.Sqrt(variance / Draws));
            for (int j = 0; j < 3; j++)
            {
                double spread = 12 * (scale[i, j] * scale[i, j] + scale[i, i] * scale[j, j]);
                precisions[i, j].ShouldBe(12 * scale[i, j], 5 * Math.Sqrt(spread / Draws), $"precision {i}, {j}");
                double deviation = Math.Sqrt(inverse[i, i] * inverse[j, j]) / (7 * (12 - 3 - 1));
                means[i, j].ShouldBe(inverse[i, j] / (7 * (12 - 3 - 1)), 10 * deviation / Math.Sqrt(Draws), $"mean {i}, {j}");
            }
        }
    }

    [Fact]
    public void What_rows_say_about_their_prior_is_as_the_definition_has_it()
    {
        // Of five columns those that it is of.
        FactorSide side = FactorSide.Random(40, 5);
        double[][] rows = [.. side.Factors.ToDouble().Select(row => (double[])[row[0], row[1], row[4]])];
        NormalWishart found = NormalWishart.After(side.MomentsOf(5), [0, 1, 4], 2, 0.5);
        double[] average = [.. Enumerable.Range(0, 3).Select(j => rows.Average(row => row[j]))];

        found.Strength.ShouldBe(42);
        found.DegreesOfFreedom.ShouldBe(43);
        for (int i = 0; i < 3; i++)
        {
            found.Mean[i].ShouldBe(40 * average[i] / 42, 1e-9);
            for (int j = 0; j < 3; j++)
            {
                // W₀⁻¹ + Σ (x − x̄)(x − x̄)ᵀ + β₀N/(β₀ + N) x̄ x̄ᵀ
                double expected = (i == j ? 1.5 : 0) + rows.Sum(row => (row[i] - average[i]) * (row[j] - average[j])) + 2 * 40 / 42.0 * average[i] * average[j];
                found.InverseScale[i, j].ShouldBe(expected, 1e-8);
            }
        }
    }

    [Fact]
    public void A_scale_that_is_not_positive_definite_ends_in_an_error()
    {
        EntityRandom random = new(1, RandomPurpose.UserPrior, 0);
        NormalWishart broken = new([0, 0], 1, new double[,] { { 1, 2 }, { 2, 1 } }, 5);
        Should.Throw<NumericalException>(() => broken.Draw(ref random)).Message.ShouldContain("not positive definite");
    }

    private static double[,] Invert(double[,] matrix)
    {
        double[,] inverse = new double[3, 3];
        for (int column = 0; column < 3; column++)
        {
            double[] unit = new double[3];
            unit[column] = 1;
            double[] solved = Oracles.NaiveCholesky.SolveSystem(matrix, unit);
            for (int row = 0; row < 3; row++)
            {
                inverse[row, column] = solved[row];
            }
        }

        return inverse;
    }
}
