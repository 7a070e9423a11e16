using DistRec.Oracles;

namespace DistRec.Numerics.Tests.Linear;

public sealed unsafe class CholeskyTests
{
    [Theory]
    [MemberData(nameof(Draws.Ranks), MemberType = typeof(Draws))]
    public void The_factor_is_that_of_the_definition(int rank)
    {
        double[,] matrix = PositiveDefinite(rank);
        Factored factored = Factored.Of(matrix);
        double[,] expected = NaiveCholesky.Factor(matrix)!;

        factored.Succeeded.ShouldBeTrue();
        for (int i = 0; i < rank; i++)
        {
            // With A = RᵀR by definition, D_i = R_ii² and U_ij = R_ij / R_ii.
            double pivot = expected[i, i] * expected[i, i];
            ((double)factored.InverseDiagonal.Row(0)[i]).ShouldBe(1 / pivot, 2e-5 / pivot);
            for (int j = i + 1; j < rank; j++)
            {
                // Columns of R have the norm √A_jj, and the matrix is well conditioned.
                double tolerance = 1e-5 * Math.Sqrt(matrix[j, j]) / expected[i, i];
                ((double)factored.Upper.Row(i)[j]).ShouldBe(expected[i, j] / expected[i, i], tolerance, $"element ({i}, {j})");
                if (i / 16 == j / 16)
                {
                    ((double)factored.Upper.Row(j)[i]).ShouldBe(expected[i, j] / expected[i, i], tolerance, $"element ({j}, {i}) of the transpose");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Draws.Ranks), MemberType = typeof(Draws))]
    public void One_and_two_right_sides_are_solved_with_the_same_bits(int rank)
    {
        double[,] matrix = PositiveDefinite(rank);
        Factored factored = Factored.Of(matrix);
        FactorTable sides = new(3, rank);
        float[] first = Draws.Gaussians(rank, 11);
        float[] second = Draws.Gaussians(rank, 12);
        first.CopyTo(sides.Row(0));
        second.CopyTo(sides.Row(1));
        first.CopyTo(sides.Row(2));

        Cholesky.Solve(factored.Upper.Pointer, sides.Stride, factored.InverseDiagonal.Pointer, sides.Pointer, sides.Pointer + sides.Stride);
        Cholesky.Solve(factored.Upper.Pointer, sides.Stride, factored.InverseDiagonal.Pointer, sides.Pointer + 2 * sides.Stride);

        sides.Row(0).SequenceEqual(sides.Row(2)).ShouldBeTrue();
        Draws.RelativeError(sides.Row(0), NaiveCholesky.SolveSystem(matrix, first.ToDouble())).ShouldBeLessThan(2e-5);
        Draws.RelativeError(sides.Row(1), NaiveCholesky.SolveSystem(matrix, second.ToDouble())).ShouldBeLessThan(2e-5);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(17, 3)]
    [InlineData(17, 16)]
    [InlineData(64, 40)]
    [InlineData(100, 99)]
    public void A_matrix_with_a_negative_zero_infinite_or_undefined_pivot_is_refused(int rank, int position)
    {
        foreach (double diagonal in (double[])[-1, 0, double.NaN, double.PositiveInfinity])
        {
            double[,] matrix = PositiveDefinite(rank);
            matrix[position, position] = diagonal;

            Factored.Of(matrix).Succeeded.ShouldBeFalse();
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(31)]
    [InlineData(64)]
    [InlineData(128)]
    public void A_repeated_regressor_is_refused_though_rounding_may_leave_its_pivot_positive(int rank)
    {
        for (int key = 0; key < 50; key++)
        {
            double[][] x = Draws.Observations(3 * rank, rank, 100 + key).ToDouble();
            foreach (double[] observation in x)
            {
                observation[^1] = observation[0] + (rank > 2 ? observation[1] : 0);
            }

            double[,] matrix = NaiveLeastSquares.Gram(x, rank);

            Factored.Of(matrix).Succeeded.ShouldBeFalse($"draw {key}");
        }
    }

    [Theory]
    [InlineData(1e-30)]
    [InlineData(1e-6)]
    [InlineData(1e12)]
    public void The_scale_of_a_matrix_does_not_decide_whether_it_is_positive_definite(double scale)
    {
        double[,] matrix = PositiveDefinite(33);
        for (int i = 0; i < 33; i++)
        {
            for (int j = 0; j < 33; j++)
            {
                matrix[i, j] *= scale;
            }
        }

        Factored.Of(matrix).Succeeded.ShouldBeTrue();
    }

    private static double[,] PositiveDefinite(int rank) =>
        NaiveLeastSquares.Gram(Draws.Observations((3 * rank) + 5, rank).ToDouble(), rank);

    private sealed record Factored(FactorTable Upper, FactorTable InverseDiagonal, bool Succeeded)
    {
        public static Factored Of(double[,] matrix)
        {
            int rank = matrix.GetLength(0);
            int stride = FactorTable.StrideOf(rank);
            FactorTable upper = new(stride, stride);
            for (int i = 0; i < stride; i++)
            {
                // Whole blocks of 16 on the diagonal, and what lies right of them; the padding is a unit matrix.
                for (int j = i / 16 * 16; j < stride; j++)
                {
                    upper.Row(i)[j] = i < rank && j < rank ? (float)matrix[i, j] : i == j ? 1 : 0;
                }
            }

            FactorTable inverseDiagonal = new(1, stride);
            FactorTable scratch = new(1, Cholesky.ScratchLength(stride));
            bool succeeded = Cholesky.TryFactor(upper.Pointer, stride, inverseDiagonal.Pointer, scratch.Pointer);
            GC.KeepAlive(scratch);
            return new Factored(upper, inverseDiagonal, succeeded);
        }
    }
}
