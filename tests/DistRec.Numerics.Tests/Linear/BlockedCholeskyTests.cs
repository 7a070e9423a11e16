namespace DistRec.Numerics.Tests.Linear;

public sealed class BlockedCholeskyTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(63, 5)]
    [InlineData(64, 64)]
    [InlineData(200, 130)]
    public void What_is_solved_for_gives_the_right_side_back(int size, int firstRow)
    {
        (BlockedCholesky system, double[,] matrix) = Random(size);
        system.Factor(threads: 2).ShouldBeTrue();
        double[] right = new double[system.Stride * BlockedCholesky.Block];
        for (int row = Math.Min(firstRow, size - 1); row < size; row++)
        {
            for (int column = 0; column < BlockedCholesky.Block; column++)
            {
                right[(row * BlockedCholesky.Block) + column] = Math.Sin((row * 7) + column);
            }
        }

        double[] x = [.. right];
        system.Solve(x, Math.Min(firstRow, size - 1));
        for (int row = 0; row < size; row++)
        {
            for (int column = 0; column < BlockedCholesky.Block; column += 9)
            {
                double product = 0;
                for (int other = 0; other < size; other++)
                {
                    product += matrix[row, other] * x[(other * BlockedCholesky.Block) + column];
                }

                product.ShouldBe(right[(row * BlockedCholesky.Block) + column], 1e-9);
            }
        }
    }

    [Fact]
    public void Threads_change_no_bit()
    {
        double[][] solutions = [.. ((int[])[1, 4]).Select(threads =>
        {
            (BlockedCholesky system, _) = Random(300);
            system.Factor(threads).ShouldBeTrue();
            double[] x = new double[system.Stride * BlockedCholesky.Block];
            x[17 * BlockedCholesky.Block] = 1;
            system.Solve(x, 17);
            return x;
        })];
        solutions[1].ShouldBe(solutions[0]);
    }

    [Fact]
    public void A_matrix_that_is_not_positive_definite_is_told()
    {
        BlockedCholesky system = new(70);
        for (int row = 0; row < 70; row++)
        {
            system.Row(row)[row] = row == 69 ? -1 : 1;
        }

        system.Factor(1).ShouldBeFalse();
    }

    // M Mᵀ and a ridge.
    private static (BlockedCholesky System, double[,] Matrix) Random(int size)
    {
        float[] draws = Draws.Gaussians(size * 8, 11);
        BlockedCholesky system = new(size);
        double[,] matrix = new double[size, size];
        for (int row = 0; row < size; row++)
        {
            for (int column = 0; column <= row; column++)
            {
                double sum = row == column ? 2 : 0;
                for (int k = 0; k < 8; k++)
                {
                    sum += (double)draws[(row * 8) + k] * draws[(column * 8) + k];
                }

                (matrix[row, column], matrix[column, row], system.Row(row)[column]) = (sum, sum, sum);
            }
        }

        return (system, matrix);
    }
}
