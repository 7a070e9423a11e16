using DistRec.Numerics.Random;

namespace DistRec.Numerics.Tests.Linear;

public sealed class MomentSumsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(33)]
    public void Sums_are_those_of_the_definition(int rank)
    {
        FactorTable table = Draw(200, rank);
        MomentSums sums = new(rank);
        sums.Add(table, 0, 200);

        sums.Count.ShouldBe(200);
        sums.IsExact.ShouldBeTrue();
        FactorTable gram = new(rank, rank);
        sums.CopyTo(gram);
        for (int i = 0; i < rank; i++)
        {
            sums.Sum(i).ShouldBe(Enumerable.Range(0, 200).Sum(row => (double)table.Row(row)[i]), 1e-9);
            for (int j = 0; j < rank; j++)
            {
                double expected = Enumerable.Range(0, 200).Sum(row => (double)table.Row(row)[i] * table.Row(row)[j]);
                sums.Product(i, j).ShouldBe(expected, 1e-9);
                (j < i || gram.Row(i)[j] == (float)sums.Product(i, j)).ShouldBeTrue();
            }
        }
    }

    [Fact]
    public void However_rows_are_ordered_and_grouped_the_bits_are_the_same()
    {
        const int Rank = 20;
        FactorTable table = Draw(300, Rank, spread: true);
        MomentSums whole = new(Rank);
        whole.Add(table, 0, 300);
        for (ulong seed = 0; seed < 20; seed++)
        {
            // Cut anywhere, merged in any order.
            EntityRandom random = new(seed, RandomPurpose.Split, 0);
            int[] cuts = [0, .. Enumerable.Range(0, 5).Select(_ => random.NextInt(300)).Order(), 300];
            List<MomentSums> parts = [];
            for (int part = 0; part + 1 < cuts.Length; part++)
            {
                MomentSums sums = new(Rank);
                sums.Add(table, cuts[part], cuts[part + 1]);
                parts.Insert(random.NextInt(parts.Count + 1), sums);
            }

            MomentSums merged = new(Rank);
            foreach (MomentSums part in parts)
            {
                merged.Merge(part);
            }

            merged.Count.ShouldBe(300);
            merged.Values.ToArray().ShouldBe(whole.Values.ToArray());
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(3e7f)]
    public void Values_beyond_the_range_of_exact_sums_are_told(float value)
    {
        FactorTable table = Draw(10, 3);
        table.Row(4)[1] = value;
        MomentSums sums = new(3);
        sums.Add(table, 0, 10);
        sums.IsExact.ShouldBeFalse();
    }

    [Fact]
    public void Another_rank_is_refused()
    {
        Should.Throw<ArgumentException>(() => new MomentSums(4).Add(Draw(3, 3), 0, 3)).Message.ShouldContain("expected factors of rank 4 or more, found 3");
        Should.Throw<ArgumentException>(() => new MomentSums(4).Merge(new MomentSums(5)));
        Should.Throw<ArgumentException>(() => new MomentSums(4).Merge([1, 2], 1)).Message.ShouldContain("found 2");
    }

    // Spread over twelve orders of magnitude where asked: float64 sums of these depend on their order.
    private static FactorTable Draw(int rows, int rank, bool spread = false)
    {
        FactorTable table = new(rows, rank);
        for (int row = 0; row < rows; row++)
        {
            EntityRandom random = new(1, RandomPurpose.UserFactors, row);
            foreach (ref float value in table.Row(row))
            {
                value = (float)(random.NextGaussian() * (spread ? Math.Pow(10, random.NextInt(9) - 5) : 1));
            }
        }

        return table;
    }
}
