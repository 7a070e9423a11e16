using DistRec.Numerics.Linear;
using DistRec.Numerics.Vectors;

namespace DistRec.Numerics.Tests.Linear;

public sealed class RowPanelsTests
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(5, 3, 2)]
    [InlineData(16, 16, 4)]
    [InlineData(17, 20, 5)]
    [InlineData(300, 64, 9)]
    [InlineData(70, 50, 7)]
    [InlineData(40, 300, 4)]
    [InlineData(0, 8, 3)]
    [InlineData(33, 0, 3)]
    public void Products_have_the_bits_of_Dot(int rows, int rank, int vectors)
    {
        System.Random random = new(rows + rank);
        FactorTable table = Random(rows), of = Random(vectors), products = new(vectors, new RowPanels(table).PaddedRows);
        new RowPanels(table).Multiply(of, vectors, products);
        for (int vector = 0; vector < vectors; vector++)
        {
            for (int row = 0; row < rows; row++)
            {
                BitConverter.SingleToInt32Bits(products.Row(vector)[row]).ShouldBe(BitConverter.SingleToInt32Bits(Dot.Compute(of.Row(vector), table.Row(row))));
            }

            products.Row(vector)[rows..].ToArray().ShouldAllBe(product => product == 0);
        }

        FactorTable Random(int count)
        {
            FactorTable made = new(count, rank);
            for (int row = 0; row < count; row++)
            {
                foreach (ref float value in made.Row(row))
                {
                    value = (float)random.NextDouble() - 0.5f;
                }
            }

            return made;
        }
    }

    [Fact]
    public void Tables_that_are_too_small_are_refused()
    {
        RowPanels panels = new(new FactorTable(20, 8));
        Should.Throw<ArgumentException>(() => panels.Multiply(new FactorTable(2, 8), 3, new FactorTable(3, 32))).Message.ShouldContain("3 vectors of 8");
        Should.Throw<ArgumentException>(() => panels.Multiply(new FactorTable(3, 8), 3, new FactorTable(3, 16))).Message.ShouldContain("32 products");
    }
}
