using DistRec.Numerics.Linear;
using DistRec.Numerics.Random;

namespace DistRec.Numerics.Tests.Linear;

public sealed class PrincipalColumnsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(40)]
    public void A_symmetric_matrix_is_the_sum_of_its_eigenvalues_and_vectors(int size)
    {
        double[] matrix = Symmetric(size);

        (double[] values, double[] vectors) = SymmetricEigen.Decompose([.. matrix], size);

        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                double sum = 0, product = 0;
                for (int z = 0; z < size; z++)
                {
                    sum += values[z] * vectors[(z * size) + i] * vectors[(z * size) + j];
                    product += vectors[(i * size) + z] * vectors[(j * size) + z];
                }

                sum.ShouldBe(matrix[(i * size) + j], 1e-11);
                product.ShouldBe(i == j ? 1 : 0, 1e-12);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(double.NaN)]
    [InlineData(1e-300)]
    public void A_matrix_of_zeros_or_of_no_numbers_comes_to_an_end(double value) =>
        SymmetricEigen.Decompose([.. Enumerable.Repeat(value, 81)], 9).Values.Length.ShouldBe(9);

    [Fact]
    public void A_matrix_of_few_directions_has_numbers_for_all_its_vectors()
    {
        // What rounding leaves of the other directions once became smaller and smaller until its squares were 0.
        const int Size = 64;
        EntityRandom random = new(2, RandomPurpose.ItemFactors, 0);
        double[][] directions = [.. Enumerable.Range(0, 3).Select(_ => Enumerable.Range(0, Size).Select(_ => (double)(float)random.NextGaussian()).ToArray())];
        double[] matrix = [.. Enumerable.Range(0, Size * Size).Select(at => directions.Sum(direction => direction[at / Size] * direction[at % Size]))];

        (double[] values, double[] vectors) = SymmetricEigen.Decompose(matrix, Size);

        vectors.ShouldAllBe(value => double.IsFinite(value));
        values.Count(value => value > 1e-9).ShouldBe(3);
    }

    [Fact]
    public void Rows_of_few_directions_keep_their_products_in_as_many_columns()
    {
        // 500 rows of 20 columns that lie in four directions.
        EntityRandom random = new(3, RandomPurpose.ItemFactors, 0);
        float[][] directions = [.. Enumerable.Range(0, 4).Select(_ => Enumerable.Range(0, 20).Select(_ => (float)random.NextGaussian()).ToArray())];
        float[][] rows = [.. Enumerable.Range(0, 500).Select(_ =>
        {
            float[] shares = [.. directions.Select(_ => (float)random.NextGaussian())];
            return Enumerable.Range(0, 20).Select(column => shares.Zip(directions, (share, direction) => share * direction[column]).Sum()).ToArray();
        })];
        PrincipalColumns columns = new(20, 5);
        foreach (float[] row in rows)
        {
            columns.Add(row);
        }

        columns.Solve();

        float[][] kept = [.. rows.Select(row =>
        {
            float[] projected = new float[16];
            columns.Project(row, projected);
            projected[5..].ShouldAllBe(value => value == 0);
            return projected;
        })];
        for (int i = 0; i < rows.Length; i += 50)
        {
            for (int j = 0; j < rows.Length; j++)
            {
                kept[i].Zip(kept[j], (a, b) => a * b).Sum().ShouldBe(rows[i].Zip(rows[j], (a, b) => a * b).Sum(), 2e-3f);
            }
        }
    }

    private static double[] Symmetric(int size)
    {
        EntityRandom random = new(1, RandomPurpose.ItemFactors, size);
        double[] matrix = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                matrix[(i * size) + j] = matrix[(j * size) + i] = random.NextGaussian();
            }
        }

        return matrix;
    }
}
