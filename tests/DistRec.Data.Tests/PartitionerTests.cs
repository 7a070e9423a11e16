using DistRec.Numerics.Random;

namespace DistRec.Data.Tests;

public sealed class PartitionerTests
{
    [Fact]
    public void Parts_cover_all_indices_each_has_one_and_no_cut_is_off_by_more_than_one_index()
    {
        for (int draw = 0; draw < 500; draw++)
        {
            EntityRandom random = new(1, RandomPurpose.Split, draw);
            long[] weights = new long[1 + random.NextInt(60)];
            foreach (ref long weight in weights.AsSpan())
            {
                // Few heavy and many light indices, some of no weight.
                weight = random.NextInt(4) == 0 ? 0 : (long)Math.Exp(2.5 * random.NextGaussian() + 2);
            }

            int parts = 1 + random.NextInt(weights.Length);
            int[] starts = Partitioner.Balance(weights, parts);

            starts.Length.ShouldBe(parts + 1);
            starts[0].ShouldBe(0);
            starts[^1].ShouldBe(weights.Length);
            starts.Zip(starts.Skip(1)).ShouldAllBe(part => part.First < part.Second);
            long total = weights.Sum();
            long heaviest = weights.Max();
            for (int part = 1; part < parts; part++)
            {
                // A cut that the neighbours' need of an index has not moved lies within half an index of its share.
                bool moved = starts[part] == starts[part - 1] + 1 || starts[part] == weights.Length - (parts - part);
                double before = weights[..starts[part]].Sum();
                if (!moved)
                {
                    Math.Abs(before - (double)total * part / parts).ShouldBeLessThanOrEqualTo(heaviest / 2.0 + 1e-6);
                }
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(100)]
    public void Equal_weights_give_parts_that_differ_by_one_index(int parts)
    {
        long[] weights = [.. Enumerable.Repeat(5L, 100)];
        int[] starts = Partitioner.Balance(weights, parts);
        int[] lengths = [.. starts.Zip(starts.Skip(1), (start, end) => end - start)];

        (lengths.Max() - lengths.Min()).ShouldBeLessThanOrEqualTo(1);
    }

    [Fact]
    public void Weights_of_nothing_and_one_heavy_index_still_leave_an_index_for_every_part()
    {
        Partitioner.Balance([0, 0, 0], 3).ShouldBe([0, 1, 2, 3]);
        Partitioner.Balance([1000, 1, 1, 1], 4).ShouldBe([0, 1, 2, 3, 4]);
        Partitioner.Balance([1, 1, 1, 1000], 4).ShouldBe([0, 1, 2, 3, 4]);
    }

    [Fact]
    public void More_parts_than_indices_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => Partitioner.Balance([1, 2], 3));
        Should.Throw<ArgumentOutOfRangeException>(() => Partitioner.Balance([1, 2], 0));
    }

    [Fact]
    public void Counts_are_those_of_the_slice_that_is_counted()
    {
        RatingMatrix slice = new RatingMatrix(3, [0, 2, 2, 5], [0, 2, 0, 1, 2], [1, 2, 3, 4, 5]).Rows(1, 3);

        Partitioner.RowCounts(slice).ShouldBe([0, 3]);
        Partitioner.ColumnCounts(slice).ShouldBe([1, 1, 1]);
    }
}
