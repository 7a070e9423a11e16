using DistRec.Numerics.Random;

namespace DistRec.Numerics.Tests.Linear;

public sealed class LayerProductsTests
{
    public static TheoryData<int, int, int> Shapes => new()
    {
        { 1, 1, 1 }, { 3, 15, 16 }, { 4, 16, 17 }, { 5, 34, 1 }, { 9, 7, 33 }, { 8, 64, 48 },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_product_is_the_sum_over_inputs_whatever_rows_are_taken_together(int count, int inputs, int outputs)
    {
        FactorTable x = Draw(count, inputs, 1), w = Draw(inputs, outputs, 2), b = Draw(1, outputs, 3), z = new(count, outputs);
        LayerProducts.Multiply(x, count, w, b, z);
        for (int row = 0; row < count; row++)
        {
            FactorTable one = new(1, inputs), alone = new(1, outputs);
            x.Row(row).CopyTo(one.Row(0));
            LayerProducts.Multiply(one, 1, w, b, alone);
            alone.Row(0).SequenceEqual(z.Row(row)).ShouldBeTrue();
            for (int output = 0; output < outputs; output++)
            {
                double sum = b.Row(0)[output];
                for (int input = 0; input < inputs; input++)
                {
                    sum += (double)x.Row(row)[input] * w.Row(input)[output];
                }

                ((double)z.Row(row)[output]).ShouldBe(sum, 1e-4);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Sums_of_outer_products_are_those_of_their_rounded_terms_however_rows_are_cut(int count, int inputs, int outputs)
    {
        FactorTable x = Draw(count, inputs, 1), z = Draw(count, outputs, 2);
        x.Row(0)[0] = 0;
        double[] whole = new double[inputs * z.Stride], parts = new double[whole.Length], wide = new double[count * z.Stride];
        LayerProducts.AddOuter(x, z, count, whole, wide);
        for (int row = count - 1; row >= 0; row--)
        {
            FactorTable one = new(1, inputs), other = new(1, outputs);
            x.Row(row).CopyTo(one.Row(0));
            z.Row(row).CopyTo(other.Row(0));
            LayerProducts.AddOuter(one, other, 1, parts, wide);
        }

        parts.ShouldBe(whole);
        for (int input = 0; input < inputs; input++)
        {
            for (int output = 0; output < outputs; output++)
            {
                double exact = Enumerable.Range(0, count).Sum(row => ExactSum.Product(x.Row(row)[input], z.Row(row)[output]));
                whole[(input * z.Stride) + output].ShouldBe(exact);
            }
        }
    }

    [Fact]
    public void A_term_is_the_product_rounded_to_a_multiple_of_two_to_the_minus_32()
    {
        double product = ExactSum.Product(0.1f, 0.3f);

        product.ShouldBe((double)0.1f * 0.3f, 1.0 / (1L << 33));
        (product * (1L << 32)).ShouldBe(Math.Round(product * (1L << 32)));
        product.ShouldNotBe((double)0.1f * 0.3f);
        ExactSum.Term(1e-12f).ShouldBe(0);
    }

    [Fact]
    public void Tables_that_do_not_fit_are_refused()
    {
        Should.Throw<ArgumentException>(() => LayerProducts.Multiply(new FactorTable(2, 3), 2, new FactorTable(4, 5), null, new FactorTable(2, 5)));
        Should.Throw<ArgumentException>(() => LayerProducts.AddOuter(new FactorTable(2, 3), new FactorTable(2, 5), 2, new double[15], new double[64]));
    }

    private static FactorTable Draw(int rows, int columns, long key)
    {
        FactorTable table = new(rows, columns);
        EntityRandom random = new(1, RandomPurpose.SyntheticItem, key);
        for (int row = 0; row < rows; row++)
        {
            foreach (ref float value in table.Row(row))
            {
                value = (float)random.NextGaussian();
            }
        }

        return table;
    }
}
