namespace DistRec.Numerics.Tests.Linear;

public sealed unsafe class GramKernelTests
{
    [Theory]
    [MemberData(nameof(Draws.Ranks), MemberType = typeof(Draws))]
    public void Every_element_of_the_upper_triangle_is_its_sum_of_products(int rank)
    {
        foreach (int depth in (int[])[0, 1, 2, 15, 16, 17, 33])
        {
            FactorTable left = Table(depth, rank, 1);
            FactorTable right = Table(depth, rank, 2);
            FactorTable gram = Product(left, right, depth, 0);
            for (int i = 0; i < rank; i++)
            {
                for (int j = i; j < rank; j++)
                {
                    double expected = 0, size = 0;
                    for (int t = 0; t < depth; t++)
                    {
                        double product = (double)left.Row(t)[i] * right.Row(t)[j];
                        expected += product;
                        size += Math.Abs(product);
                    }

                    ((double)gram.Row(i)[j]).ShouldBe(expected, (depth * Math.Pow(2, -24) * size) + 1e-30, $"element ({i}, {j}) at depth {depth}");
                }
            }
        }
    }

    [Theory]
    [InlineData(48)]
    [InlineData(80)]
    [InlineData(100)]
    public void A_first_vector_leaves_what_lies_before_it_alone(int rank)
    {
        const int Depth = 9;
        FactorTable left = Table(Depth, rank, 1);
        FactorTable right = Table(Depth, rank, 2);
        FactorTable whole = Product(left, right, Depth, 0);
        for (int first = 1; first * 16 < rank; first++)
        {
            FactorTable part = Product(left, right, Depth, first);
            for (int i = 0; i < rank; i++)
            {
                for (int j = i; j < rank; j++)
                {
                    part.Row(i)[j].ShouldBe(i < first * 16 ? 0 : whole.Row(i)[j]);
                }
            }
        }
    }

    private static FactorTable Table(int rows, int rank, long key)
    {
        FactorTable table = new(rows, rank);
        float[][] values = Draws.Observations(rows, rank, key);
        for (int row = 0; row < rows; row++)
        {
            values[row].CopyTo(table.Row(row));
        }

        return table;
    }

    private static FactorTable Product(FactorTable left, FactorTable right, int depth, int firstVector)
    {
        FactorTable gram = new(left.Stride, left.Rank);
        GramKernel.AddProduct(gram.Pointer, gram.Stride, left.Pointer, right.Pointer, depth, firstVector);
        GC.KeepAlive(left);
        GC.KeepAlive(right);
        return gram;
    }
}
